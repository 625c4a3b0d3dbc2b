"""Which columns a list can have, and which it has (CUS-04)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from crm_common.custom_fields.definitions import SORTABLE, Definition
from crm_common.protocol.customer.customers import CustomerView
from crm_common.protocol.customer.list_columns import SHIPPED, ListColumn, ListColumnRules
from crm_common.protocol.declare import snake
from crm_common.protocol.views import Cardinality, shape_of

COLUMNS_ID = UUID("5f0e3f5e-0d8f-5c6a-9b5e-6d1a4a0c9004")
"""The subject of the event: there is one such choice in a company."""
_CUSTOM = "custom."
_FIRST = "name"


def chosen(names: Iterable[str], flagged: Mapping[str, Definition]) -> tuple[str, ...]:
    """The columns, each once; VALIDATION for what is no column. ``flagged``: custom fields for lists, by key."""
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name.startswith(_CUSTOM):
            if name.removeprefix(_CUSTOM) not in flagged:
                raise ListColumnRules.a_custom_field_is_flagged_for_lists_first(field="columns", name=name)
        elif not _is_column(name):
            raise ListColumnRules.this_field_is_no_column(field="columns", name=name)
    return wanted if _FIRST in wanted else (_FIRST, *wanted)


def shown(kept: Sequence[str] | None, flagged: Mapping[str, Definition], language: str) -> list[ListColumn]:
    """The columns in their order: those that were chosen and still are fields, then custom fields flagged since."""
    names = dict.fromkeys((*(SHIPPED if kept is None else kept), *(f"{_CUSTOM}{key}" for key in flagged)))
    found = []
    for name in names:
        if not name.startswith(_CUSTOM):
            found.append(ListColumn(name, None, shape_of(CustomerView).fields[snake(name)].sortable))
        elif (definition := flagged.get(name.removeprefix(_CUSTOM))) is not None:
            found.append(_custom(name, definition, language))
    return found


def _custom(name: str, definition: Definition, language: str) -> ListColumn:
    label = definition.name if language.startswith("zh") else definition.name_en or definition.name
    return ListColumn(name, label, definition.sortable and definition.type in SORTABLE)


def _is_column(name: str) -> bool:
    field = shape_of(CustomerView).fields.get(snake(name))
    return field is not None and field.cardinality is Cardinality.VALUE and snake(name) not in ("id", "version")
