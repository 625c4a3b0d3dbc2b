"""What may be done to a definition (CFD-01 … 03): its settings, its key, its order, its end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common import codec
from crm_common.custom_fields.definitions import (
    CHOICES,
    LONGEST,
    MOST_FIELDS,
    MOST_OPTIONS,
    SEARCHABLE,
    SORTABLE,
    UNIQUE,
    Definition,
    Definitions,
    IndexState,
    outside_key,
)
from crm_common.errors import CommonRules
from crm_common.protocol.custom_fields import CustomFieldRules
from crm_common.protocol.declare import Changes

_SETTINGS = (
    "type", "name", "name_en", "description", "max_length", "required", "unique", "searchable", "sortable", "in_list",
    "options",
)  # fmt: skip
# What rows of the index hold depends on these.
_INDEXED = ("type", "unique", "sortable")


def create(command: Any, field_id: UUID, definitions: Definitions) -> Definition:
    """A new field, last in the order. Nothing holds a value under its key, so its index is ready."""
    if len(definitions) >= MOST_FIELDS:
        raise CustomFieldRules.there_are_too_many_fields(limit=MOST_FIELDS)
    key = outside_key(command.key, [each.key for each in definitions.every])
    settings = {name: getattr(command, name) for name in _SETTINGS}
    made = Definition(id=field_id, record=definitions.record, key=key, position=_last(definitions), **_plain(settings))
    _check(made)
    return replace(made, index_state=IndexState.READY if made.wants_index else IndexState.NONE)


def update(before: Definition, command: Any, *, has_values: bool) -> Definition:
    """The field with other settings, its index to be built or dropped where these ask for it."""
    _expect(before, command.version)
    if before.archived_at is not None:
        raise CustomFieldRules.the_field_is_archived(field="id")
    given = {name: value for name in _SETTINGS if (value := getattr(command, name)) is not UNSET}
    after = replace(before, **_plain(given))
    if after == before:
        return before
    if after.type is not before.type and has_values:
        raise CustomFieldRules.a_type_with_values_stays(field="type", type=before.type.value)
    _check(after)
    missing = {option.key for option in before.options} - {option.key for option in after.options}
    if missing and has_values:
        raise CustomFieldRules.options_are_archived_not_deleted(field="options", key=min(missing))
    return replace(after, index_state=_next_state(before, after, has_values=has_values), version=before.version + 1)


def archive(before: Definition, version: int, now: datetime) -> Definition:
    """The field out of use; its values stay in the records, its index goes."""
    _expect(before, version)
    if before.archived_at is not None:
        raise CustomFieldRules.the_field_is_archived(field="id")
    state = IndexState.DROPPING if before.is_written else IndexState.NONE
    return replace(before, archived_at=now, index_state=state, version=before.version + 1)


def restore(before: Definition, version: int, definitions: Definitions) -> Definition:
    """The field in use again, last. Its values may be outdated: it is not required, and nothing is indexed of it."""
    _expect(before, version)
    if before.archived_at is None:
        raise CustomFieldRules.the_field_is_not_archived(field="id")
    if len(definitions) >= MOST_FIELDS:
        raise CustomFieldRules.there_are_too_many_fields(limit=MOST_FIELDS)
    return replace(
        before, archived_at=None, required=False, unique=False, searchable=False, sortable=False,
        position=_last(definitions), version=before.version + 1,
    )  # fmt: skip


def reorder(definitions: Definitions, ids: Sequence[UUID]) -> list[tuple[Definition, Definition]]:
    """Those that get another place, before and after; ``ids`` names all in use in their new order."""
    known = {each.id: each for each in definitions}
    if len(ids) != len(known) or set(ids) != known.keys():
        raise CustomFieldRules.an_order_names_every_field_once(field="ids")
    places = [(known[each], place) for place, each in enumerate(ids)]
    return [
        (each, replace(each, position=place, version=each.version + 1))
        for each, place in places
        if each.position != place
    ]


def ready(before: Definition, *, unique: bool) -> Definition:
    """The field whose index is built. Without ``unique`` values were found twice: then it is not, and built anew."""
    kept = replace(before, unique=before.unique and unique, version=before.version + 1)
    if kept.unique == before.unique:
        return replace(kept, index_state=IndexState.READY)
    return kept if kept.wants_index else replace(kept, index_state=IndexState.DROPPING)


def dropped(before: Definition) -> Definition:
    """The field whose index nobody keeps up any more."""
    return replace(before, index_state=IndexState.NONE, version=before.version + 1)


def difference(before: Definition | None, after: Definition) -> Changes:
    """``{setting: (before, after)}`` in JSON values."""
    changes: Changes = {}
    for each in fields(after):
        if each.name in ("id", "version", "record"):
            continue
        old = None if before is None else codec.to_builtins(getattr(before, each.name))
        new = codec.to_builtins(getattr(after, each.name))
        if old != new:
            changes[each.name] = (old, new)
    return changes


def _expect(before: Definition, version: int) -> None:
    if before.version != version:
        raise CommonRules.the_record_was_changed_meanwhile(field="version", current=before.version)


def _last(definitions: Definitions) -> int:
    return max((each.position for each in definitions), default=-1) + 1


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    for name in ("name", "name_en", "description"):
        if isinstance(settings.get(name), str):
            settings[name] = settings[name].strip() or None
    if "name" in settings and settings["name"] is None:
        raise CommonRules.a_value_has_the_wrong_shape(field="name", problem="empty")
    if "options" in settings:
        settings["options"] = tuple(settings["options"])
    return settings


def _check(made: Definition) -> None:
    """Refuse settings that the type does not have."""
    kind = made.type
    for setting, types in (("unique", UNIQUE), ("searchable", SEARCHABLE), ("sortable", SORTABLE)):
        if getattr(made, setting) and kind not in types:
            raise CustomFieldRules.a_setting_does_not_fit_the_type(field=setting, setting=setting, type=kind.value)
    if made.max_length is not None:
        if kind not in LONGEST:
            raise CustomFieldRules.a_setting_does_not_fit_the_type(
                field="max_length", setting="max_length", type=kind.value
            )
        if not 1 <= made.max_length <= LONGEST[kind]:
            raise CustomFieldRules.a_length_is_within_its_type(field="max_length", limit=LONGEST[kind])
    _check_options(made)


def _check_options(made: Definition) -> None:
    if made.type not in CHOICES:
        if made.options:
            raise CustomFieldRules.a_setting_does_not_fit_the_type(
                field="options", setting="options", type=made.type.value
            )
        return
    if not 1 <= len(made.options) <= MOST_OPTIONS:
        raise CustomFieldRules.a_choice_needs_options(field="options", limit=MOST_OPTIONS)
    keys = [option.key for option in made.options]
    for key in keys:
        if keys.count(key) > 1:
            raise CustomFieldRules.option_keys_differ(field="options", key=key)


def _next_state(before: Definition, after: Definition, *, has_values: bool) -> IndexState:
    if not after.wants_index:
        return IndexState.DROPPING if before.is_written else IndexState.NONE
    if not has_values:
        return IndexState.READY
    same = all(getattr(before, name) == getattr(after, name) for name in _INDEXED)
    if same and before.index_state in (IndexState.READY, IndexState.BUILDING):
        return before.index_state
    return IndexState.BUILDING
