"""Choosing the columns of lists (CUS-04)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.custom_fields import writing
from crm_common.editing import expect_version
from crm_common.protocol.customer.list_columns import SHIPPED, ListColumnsChanged, SetCustomerListColumns
from customer.domain import list_columns as domain
from customer.store import list_columns
from customer.store.custom import CUSTOM


def set_list_columns(change: Change, command: SetCustomerListColumns) -> dict[str, Any]:
    """Other columns, or another order."""
    kept = list_columns.locked(change.connection)
    expect_version(kept.version, command.version)
    flagged = {each.key: each for each in writing.current(change, CUSTOM) if each.in_list}
    columns = domain.chosen(command.columns, flagged)
    before = list(SHIPPED) if kept.columns is None else kept.columns
    if list(columns) == before:
        return {"columns": columns, "version": kept.version}
    list_columns.save(change.connection, columns, change.now)
    changes = {"columns": (before, list(columns))}
    change.record(ListColumnsChanged(columns_id=domain.COLUMNS_ID, changes=changes))
    return {"columns": columns, "version": kept.version + 1}
