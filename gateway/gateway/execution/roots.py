"""What each kind of root field does: its one call, and the shape its answer is put into."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLObjectType, GraphQLOutputType, GraphQLSchema

from crm_common.codec import decode_json
from crm_common.errors import CrmError
from crm_common.ids import from_global
from crm_common.protocol.declare import Envelope, Live, Operation
from crm_common.protocol.views import ViewShape, shape_of
from gateway.errors import SchemaRules, is_foreseeable, page_too_large, user_errors
from gateway.execution.compiler import CannotCompileError, Complete, compile_selection
from gateway.execution.request import Caller
from gateway.execution.rows import Page, Path, Payload, Rename, TypedRow
from gateway.loaders import Join, aligned, join, plan_joins
from gateway.permissions import refuse_early
from gateway.publishing.filters import read_order
from gateway.publishing.inputs import record_key
from gateway.publishing.meaning import Kind, RootKind, RootMeaning
from gateway.selection import Picked, Picker, check_children, merge, select_text

MOST_NODES = 100


@dataclass(frozen=True, slots=True)
class Ground:
    """What root fields are planned on: the schema, the selections, and who offers which view by ids."""

    schema: GraphQLSchema
    picker: Picker
    by_ids: Mapping[str, Operation]


class Root(ABC):
    """A root field of one plan. ``fetch`` gives what ``complete`` (or the stock executor) turns into the answer."""

    def __init__(self, picked: Picked, meaning: RootMeaning, ground: Ground) -> None:
        self.picked = picked
        self.meaning = meaning
        self.ground = ground
        self.select = ""
        self.joins: tuple[Join, ...] = ()
        self.complete: Complete | None = None
        if picked.object is not None:
            picked.below = ground.picker.below(picked.object, picked.details)
            check_children(picked.below)
        self.prepare()
        self.complete = self.complete or _compiled(picked.field.type, picked)

    @abstractmethod
    def prepare(self) -> None:
        """Work out the selection."""

    @abstractmethod
    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Any:
        """Ask the service. Raises CrmError."""

    @property
    def operation(self) -> Operation:
        """The operation it asks."""
        assert self.meaning.operation is not None
        return self.meaning.operation

    @property
    def view(self) -> ViewShape:
        """The view it shows."""
        assert self.meaning.view is not None
        return self.meaning.view

    def want(self, *variants: list[Picked]) -> list[Rename]:
        """Select what these selections of the view's rows need."""
        wants, renames = merge(variants)
        self.select = select_text(wants, self.view)
        self.joins = plan_joins(wants, self.ground.by_ids)
        return renames

    async def ask(self, payload: dict[str, Any], caller: Caller) -> Any:
        """The operation's answer, decoded."""
        operation = self.operation
        return decode_json(await caller.client.call(operation.service, operation.name, payload, caller.context))


class ListRoot(Root):
    """A connection."""

    def prepare(self) -> None:
        places = dict(_nodes_of(self.picked))
        renames = self.want(*places.values())
        self.renames: dict[Path, Rename] = dict(zip(places, renames, strict=True))
        self.flags = _flags(self.picked)

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Page:
        payload = {"select": self.select, **self.flags, **self.meaning.own_arguments(arguments)}
        for name in ("first", "after", "last", "before"):
            if arguments.get(name) is not None:
                payload[name] = arguments[name]
        if arguments.get("filter") is not None:
            payload["filter"] = self.meaning.filter(arguments["filter"])
        if arguments.get("orderBy") is not None:
            payload["order_by"] = read_order(arguments["orderBy"])
        answer = await self.ask(payload | dict(self.meaning.fixed), caller)
        if self.joins and isinstance(answer, dict):
            await join([answer.get("nodes")], self.joins, caller)
        return Page(answer, self.renames)


class GetRoot(Root):
    """A record by its id."""

    def prepare(self) -> None:
        self.want(self.picked.below)
        self.key = record_key(self.view.name)

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Any:
        payload = {"ids": [self.key(arguments["id"], "id")], "select": self.select}
        answer = await self.ask(payload | self.meaning.own_arguments(arguments), caller)
        record = aligned(answer, payload["ids"], self.operation.service)[0]
        await join([record], self.joins, caller)
        return record


