"""Who sees a record, whichever service owns it: its own by-ids query is asked, in the person's own name (ADR 0145)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.errors import Code, CommonRules, CrmError
from crm_common.ids import from_global, to_global
from crm_common.protocol.declare import GetQuery, Operation, services
from crm_common.protocol.office.message_kinds import Subject
from crm_common.protocol.selection import names
from crm_common.protocol.views import is_view, shape_of
from crm_common.reading import Reader
from crm_common.runtime.client import PeerClient

_DERIVED = frozenset({"Comment"})
_AT_ONCE = 200


@cache
def lookups() -> Mapping[str, Operation]:
    """The query that answers the records of a type by id, for every type but comments: who sees these is derived."""
    return {
        shape_of(operation.returns).name: operation
        for service in services().values()
        for operation in service.queries.values()
        if operation.public
        and issubclass(operation.cls, GetQuery)
        and is_view(operation.returns)
        and shape_of(operation.returns).name not in _DERIVED
    }


def subject_of(global_id: str, *, field: str) -> Subject:
    """The record that a global id names; ``VALIDATION`` when it is no id of a type that can be looked up."""
    try:
        type_name, key = from_global(global_id)
    except ValueError as broken:
        raise CommonRules.a_value_has_the_wrong_shape(field=field, problem="not an id") from broken
    if type_name not in lookups():
        raise CommonRules.a_value_has_the_wrong_shape(field=field, problem=f"no record of type {type_name}")
    return Subject(type_name, key)


def global_id(subject: Subject) -> str:
    """The global id of the record, in its one form."""
    return to_global(subject.type_name, subject.id)


def referred(reference: str, *, field: str) -> Subject:
    """The record of ``<service>:<aggregate>/<uuid>``; ``VALIDATION`` when that service shows no such records by id."""
    service, _, rest = reference.partition(":")
    aggregate, _, key = rest.partition("/")
    type_name = "".join(part.capitalize() for part in aggregate.split("_"))
    operation = lookups().get(type_name)
    try:
        record = UUID(key)
    except ValueError as broken:
        raise CommonRules.a_value_has_the_wrong_shape(field=field, problem="not a reference") from broken
    if operation is None or operation.service != service:
        raise CommonRules.a_value_has_the_wrong_shape(field=field, problem=f"no record {service}:{aggregate}")
    return Subject(type_name, record)


@dataclass(frozen=True, slots=True)
class Sight:
    """Asks owners what a person sees. ``reader`` answers for the records of the service ``own`` itself."""

    client: PeerClient
    reader: Reader | None = None
    own: str | None = None

    def seen(self, subjects: Iterable[Subject], context: Context) -> set[Subject]:
        """Which of the records the actor of ``context`` sees: one call for each type and 200 records.

        Whoever may not ask for a type sees none of it. ``UNAVAILABLE`` when an owner does not answer.
        """
        wanted: dict[str, list[UUID]] = {}
        for each in dict.fromkeys(subjects):
            wanted.setdefault(each.type_name, []).append(each.id)
        return {
            Subject(kind, key)
            for kind, ids in wanted.items()
            for start in range(0, len(ids), _AT_ONCE)
            for key in self._seen(kind, ids[start : start + _AT_ONCE], context)
        }

    def expect(self, subject: Subject, context: Context, *, field: str) -> None:
        """``NOT_FOUND`` for a record that the actor does not see."""
        if not self.seen([subject], context):
            raise CommonRules.the_record_was_not_found(field=field)

    def _seen(self, type_name: str, ids: Collection[UUID], context: Context) -> list[UUID]:
        operation = lookups().get(type_name)
        if operation is None:
            return []
        try:
            answer = codec.decode_json(self._ask(operation, ids, context))
        except CrmError as refusal:
            if refusal.code is Code.FORBIDDEN:
                return []
            raise
        return [key for key, found in zip(ids, answer, strict=True) if found is not None]

    def _ask(self, operation: Operation, ids: Collection[UUID], context: Context) -> bytes:
        if self.reader is not None and operation.service == self.own:
            return self.reader.by_ids(operation.returns, list(ids), names("id"), context)
        payload = {"ids": [str(each) for each in ids], "select": names("id")}
        return self.client.call(operation.service, operation.name, payload, context)
