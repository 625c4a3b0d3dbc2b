"""Commands about definitions: load under the lock, decide, save, publish the next revision with its event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.custom_fields import editing, store
from crm_common.custom_fields.definitions import Definition, Definitions
from crm_common.custom_fields.entity import Entity
from crm_common.errors import CommonRules
from crm_common.protocol.custom_fields import CustomFieldRules

Usecase = Callable[[Change, Any], dict[str, Any]]


def create(entity: Entity) -> Usecase:
    """Define a field."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        definitions = store.changing(change.connection, entity.record)
        made = editing.create(command, change.new_id(), definitions)
        keep(change, entity, definitions, (None, made))
        return {"field": made.id}

    return run


def update(entity: Entity) -> Usecase:
    """Change a field's settings; unique only where no value is there twice."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        definitions = store.changing(change.connection, entity.record)
        before = _existing(definitions, command.id)
        has_values = store.has_values(change.connection, entity, before.key)
        after = editing.update(before, command, has_values=has_values)
        if after.unique and not before.unique and has_values:
            count, found = store.duplicates(change.connection, entity, after)
            if count:
                values = ", ".join(found)
                raise CustomFieldRules.values_are_there_twice(field="unique", count=count, values=values)
        if after != before:
            keep(change, entity, definitions, (before, after))
        return {"field": after.id}

    return run


def archive(entity: Entity) -> Usecase:
    """Take a field out of use."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        definitions = store.changing(change.connection, entity.record)
        before = _existing(definitions, command.id)
        keep(change, entity, definitions, (before, editing.archive(before, command.version, change.now)))
        return {"field": before.id}

    return run


def restore(entity: Entity) -> Usecase:
    """Take a field into use again."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        definitions = store.changing(change.connection, entity.record)
        before = _existing(definitions, command.id)
        keep(change, entity, definitions, (before, editing.restore(before, command.version, definitions)))
        return {"field": before.id}

    return run


def reorder(entity: Entity) -> Usecase:
    """Another order of all fields (CFD-02)."""

    def run(change: Change, command: Any) -> dict[str, Any]:
        definitions = store.changing(change.connection, entity.record)
        keep(change, entity, definitions, *editing.reorder(definitions, command.ids))
        return {"fields": list(command.ids)}

    return run


def keep(
    change: Change, entity: Entity, definitions: Definitions, *moved: tuple[Definition | None, Definition]
) -> None:
    """Save definitions that are held for changing, publish them, and say so."""
    for before, after in moved:
        store.save(change.connection, after, change.now)
        change.record(
            entity.fields.event(
                field_id=after.id,
                record=entity.record,
                key=after.key,
                revision=definitions.revision + 1,
                changes=editing.difference(before, after),
            )
        )
    if moved:
        store.publish(change.connection, entity.record)


def _existing(definitions: Definitions, field_id: UUID) -> Definition:
    found = definitions.find(field_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