class OneRoot(Root):
    """The one record there is."""

    def prepare(self) -> None:
        self.want(self.picked.below)

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Any:
        record = await self.ask({"select": self.select} | self.meaning.own_arguments(arguments), caller)
        await join([record], self.joins, caller)
        return record


class ValueRoot(Root):
    """A plain value."""

    def prepare(self) -> None:
        """Values are always complete: nothing is selected."""

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Any:
        return await self.ask(self.meaning.own_arguments(arguments), caller)


class CommandRoot(Root):
    """A command with its payload."""

    def prepare(self) -> None:
        self.renames: dict[Path, Rename] = {}
        self.selects: dict[str, str] = {}
        self.key_joins: dict[str, tuple[Join, ...]] = {}
        for name in self.meaning.selected:
            shown = [each for each in self.picked.below if _holds_records(each) and _name(each) == name]
            if not shown:
                continue
            view = shown[0].meaning.view if shown[0].meaning else None
            assert view is not None
            wants, renames = merge([each.below for each in shown])
            self.renames |= {(each.key,): rename for each, rename in zip(shown, renames, strict=True)}
            self.selects[name] = select_text(wants, view)
            if joins := plan_joins(wants, self.ground.by_ids):
                self.key_joins[name] = joins

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Payload:
        try:
            answer = await self.ask({"select": self.selects, **self.meaning.own_arguments(arguments["input"])}, caller)
        except CrmError as refusal:
            if is_foreseeable(refusal):
                return Payload({}, user_errors(refusal, caller.context), self.renames)
            raise
        for name, joins in self.key_joins.items():
            await join([answer.get(name)], joins, caller)
        return Payload(answer, [], self.renames)


class LiveRoot(Root):
    """A subscription: each event's record, read by its id with the subscriber's rights of that moment."""

    def prepare(self) -> None:
        shown = [each for each in self.picked.below if _holds_records(each)]
        renames = self.want(*(each.below for each in shown))
        self.renames: dict[Path, Rename] = {(each.key,): found for each, found in zip(shown, renames, strict=True)}
        self.key = record_key(self.view.name)

    @property
    def live(self) -> Live:
        """The declaration."""
        assert self.meaning.live is not None
        return self.meaning.live

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Any:
        raise NotImplementedError("a subscription is not executed once")

    def only(self, arguments: dict[str, Any]) -> frozenset[str] | None:
        """The records that are asked for; None: every one."""
        ids = arguments.get("ids")
        return None if ids is None else frozenset(self.key(each, f"ids.{i}") for i, each in enumerate(ids))

    async def shown(self, event: Envelope, only: frozenset[str] | None, caller: Caller) -> Payload | None:
        """What is delivered for an event; None when it is not asked for or not to be seen."""
        subject = str(event.data[next(e.subject_field for e in self.live.events if e.event_type == event.type)])
        if only is not None and subject not in only:
            return None
        answer = await self.ask({"ids": [subject], "select": self.select}, caller)
        record = aligned(answer, [subject], self.operation.service)[0]
        if record is None:
            return None
        await join([record], self.joins, caller)
        payload = {"event": event.type, "occurred_at": event.time.isoformat(), "record": record}
        return Payload(payload, [], self.renames)


