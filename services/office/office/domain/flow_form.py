"""The form that is approved: its values checked as custom fields are, and the hash of what was seen and approved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from crm_common import codec
from crm_common.custom_fields.definitions import LONGEST, Definition, Definitions
from crm_common.custom_fields.values import check
from crm_common.errors import CrmError
from crm_common.ids import from_global
from crm_common.protocol.custom_fields import CustomFieldType
from crm_common.protocol.office.approval_rules import ApprovalRules
from crm_common.protocol.office.flows_plan import FlowField

_FIELDS = UUID("0b8b2a52-5f5d-5c39-9a64-1d0c7c2a9b11")
PERIODS = (("from", "to"), ("begins", "ends"))
"""Pairs of fields of which the second is not before the first, in whatever form they stand."""


def checked(fields: Sequence[FlowField], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept (JSON; numbers as texts). VALIDATION names ``form.<key>``, all others in ``also``."""
    definitions = Definitions("form", 1, [_definition(each, place) for place, each in enumerate(fields)])
    people = {each.key for each in fields if each.type is CustomFieldType.PERSON}
    plain = {key: _person(value) if key in people else value for key, value in given.items()}
    try:
        stored = check(definitions, plain).stored
    except CrmError as refusal:
        raise _of_the_form(refusal) from refusal
    for first, last in PERIODS:
        begins, ends = stored.get(first), stored.get(last)
        # days and moments are kept as texts that sort as they follow one another
        if isinstance(begins, str) and isinstance(ends, str) and ends < begins:
            raise ApprovalRules.a_period_ends_after_it_begins(field=f"form.{last}")
    return stored


def fingerprint(kind: str, record: str | None, form: Mapping[str, Any]) -> str:
    """SHA-256 of what is approved, in a form that does not depend on the order in which fields were filled in."""
    return hashlib.sha256(codec.encode([kind, record, _sorted(form)])).hexdigest()


def _person(value: Any) -> Any:
    """The plain id of an employee that stands there as the id that front ends know; anything else as it is."""
    try:
        kind, key = from_global(value)
    except (ValueError, TypeError, AttributeError):
        return value
    return str(key) if kind == "Employee" else value


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [[key, _sorted(value[key])] for key in sorted(value)]
    return [_sorted(each) for each in value] if isinstance(value, list | tuple) else value


def _definition(field: FlowField, place: int) -> Definition:
    return Definition(
        id=uuid5(_FIELDS, field.key),
        record="form",
        key=field.key,
        type=field.type,
        name=field.name,
        name_en=field.name_en,
        required=field.required,
        max_length=field.max_length if field.type in LONGEST else None,
        options=field.options,
        position=place,
    )


def _of_the_form(refusal: CrmError) -> CrmError:
    named = (refusal.field or "").replace("custom.", "form.", 1)
    also = tuple(_of_the_form(each) for each in refusal.also)
    return CrmError(refusal.code, refusal.rule, field=named, details=refusal.details, also=also)


NUMBERS = frozenset({CustomFieldType.NUMBER, CustomFieldType.MONEY})
ORDERED = NUMBERS | {CustomFieldType.DATE, CustomFieldType.DATETIME}
CHOSEN = frozenset({CustomFieldType.OPTION, CustomFieldType.MULTI_OPTION, CustomFieldType.TEXT, CustomFieldType.YES_NO})
"""Fields that conditions compare: in their order, or only for being the same."""
