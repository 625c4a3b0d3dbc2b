"""API clients."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from identity.domain.api_client import ApiClient
from identity.domain.names import folded
from identity.tables import api_client


def get(connection: sa.Connection, client_id: UUID) -> ApiClient | None:
    """The API client, locked."""
    return _one(connection, api_client.c.id == client_id)


def by_key(connection: sa.Connection, key: str) -> ApiClient | None:
    """The API client that logs in with this key, locked."""
    return _one(connection, api_client.c.key == key)


def name_is_taken(connection: sa.Connection, name: str, *, by_other_than: UUID) -> bool:
    """Whether another API client that was not revoked has this name."""
    other = sa.select(api_client.c.id).where(
        api_client.c.name_fold == folded(name), api_client.c.revoked_at.is_(None), api_client.c.id != by_other_than
    )
    return connection.execute(other).first() is not None


def insert(connection: sa.Connection, added: ApiClient, now: datetime) -> None:
    """Keep a new API client."""
    connection.execute(sa.insert(api_client).values(**_row(added), created_at=now, updated_at=now))


def save(connection: sa.Connection, changed: ApiClient, now: datetime) -> None:
    """Keep what changed of an API client."""
    connection.execute(
        sa.update(api_client).where(api_client.c.id == changed.id).values(**_row(changed), updated_at=now)
    )


def note_use(connection: sa.Connection, client_id: UUID, now: datetime) -> None:
    """Remember when it last logged in; no change of its record, so no new version."""
    connection.execute(sa.update(api_client).where(api_client.c.id == client_id).values(last_used_at=now))


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> ApiClient | None:
    row = connection.execute(sa.select(api_client).where(condition).with_for_update()).one_or_none()
    if row is None:
        return None
    return ApiClient(
        id=row.id,
        name=row.name,
        purpose=row.purpose,
        key=row.key,
        secret_hash=row.secret_hash,
        permissions=tuple(row.permissions),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        created_by_id=row.created_by_id,
        version=row.version,
    )


def _row(of: ApiClient) -> dict[str, Any]:
    return {
        "id": of.id,
        "name": of.name,
        "name_fold": folded(of.name),
        "name_key": pinyin_key(of.name),
        "purpose": of.purpose,
        "key": of.key,
        "secret_hash": of.secret_hash,
        "permissions": list(of.permissions),
        "expires_at": of.expires_at,
        "revoked_at": of.revoked_at,
        "created_by_id": of.created_by_id,
        "version": of.version,
    }
