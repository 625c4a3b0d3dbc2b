"""Gives a service class the methods that its declared custom fields ask for: ``@offers(CUSTOM)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from crm_common import codec
from crm_common.custom_fields import store, usecases
from crm_common.custom_fields.definitions import Definition
from crm_common.custom_fields.entity import Entity
from crm_common.errors import CommonRules
from crm_common.protocol.custom_fields import CustomFieldRules
from crm_common.reading import Where
from crm_common.runtime.entrypoints import answer_with
from crm_common.store import Store

S = TypeVar("S", bound=type)
_LISTED = 5
ATTRIBUTE = "custom_fields"
"""Where a service class says which of its records have custom fields."""


def offers(*entities: Entity) -> Callable[[S], S]:
    """The class answers everything that `custom_fields` declared for these records.

    It has the providers ``commands``, ``views`` (with those of `crm_common.custom_fields.reading.bindings` among its
    bindings) and ``host``. The job ``<service>.custom_fields`` builds and drops indexes.
    """

    def offer(service: S) -> S:
        for entity in entities:
            operations = entity.fields.operations
            answer_with(service, {operations[name]: method for name, method in _methods(entity).items()})
        setattr(service, ATTRIBUTE, (*getattr(service, ATTRIBUTE, ()), *entities))
        return service

    return offer


def _methods(entity: Entity) -> dict[str, Callable[..., Any]]:
    in_use, archived = Where("{t}.archived_at IS NULL"), Where("{t}.archived_at IS NOT NULL")

    def fields(self: Any, asked: Any) -> Any:
        return self.views.page(asked, where=archived if asked.archived else in_use)

    def by_ids(self: Any, asked: Any) -> Any:
        return self.views.get(asked)

    def uses(self: Any, asked: Any) -> Any:
        return codec.to_builtins(list(entity.uses(self.host.store, _field(self.host.store, entity, asked.id))))

    def definitions(self: Any, asked: Any) -> Any:  # noqa: ARG001 - asks for all
        found = store.read(self.host.store, entity.record)
        return {"revision": found.revision, "fields": codec.to_builtins(list(found))}

    def archive(self: Any, asked: Any) -> Any:
        # outside of the transaction: to know, neighbours may have to be asked
        if not asked.even_if_used:
            _refuse_if_used(self.host.store, entity, asked.id)
        return self.commands.run(usecases.archive(entity), asked)

    return {
        "fields": fields,
        "by_ids": by_ids,
        "uses": uses,
        "definitions": definitions,
        "archive": archive,
        **{name: _running(getattr(usecases, name)(entity)) for name in ("create", "update", "restore", "reorder")},
    }


def _running(usecase: usecases.Usecase) -> Callable[..., Any]:
    def run(self: Any, asked: Any) -> Any:
        return self.commands.run(usecase, asked)

    return run


def _refuse_if_used(kept: Store, entity: Entity, field_id: UUID) -> None:
    found = entity.uses(kept, _field(kept, entity, field_id))
    if found:
        uses = ", ".join(f"{each.kind} {each.name}" for each in found[:_LISTED])
        raise CustomFieldRules.the_field_is_in_use(field="id", count=len(found), uses=uses)


def _field(kept: Store, entity: Entity, field_id: UUID) -> Definition:
    found = store.read(kept, entity.record).find(field_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
