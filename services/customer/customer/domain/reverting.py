"""Going back to what a customer was (BYD-06): which fields there are, and what an edit must say to bring them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_type_hints

import msgspec

from crm_common.custom_fields.definitions import Definitions
from crm_common.editing import plain
from crm_common.errors import CommonRules
from crm_common.protocol.customer.past import LaterChange, RevertConflict
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.restoring import Conflict
from customer.domain.customer import FIELDS, Profile

CUSTOM = "custom."
_TYPES = get_type_hints(Profile)
# what no event had said until then, where that is not null
_ABSENT: Mapping[str, Any] = {"tags": []}


def chosen(asked: Sequence[str], definitions: Definitions) -> Collection[str]:
    """The fields to bring back; refused are the phone and what is no field of a customer's record."""
    known = {*FIELDS, *(f"{CUSTOM}{key}" for key in definitions.by_key)}
    if "phone" in asked:
        raise CustomerRules.the_phone_of_a_customer_cannot_be_changed(field="fields")
    for name in asked:
        if name not in known:
            raise CommonRules.a_field_is_unknown(field="fields", name=name)
    return set(asked) or known


def present(profile: Profile, custom: Mapping[str, Any]) -> dict[str, Any]:
    """A customer's record as events tell it."""
    of_company = {f"{CUSTOM}{key}": value for key, value in custom.items()}
    return {name: plain(getattr(profile, name)) for name in FIELDS} | of_company


def past(state: Mapping[str, Any]) -> dict[str, Any]:
    """The record at the moment, with what stands for nothing."""
    return {**_ABSENT, **{name: value for name, value in state.items() if value is not None}}


def edit(values: Mapping[str, Any]) -> dict[str, Any]:
    """What an edit is given, to make the fields what ``values`` says."""
    given = {name: msgspec.convert(value, _TYPES[name]) for name, value in values.items() if name in _TYPES}
    custom = {name.removeprefix(CUSTOM): value for name, value in values.items() if name.startswith(CUSTOM)}
    return given | ({"custom": custom} if custom else {})


def told(conflict: Conflict) -> RevertConflict:
    """A conflict as it is answered."""
    since = [
        LaterChange(each.event_id, each.type, each.at, each.actor_name, each.changes[conflict.field][1])
        for each in conflict.since
    ]
    return RevertConflict(conflict.field, conflict.then, conflict.now, since)
