"""The only SQL that writes; functions of an open transaction's connection."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from documents.domain.item import Item
from documents.tables.items import item


def get(connection: sa.Connection, item_id: UUID) -> Item | None:
    """The item, locked."""
    row = connection.execute(sa.select(item).where(item.c.id == item_id).with_for_update()).one_or_none()
    return None if row is None else Item(id=row.id, name=row.name, owner_id=row.owner_id, version=row.version)


def insert(connection: sa.Connection, added: Item, now: datetime) -> None:
    """Keep a new item."""
    values = {"id": added.id, "name": added.name, "name_key": pinyin_key(added.name), "owner_id": added.owner_id}
    connection.execute(sa.insert(item).values(**values, created_at=now, version=added.version))


def save(connection: sa.Connection, changed: Item) -> None:
    """Keep what changed of an item."""
    values = {"name": changed.name, "name_key": pinyin_key(changed.name), "version": changed.version}
    connection.execute(sa.update(item).where(item.c.id == changed.id).values(**values))
