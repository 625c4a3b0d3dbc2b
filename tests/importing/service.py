"""The depot: what a service writes to have imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.changes import Change
from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.exchange import Column, Kind
from crm_common.exports import Exporter, export_binding, exporting
from crm_common.imports import Batch, Importer, Outcome, RowResult, import_binding, importing
from crm_common.protocol.importing import DuplicatePolicy
from crm_common.reading import bind
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Commands, Views
from crm_common.runtime.raw import Raw
from importing.protocol import EXPORTS, OFFER, DepotItemView, DepotRules, ItemMade, Items, ItemTakenBack

COLUMNS = (
    Column(key="code", en="Code", zh="编码", kind=Kind.CODE, needed=True),
    Column(key="name", en="Name", zh="名称", needed=True),
    Column(key="phone", en="Phone", zh="电话", kind=Kind.PHONE),
    Column(key="amount", en="Amount", zh="数量", kind=Kind.NUMBER),
    Column(key="day", en="Day", zh="日期", kind=Kind.DATE),
)
_FIELDS = ("name", "phone", "amount", "day")
_INSERT = """
INSERT INTO item (id, code, name, phone, amount, day, owner_id)
SELECT told.*, %s FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::numeric[], %s::date[]) AS told
ON CONFLICT (code) DO NOTHING RETURNING code
"""


def columns(_host: Any, _context: Context) -> Sequence[Column]:
    return COLUMNS


def write_items(change: Change, batch: Batch) -> list[RowResult]:
    """Make the items of a batch with one statement; every created one has its event."""
    owner = change.context.authenticated().id
    first = {row.values["code"]: row for row in reversed(batch.rows)}
    for row in batch.rows:
        if row.values["name"] == "nobody's":
            raise DepotRules.nobody_wants_this(field="name", name="nobody's")
    ids = {code: change.new_id() for code in first}
    told = [list(ids.values()), list(ids), *([row.values.get(key) for row in first.values()] for key in _FIELDS)]
    driver: Any = change.connection.connection.dbapi_connection
    made = {code for (code,) in driver.execute(_INSERT, (owner, *told), prepare=True).fetchall()}
    for code in made:
        values = {key: (None, str(value)) for key, value in first[code].values.items()}
        change.record(ItemMade(item_id=ids[code], changes=values))
    return [_result(change, batch.policy, row, made, ids, first) for row in batch.rows]


def _result(change: Change, policy: DuplicatePolicy, row: Any, made: set[str], ids: Any, first: Any) -> RowResult:
    code = row.values["code"]
    if code in made and first[code] is row:
        return RowResult(row.number, Outcome.CREATED, ids[code])
    if policy is DuplicatePolicy.UPDATE:
        change.connection.exec_driver_sql(
            "UPDATE item SET name = %s, amount = coalesce(%s, amount), version = version + 1 WHERE code = %s",
            (row.values["name"], row.values.get("amount"), code),
        )
        return RowResult(row.number, Outcome.UPDATED)
    outcome = Outcome.FAILED if policy is DuplicatePolicy.FAIL else Outcome.SKIPPED
    return RowResult(row.number, outcome, why=DepotRules.the_item_is_there_already(field="code", code=code))


def undo_items(change: Change, ids: Sequence[UUID]) -> list[CrmError | None]:
    """Remove the items that are as they were made."""
    gone = change.connection.exec_driver_sql(
        "DELETE FROM item WHERE id = ANY(%s) AND version = 1 RETURNING id", (list(ids),)
    )
    removed = {UUID(str(each)) for (each,) in gone}
    change.record(*(ItemTakenBack(item_id=each) for each in ids if each in removed))
    return [None if each in removed else DepotRules.the_item_was_changed_since() for each in ids]


def write_until_stop(change: Change, batch: Batch) -> Sequence[RowResult]:
    """As `write_items`, with a fault of its own: of a batch with the code ``stop`` it answers for nothing."""
    return () if any(row.values["code"] == "stop" for row in batch.rows) else write_items(change, batch)


IMPORTERS = {"ITEM": Importer(columns, write_until_stop, undo_items)}


ITEM = sa.Table(
    "item",
    sa.MetaData(),
    sa.Column("id", sa.UUID, primary_key=True),
    *(sa.Column(name, sa.Text(collation="C"), nullable=False) for name in ("code", "name")),
    sa.Column("phone", sa.Text(collation="C")),
    sa.Column("amount", sa.Numeric),
    sa.Column("day", sa.Date),
    sa.Column("owner_id", sa.UUID, nullable=False),
)
BINDINGS = [
    import_binding(OFFER),
    export_binding(EXPORTS),
    bind(DepotItemView, ITEM, where="{t}.owner_id = {me}", default_order=("code",)),
]
EXPORTERS = {"ITEM": Exporter(Items, columns)}


@exporting(EXPORTS, EXPORTERS)
@importing(OFFER, IMPORTERS)
class DepotService:
    """Items, by import."""

    name = "depot"
    commands = Commands()
    views = Views(BINDINGS)

    @rpc
    def items(self, query: Items) -> Raw:
        return self.views.page(query)
