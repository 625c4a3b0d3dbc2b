"""Reads custom fields as if they had been declared: the bindings of each revision, and the reader that follows them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.custom_fields import store as definition_store
from crm_common.custom_fields.columns import in_order, shown_as
from crm_common.custom_fields.definitions import Definitions
from crm_common.custom_fields.entity import Entity
from crm_common.custom_fields.tables import custom_field
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.custom_fields import CustomFields, declared
from crm_common.protocol.declare import GetQuery, ListQuery, OneQuery
from crm_common.protocol.views import ViewShape, shape_of
from crm_common.reading import Binding, Reader, Where, bind
from crm_common.reading.filters import Tree
from crm_common.store import Store
from crm_common.waiting import holding_up, thread_needed

R = TypeVar("R")
SECONDS = 1.0
"""How old the known definitions may be: a request that names an unknown field looks again at once."""
_REVISIONS = "SELECT json_object_agg(record, revision) FROM custom_revision"


def bindings(entity: Entity) -> tuple[Binding, Binding]:
    """What a service adds to its bindings; that of the record itself has ``children={"custom": same_row()}``."""
    fields = bind(
        entity.fields.view,
        custom_field,
        fields={"ready": "{t}.index_state IN ('NONE', 'READY')"},
        where=f"{{t}}.record = '{entity.record}'",
        default_order=[custom_field.c.position],
    )
    filled = "SELECT count(*) FROM jsonb_object_keys({t}.custom)"
    values = bind(entity.fields.values.cls, entity.table, fields={"json": "{t}.custom", "filled": filled})
    return fields, values


class LiveReader(Reader):
    """A `Reader` for bindings among which are those of custom fields: made anew for each revision, then swapped.

    A request runs to its end on the reader it began with.
    """

    def __init__(self, bindings: Iterable[Binding], store: Store, **options: Any) -> None:
        self._declared = tuple(bindings)
        self._kept = store
        self._options = options
        self._lock = threading.Lock()
        self._revisions: dict[str, int] = {}
        self._looked_at = float("-inf")
        self._current: Reader | None = None

    def page(self, query: ListQuery, context: Context, *, where: Where | None = None) -> bytes:
        """As `Reader.page`."""
        return self._by_newest(lambda reader: reader.page(query, context, where=where))

    def get(self, query: GetQuery, context: Context) -> bytes:
        """As `Reader.get`."""
        return self._by_newest(lambda reader: reader.get(query, context))

    def one(self, query: OneQuery, record: UUID | None, context: Context) -> bytes:
        """As `Reader.one`."""
        return self._by_newest(lambda reader: reader.one(query, record, context))

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        """As `Reader.by_ids`."""
        return self._by_newest(lambda reader: reader.by_ids(view, ids, select, context))

    def kept_filter(self, view: type, value: Any) -> Tree:
        """As `Reader.kept_filter`, of the newest revision."""
        return self._by_newest(lambda reader: reader.kept_filter(view, value))

    def binding(self, view: type) -> Binding:
        """How the view is bound at the newest revision; KeyError when it is not."""
        return self._newest(0.0)._bindings[shape_of(view)]

    def _by_newest(self, read: Callable[[Reader], R]) -> R:
        reader = self._newest(SECONDS)
        try:
            return read(reader)
        except CrmError as refusal:
            if refusal.rule != CommonRules.a_field_is_unknown.name:
                raise
            # defined a moment ago by another replica?
            newer = self._newest(0.0)
            if newer is reader:
                raise
            return read(newer)

    def _newest(self, seconds: float) -> Reader:
        if not self._is_known(seconds):
            # rare, and behind a lock: neither is anything for an event loop, and nobody gives way with the lock
            thread_needed(for_now=True)
            with holding_up(), self._lock:
                if not self._is_known(seconds):
                    self._make()
        assert self._current is not None
        return self._current

    def _is_known(self, seconds: float) -> bool:
        """Whether there is a reader that was, or is now found to be, the newest at most so long ago."""
        if self._current is None:
            return False
        began, known = time.monotonic(), self._revisions
        if began - self._looked_at < seconds:
            return True
        if self._found() != known:
            return False
        self._looked_at = began
        return True

    def _found(self) -> dict[str, int]:
        revisions: dict[str, int] = codec.decode_json(self._kept.read(_REVISIONS) or b"{}")
        return revisions

    def _make(self) -> None:
        began = time.monotonic()
        known = {record: definition_store.read(self._kept, record) for record in self._found()}
        self._current = Reader(_of_revision(self._declared, known), self._kept, **self._options)
        self._revisions = {record: each.revision for record, each in known.items()}
        self._looked_at = began


def has_custom_fields(bindings: Iterable[Binding]) -> bool:
    """Whether a `LiveReader` is needed."""
    shapes = _values_shapes()
    return any(binding.shape in shapes for binding in bindings)


def shape_of_revision(fields: CustomFields, definitions: Definitions) -> ViewShape:
    """The type of ``custom`` at a revision: the fixed fields, and one for each definition in use."""
    fixed = fields.values
    made = ViewShape(fixed.cls, service=fixed.service, policy=fixed.policy, doc=fixed.doc)
    # what the class declares is not all
    made.__dict__["fields"] = fixed.fields | {each.key: shown_as(each)[0] for each in definitions}
    return made


def _values_shapes() -> dict[ViewShape, CustomFields]:
    return {each.values: each for each in declared().values()}


def _of_revision(bindings: Iterable[Binding], known: dict[str, Definitions]) -> list[Binding]:
    shapes = _values_shapes()
    return [_with_custom(_values(each, shapes, known), shapes, known) for each in bindings]


def _values(binding: Binding, shapes: dict[ViewShape, CustomFields], known: dict[str, Definitions]) -> Binding:
    fields = shapes.get(binding.shape)
    if fields is None:
        return binding
    definitions = known[fields.record]
    bound = {name: replace(each, sql=_without_archived(each.sql, definitions)) for name, each in binding.fields.items()}
    bound |= {each.key: shown_as(each)[1] for each in definitions}
    return replace(binding, shape=shape_of_revision(fields, definitions), fields=bound, stands_for=binding.shape)


def _without_archived(sql: str, definitions: Definitions) -> str:
    archived = [each.key for each in definitions.every if each.archived_at is not None]
    if not archived:
        return sql
    keys = ", ".join(f"'{key}'" for key in archived)
    return sql.replace("{t}.custom", f"({{t}}.custom - ARRAY[{keys}]::text[])")


def _with_custom(binding: Binding, shapes: dict[ViewShape, CustomFields], known: dict[str, Definitions]) -> Binding:
    sort = dict(binding.sort)
    for name in binding.children:
        fields = shapes.get(binding.shape.fields[name].view)  # type: ignore[arg-type]
        if fields is not None:
            sort |= {
                f"{name}.{each.key}": in_order(each)
                for each in known[fields.record]
                if each.sortable and each.is_indexed
            }
    return replace(binding, sort=sort) if len(sort) > len(binding.sort) else binding