class NodeRoot(Root):
    """``node`` and ``nodes``: the ids say which services are asked."""

    def prepare(self) -> None:
        self.types: dict[str, TypeOfNode] = {}
        self.complete = self._shown

    async def fetch(self, arguments: dict[str, Any], caller: Caller) -> Any:
        if self.meaning.kind is RootKind.NODE:
            return (await self._records([arguments["id"]], caller))[0]
        if len(arguments["ids"]) > MOST_NODES:
            raise page_too_large("ids", MOST_NODES)
        return await self._records(arguments["ids"], caller)

    async def _records(self, global_ids: list[str], caller: Caller) -> list[TypedRow | None]:
        groups: dict[str, dict[str, list[int]]] = {}
        for index, global_id in enumerate(global_ids):
            try:
                name, key = from_global(global_id)
            except ValueError as broken:
                raise SchemaRules.this_is_not_an_id(field="id") from broken
            groups.setdefault(name, {}).setdefault(str(key), []).append(index)
        found: list[TypedRow | None] = [None] * len(global_ids)
        opened = {name: self._open(name) for name in groups}
        asked = [(name, kind) for name, kind in opened.items() if kind is not None]
        answers = await asyncio.gather(*(kind.records(list(groups[name]), caller) for name, kind in asked))
        for (name, _), answer in zip(asked, answers, strict=True):
            for record, places in zip(answer, groups[name].values(), strict=True):
                for place in places if record is not None else ():
                    found[place] = TypedRow(name, record)
        return found

    def _open(self, name: str) -> TypeOfNode | None:
        if name not in self.types:
            kind, operation = self.ground.schema.type_map.get(name), self.ground.by_ids.get(name)
            if operation is None or not isinstance(kind, GraphQLObjectType):
                return None
            self.types[name] = TypeOfNode(self.picked, kind, operation, self.ground)
        return self.types[name]

    def _shown(self, value: Any) -> Any:
        """The compiled form: each record by the function of its type."""
        if isinstance(value, list):
            return [self._shown(each) for each in value]
        return None if value is None else self.types[value.type_name].complete(value.row)


class TypeOfNode:
    """What ``node`` selects of one type."""

    def __init__(self, field: Picked, kind: GraphQLObjectType, operation: Operation, ground: Ground) -> None:
        picked = replace(field, below=ground.picker.below(kind, field.details))
        check_children(picked.below)
        view = shape_of(operation.returns)
        wants, _ = merge([picked.below])
        self.operation = operation
        self.select = select_text(wants, view)
        self.joins = plan_joins(wants, ground.by_ids)
        self.complete: Complete = _compiled(kind, picked) or _never

    async def records(self, keys: list[str], caller: Caller) -> list[Any]:
        """The records of these keys, aligned."""
        refuse_early(self.operation.policy, caller.context)
        payload = {"ids": keys, "select": self.select}
        operation = self.operation
        answer = decode_json(await caller.client.call(operation.service, operation.name, payload, caller.context))
        await join(aligned(answer, keys, operation.service), self.joins, caller)
        return answer  # type: ignore[no-any-return]


ROOTS: dict[RootKind, type[Root]] = {
    RootKind.LIST: ListRoot,
    RootKind.GET: GetRoot,
    RootKind.ONE: OneRoot,
    RootKind.VALUE: ValueRoot,
    RootKind.COMMAND: CommandRoot,
    RootKind.LIVE: LiveRoot,
    RootKind.NODE: NodeRoot,
    RootKind.NODES: NodeRoot,
}


def _compiled(kind: GraphQLOutputType, picked: Picked) -> Complete | None:
    try:
        return compile_selection(kind, picked)
    except CannotCompileError:
        return None


def _never(_: Any) -> Any:
    raise CannotCompileError


def _holds_records(picked: Picked) -> bool:
    return picked.meaning is not None and picked.meaning.kind is Kind.PAYLOAD


def _name(picked: Picked) -> str:
    return picked.meaning.name if picked.meaning else ""


def _nodes_of(connection: Picked) -> Iterator[tuple[Path, list[Picked]]]:
    """Where a connection shows rows: response keys of ``nodes``, or of ``edges`` and ``node``, and what is below."""
    for each in connection.below:
        kind = each.meaning.kind if each.meaning else None
        if kind is Kind.NODES:
            yield (each.key,), each.below
        elif kind is Kind.EDGES:
            for inner in each.below:
                if inner.meaning is not None and inner.meaning.kind is Kind.NODE:
                    yield (each.key, inner.key), inner.below


def _flags(connection: Picked) -> dict[str, bool]:
    """Cursors and counts cost: they are asked for only where they are shown."""
    shown = {_name(each) for each in connection.below}
    for each in connection.below:
        if each.meaning is not None and each.meaning.kind in (Kind.EDGES, Kind.PAGE_INFO):
            shown |= {_name(inner) for inner in each.below}
    flags = {}
    if shown & {"cursor", "start_cursor", "end_cursor"}:
        flags["cursors"] = True
    if shown & {"total", "total_at_least"}:
        flags["total"] = True
    return flags
