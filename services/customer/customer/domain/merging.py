"""What a merge makes of two customers' records, and what taking it back makes of them (CUS-45, BYD-11). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_type_hints

import msgspec

from crm_common.editing import plain
from crm_common.protocol.customer.merging import MergeConflict, MergeConflictKind
from crm_common.protocol.customer.service import CustomerKind
from crm_common.protocol.declare import Changes
from customer.domain.customer import FIELDS, Profile

_KEPT = ("kind", "name", "tags")
_OF_PERSONS = ("sex", "birth_date", "profession")
_TYPES = get_type_hints(Profile)


def filled(survivor: Profile, merged: Profile) -> Profile:
    """The survivor's record with what it lacks of the merged one's; its tags are those of both."""
    person = survivor.kind is CustomerKind.PERSON
    lacking = {
        name: getattr(merged, name)
        for name in FIELDS
        if name not in _KEPT and getattr(survivor, name) is None and (person or name not in _OF_PERSONS)
    }
    return replace(survivor, **lacking, tags=tuple(dict.fromkeys((*survivor.tags, *merged.tags))))


def given_back(now: Profile, given: Changes) -> tuple[Profile, list[MergeConflict]]:
    """The survivor's record without what a merge gave it (``{field: (before, after)}``); what was edited stays."""
    back: dict[str, Any] = {}
    conflicts = []
    for name, (before, after) in given.items():
        if name == "tags":
            brought = set(after) - set(before)
            back[name] = tuple(tag for tag in now.tags if tag not in brought)
        elif plain(getattr(now, name)) == after:
            back[name] = msgspec.convert(before, _TYPES[name])
        else:
            conflicts.append(MergeConflict(MergeConflictKind.FIELD, name))
    return replace(now, **back), conflicts


def custom_filled(survivor: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, Any]:
    """The custom values that the survivor lacks."""
    return {key: value for key, value in merged.items() if key not in survivor}


def custom_given_back(now: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[MergeConflict]]:
    """The survivor's custom values without those that a merge gave it."""
    back = {key: value for key, value in now.items() if key not in given or given[key] != value}
    changed = [key for key, value in given.items() if now.get(key) != value]
    return back, [MergeConflict(MergeConflictKind.FIELD, f"custom.{key}") for key in changed]
