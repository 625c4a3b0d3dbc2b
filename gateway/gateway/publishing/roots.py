"""Queries and commands become root fields; every one is one call to one service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from crm_common.protocol.declare import GetQuery, ListQuery, Live, OneQuery, Operation, ServiceProtocol
from crm_common.protocol.office.workbench import BLOCKS, Block
from crm_common.protocol.policy import AUTHENTICATED, PUBLIC
from crm_common.protocol.views import ViewShape, shape_of
from gateway.permissions import declared_policy
from gateway.publishing.connections import Connections
from gateway.publishing.docs import UnpublishableError
from gateway.publishing.filters import FilterTypes
from gateway.publishing.inputs import InputTypes, Reader
from gateway.publishing.meaning import Meaning, RootKind, RootMeaning
from gateway.publishing.naming import camel, words
from gateway.publishing.outputs import (
    Node,
    OutputTypes,
    argument,
    is_internal,
    needed,
    new_type,
    output_field,
    singular,
)
from gateway.publishing.payloads import Payloads, contains_view, root_field

_PAGE = "The default is the first 20, the limit 100."


class Roots:
    """The root fields of one build."""

    def __init__(self, services: Iterable[ServiceProtocol]) -> None:
        self.services = list(services)
        self.outputs = OutputTypes(self.services)
        self.inputs = InputTypes(self.outputs)
        self.filters = FilterTypes(self.outputs)
        self.connections = Connections(self.outputs)
        self.payloads = Payloads(self.outputs)

    def queries(self) -> dict[str, StrawberryField]:
        """Every public query of every service, ``node`` and ``nodes``."""
        fields = {"node": _node(), "nodes": _nodes()}
        for operation in self._public(service.queries for service in self.services):
            name, field = self._query(operation)
            _add(fields, name, field, operation)
        if found := self.workbench():
            fields["workbench"] = found
        return fields

    def workbench(self) -> StrawberryField | None:
        """The blocks of the workbench that somebody offers; None when nobody offers any."""
        offered = {(each.service, each.name): each for service in self.services for each in service.queries.values()}
        blocks = {
            block.name: self._block(block, offered[block.service, block.query])
            for block in BLOCKS
            if (block.service, block.query) in offered
        }
        if not blocks:
            return None
        doc = "What somebody begins his day with: one block per subject. A block whose right he lacks is null."
        kind: Any = new_type("Workbench", blocks, doc)
        root = RootMeaning(kind=RootKind.BLOCKS, policy=AUTHENTICATED)
        return output_field(kind | None, "workbench", doc, root_field(root))

    def _block(self, block: Block, operation: Operation) -> StrawberryField:
        own, reader = self.inputs.arguments(operation.cls)
        doc = f"{block.doc}{needed(operation.policy)}"
        if not issubclass(operation.cls, ListQuery):
            annotation, meaning = self._plain(operation, reader)
            return output_field(annotation, camel(block.name), doc, meaning, own)
        shape = shape_of(operation.returns)
        root = RootMeaning(
            kind=RootKind.LIST,
            policy=operation.policy,
            operation=operation,
            view=shape,
            own_arguments=reader,
            fixed=block.fixed,
        )
        first = argument("first", int | None, f"How many {shape.name} records. {_PAGE}")
        return output_field(self.connections.of(shape) | None, camel(block.name), doc, root_field(root), [first])

    def commands(self) -> dict[str, StrawberryField]:
        """Every public command of every service."""
        fields: dict[str, StrawberryField] = {}
        for operation in self._public(service.commands for service in self.services):
            _add(fields, camel(operation.name), self._command(operation), operation)
        return fields

    def lives(self) -> dict[str, StrawberryField]:
        """Every subscription of every service."""
        fields: dict[str, StrawberryField] = {}
        for service in self.services:
            for live in service.lives.values():
                declared_policy(live.policy, f"{live.service}.{live.name}")
                _add(fields, camel(live.name), self._live(live), live)
        return fields

    def _command(self, operation: Operation) -> StrawberryField:
        outer, reader = self.inputs.command(operation.cls)
        payload, selected = self.payloads.of_command(operation)
        root = RootMeaning(
            kind=RootKind.COMMAND,
            policy=operation.policy,
            operation=operation,
            own_arguments=reader,
            selected=selected,
        )
        given = argument("input", outer, f"What the command {words(operation.name)} needs.")
        return _shown(payload | None, operation, root, [given])

    def _live(self, live: Live) -> StrawberryField:
        shape = shape_of(live.returns)
        if shape.name not in self.outputs.by_ids:
            raise UnpublishableError(f"{live.service}.{live.name}: nobody offers {shape.name} by ids")
        root = RootMeaning(
            kind=RootKind.LIVE,
            policy=live.policy,
            operation=self.outputs.by_ids[shape.name],
            view=shape,
            live=live,
        )
        only = argument("ids", list[strawberry.ID] | None, f"Only these {shape.name} records; absent: all one may see.")
        doc = f"{live.doc}{needed(live.policy)}"
        return output_field(self.payloads.of_live(live, shape), camel(live.name), doc, root_field(root), [only])

    def _public(self, books: Iterable[dict[str, Operation]]) -> Iterable[Operation]:
        for book in books:
            for operation in book.values():
                policy = declared_policy(operation.policy, f"{operation.service}.{operation.name}")
                if operation.public and not is_internal(policy):
                    yield operation

    def _query(self, operation: Operation) -> tuple[str, StrawberryField]:
        if issubclass(operation.cls, ListQuery):
            return camel(operation.name), self._list(operation, shape_of(operation.returns))
        if issubclass(operation.cls, GetQuery):
            shape = shape_of(operation.returns)
            return camel(shape.name[:1].lower() + shape.name[1:]), self._get(operation, shape)
        if issubclass(operation.cls, OneQuery):
            return camel(operation.name), self._one(operation, shape_of(operation.returns))
        return camel(operation.name), self._value(operation)

    def _list(self, operation: Operation, shape: ViewShape) -> StrawberryField:
        own, reader = self.inputs.arguments(operation.cls)
        filtered, order = self.filters.filter(shape), self.filters.order(shape)
        records = f"{shape.name} records"
        arguments = [
            argument("first", int | None, f"How many {records} from the beginning, or after the cursor. {_PAGE}"),
            argument("after", str | None, "The cursor after which to go on."),
            argument("last", int | None, f"How many {records} from the end, or before the cursor. The limit is 100."),
            argument("before", str | None, "The cursor before which to go back."),
        ]
        if order:
            arguments.insert(0, argument("order_by", list[order] | None, "In which order; ties are broken by id."))  # type: ignore[valid-type]
        if filtered:
            arguments.insert(0, argument("filter", filtered[0] | None, "Which ones."))
        root = RootMeaning(
            kind=RootKind.LIST,
            policy=operation.policy,
            operation=operation,
            view=shape,
            own_arguments=reader,
            filter=filtered[1] if filtered else None,
        )
        return _shown(self.connections.of(shape) | None, operation, root, [*own, *arguments])

    def _get(self, operation: Operation, shape: ViewShape) -> StrawberryField:
        own, reader = self.inputs.arguments(operation.cls)
        view: Any = self.outputs.view(shape)
        root = RootMeaning(
            kind=RootKind.GET, policy=operation.policy, operation=operation, view=shape, own_arguments=reader
        )
        identifier = argument("id", strawberry.ID, f"The id of the {singular(shape)}.")
        doc = f"The {singular(shape)} of this id; null where there is nothing to see.{needed(operation.policy)}"
        return output_field(view | None, camel(operation.name), doc, root_field(root), [identifier, *own])

    def _one(self, operation: Operation, shape: ViewShape) -> StrawberryField:
        own, reader = self.inputs.arguments(operation.cls)
        view: Any = self.outputs.view(shape)
        root = RootMeaning(
            kind=RootKind.ONE, policy=operation.policy, operation=operation, view=shape, own_arguments=reader
        )
        return _shown(view | None, operation, root, own)

    def _value(self, operation: Operation) -> StrawberryField:
        if contains_view(operation.returns):
            raise UnpublishableError(f"{operation.name}: a query that shows views is a ListQuery, GetQuery or OneQuery")
        own, reader = self.inputs.arguments(operation.cls)
        annotation, meaning = self._plain(operation, reader)
        return output_field(
            annotation, camel(operation.name), f"{operation.doc}{needed(operation.policy)}", meaning, own
        )

    def _plain(self, operation: Operation, reader: Reader) -> tuple[Any, Meaning]:
        """What a query for a value is outside, and what it means."""
        annotation = self.outputs.annotation(operation.returns, where=operation.name)
        root = RootMeaning(kind=RootKind.VALUE, policy=operation.policy, operation=operation, own_arguments=reader)
        ref = self.outputs.meaning(operation.name, operation.returns, whole=True).ref
        return annotation | None, root_field(root, ref)


def _node() -> StrawberryField:
    root = RootMeaning(kind=RootKind.NODE, policy=PUBLIC)
    identifier = argument("id", strawberry.ID, "The id.")
    return output_field(Node | None, "node", "The record of this id, of any type.", root_field(root), [identifier])


def _nodes() -> StrawberryField:
    root = RootMeaning(kind=RootKind.NODES, policy=PUBLIC)
    identifiers = argument("ids", list[strawberry.ID], "The ids, at most 100.")
    doc = "The records of these ids, of any types, in the same order; null where there is nothing to see."
    return output_field(list[Node | None] | None, "nodes", doc, root_field(root), [identifiers])


def _add(fields: dict[str, StrawberryField], name: str, field: StrawberryField, declared: Operation | Live) -> None:
    field.graphql_name = name
    if name in fields:
        raise UnpublishableError(f"two root fields are named {name}; one is {declared.service}.{declared.name}")
    fields[name] = field


def _shown(annotation: Any, operation: Operation, root: RootMeaning, arguments: Any) -> StrawberryField:
    doc = f"{operation.doc}{needed(operation.policy)}"
    return output_field(annotation, camel(operation.name), doc, root_field(root), arguments)
