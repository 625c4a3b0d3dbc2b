"""The depot itself: what a service does to have custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.dialects.postgresql import JSONB, UUID

from crm_common.changes import Change
from crm_common.custom_fields import reading, writing
from crm_common.custom_fields.definitions import Definition
from crm_common.custom_fields.entity import Entity
from crm_common.custom_fields.offering import offers
from crm_common.custom_fields.values import check
from crm_common.errors import CommonRules
from crm_common.protocol.custom_fields import CustomFieldUse
from crm_common.reading import bind, one, same_row
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Commands, Surroundings, Views
from crm_common.runtime.raw import Raw
from crm_common.store import Store
from depot.protocol import (
    CRATE_FIELDS,
    CrateChanged,
    Crates,
    CratesByIds,
    CrateView,
    CreateCrate,
    UpdateCrate,
)

crate = sa.Table(
    "crate",
    sa.MetaData(),
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text(collation="C"), nullable=False),
    sa.Column("custom", JSONB, nullable=False),
    sa.Column("inside_id", UUID(as_uuid=True)),
    sa.Column("trashed", sa.Boolean, nullable=False),
)


def saved_lists(store: Store, definition: Definition) -> Sequence[CustomFieldUse]:
    """The lists that somebody saved with a condition on the field."""
    found = store.rows("SELECT name FROM saved_list WHERE key = %s ORDER BY name", (definition.key,))
    return [CustomFieldUse(kind="saved list", name=name) for (name,) in found]


CUSTOM = Entity(CRATE_FIELDS, crate, uses=saved_lists)
CRATES = bind(
    CrateView,
    crate,
    children={"custom": same_row(), "inside": one(crate.c.inside_id)},
    where="NOT {t}.trashed",
    default_order=["name"],
)


def create_crate(change: Change, command: CreateCrate) -> dict[str, Any]:
    definitions = writing.current(change, CUSTOM)
    values = check(definitions, command.custom)
    crate_id = change.new_id()
    row = {"id": crate_id, "name": command.name, "custom": values.stored, "inside_id": command.inside_id}
    change.connection.execute(crate.insert().values(**row, trashed=False))
    writing.write(change, CUSTOM, definitions, {crate_id: values})
    change.record(CrateChanged(crate_id=crate_id, changes={"name": (None, command.name), **values.changes}))
    return {"crate": crate_id}


def update_crate(change: Change, command: UpdateCrate) -> dict[str, Any]:
    before = change.connection.execute(sa.select(crate).where(crate.c.id == command.id).with_for_update()).one_or_none()
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    if command.custom is not UNSET:
        definitions = writing.current(change, CUSTOM)
        values = check(definitions, command.custom, before=before.custom)
        change.connection.execute(crate.update().where(crate.c.id == command.id).values(custom=values.stored))
        writing.write(change, CUSTOM, definitions, {command.id: values})
        change.record(CrateChanged(crate_id=command.id, changes=values.changes))
    return {"crate": command.id}


@offers(CUSTOM)
class DepotService:
    """Crates, for tests."""

    name = "depot"
    commands = Commands()
    views = Views([CRATES, *reading.bindings(CUSTOM)])
    host = Surroundings()

    @rpc
    def crates(self, query: Crates) -> Raw:
        return self.views.page(query)

    @rpc
    def crates_by_ids(self, query: CratesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_crate(self, command: CreateCrate) -> Raw:
        return self.commands.run(create_crate, command)

    @rpc
    def update_crate(self, command: UpdateCrate) -> Raw:
        return self.commands.run(update_crate, command)
