"""Which columns lists of customers show, and in which order (CUS-04): decided once for the company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.service import SEE_RECORD, customer
from crm_common.protocol.declare import Changes, Command, Event, given
from crm_common.protocol.policy import needs

SHIPPED = ("name", "phone", "ownerName", "stage", "level", "region", "lastFollowUpAt", "nextContactAt", "createdAt")
"""The columns before anybody has decided."""
ColumnName = Annotated[str, Meta(min_length=1, max_length=120)]


class ListColumnRules(Rules):
    """Refusals about the columns of lists."""

    this_field_is_no_column = Rule(
        Code.VALIDATION, en="Lists cannot show {name} as a column.", zh="列表不能显示“{name}”列。"
    )
    a_custom_field_is_flagged_for_lists_first = Rule(
        Code.VALIDATION,
        en="The field {name} is not flagged to be shown in lists.",
        zh="自定义字段“{name}”未设置为在列表中显示。",
    )


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of lists of customers."""

    name: str
    """The field, as the schema names it: ownerName, custom.taxNo."""
    label: str | None
    """What the company calls it, in the reader's language: of custom fields."""
    sortable: bool
    """Whether lists can be ordered by it."""


@dataclass(frozen=True, slots=True)
class ListColumns:
    """The columns of lists of customers."""

    columns: list[ListColumn]
    """In their order: those that were chosen, then custom fields flagged since, in their own order."""
    version: int
    """Counts the changes; send it back when choosing anew."""


@customer.query(SEE_RECORD, returns=ListColumns)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerListColumns:
    """What lists of customers show (CUS-04): built-in fields and custom ones that are flagged for it."""


@customer.command(needs("field.edit"), returns={"columns": tuple[str, ...], "version": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetCustomerListColumns(Command):
    """Choose the columns of lists of customers and their order, for everybody."""

    version: Annotated[int, Meta(ge=0)] = given("The version the editor saw; when it has moved on: CONFLICT.")
    columns: Annotated[tuple[ColumnName, ...], Meta(min_length=1, max_length=100)] = given(
        "As the schema names the fields: ownerName, custom.taxNo. The name is always among them."
    )


@customer.event("list_columns.changed", subject="columns_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumnsChanged(Event):
    """Lists of customers show other columns, or in another order."""

    columns_id: UUID
    changes: Changes
