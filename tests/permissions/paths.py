"""Every way in which the schema leads to a record: root fields, and what is below them, three records deep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_required_argument,
)

SCHEMA = Path(__file__).parents[2] / "gateway" / "schema.graphql"
DEPTH = 3
ROOT, BELOW = 40, 2
"""Records asked for of a list: a whole world at the root, few below, as the cost of a document multiplies."""


@dataclass(frozen=True, slots=True)
class ReadPath:
    """A root field with what is selected below it. ``of``: the type whose id it takes."""

    name: str
    selection: str
    of: str | None = None

    def document(self, ids: Sequence[str] = ()) -> str:
        """The operation: once, or for each of the ids under an alias."""
        if self.of is None:
            return f"{{ {self.selection} }}"
        asked = (
            f"a{place}: {self.selection.replace('$id', chr(34) + each + chr(34))}" for place, each in enumerate(ids)
        )
        return f"{{ {' '.join(asked)} }}"


def schema() -> GraphQLSchema:
    """The committed schema."""
    return build_schema(SCHEMA.read_text())


def read_paths(known: GraphQLSchema, arguments: dict[str, str]) -> Iterator[ReadPath]:
    """A path for each root field and each field below it that leads to records.

    ``arguments`` gives the text of the arguments of root fields that need more than an id (``search(text: "…")``).
    """
    assert known.query_type is not None
    for name, field in sorted(known.query_type.fields.items()):
        needed = [each for each, argument in field.args.items() if is_required_argument(argument)]
        by_id = needed in (["id"], ["customerId"]) and isinstance(get_named_type(field.type), GraphQLObjectType)
        if needed and not by_id and name not in arguments:
            continue
        kind = get_named_type(field.type)
        if by_id and name not in ("node", "service"):
            of = kind.name if needed == ["id"] else "Customer"
            yield from _below(name, f"{name}({needed[0]}: $id)", kind, of)
        elif not by_id:
            given = arguments.get(name) or (f"(first: {ROOT})" if "first" in field.args else "")
            yield from _below(name, f"{name}{given}", kind, None)


def uncovered(known: GraphQLSchema, arguments: dict[str, str]) -> set[str]:
    """Root fields that ask for something no path knows how to give."""
    assert known.query_type is not None
    named = {path.name.partition(".")[0] for path in read_paths(known, arguments)}
    return {name for name, field in known.query_type.fields.items() if name not in named and _leads(field.type)}


def _below(name: str, root: str, kind: GraphQLOutputType, of: str | None) -> Iterator[ReadPath]:
    opening, record, closing = root, kind, ""
    if isinstance(kind, GraphQLObjectType) and "nodes" in kind.fields:
        opening, record, closing = f"{root} {{ nodes", get_named_type(kind.fields["nodes"].type), " }"
    if not isinstance(record, GraphQLObjectType):
        return
    yield ReadPath(name, f"{opening} {{ {_self(record)} }}{closing}", of)
    for child, selection in _children(record, 2):
        yield ReadPath(f"{name}.{child}", f"{opening} {{ {_self(record)} {selection} }}{closing}", of)


def _children(record: GraphQLObjectType, depth: int) -> Iterator[tuple[str, str]]:
    for name, field in sorted(record.fields.items()):
        below = get_named_type(field.type)
        if not isinstance(below, GraphQLObjectType) or _needs_more(field):
            continue
        first = f"(first: {BELOW})" if "first" in field.args else ""
        further = [text for _, text in _children(below, depth + 1)] if depth < DEPTH else []
        yield name, f"{name}{first} {{ {_self(below)} {' '.join(further)} }}"


def _needs_more(field: GraphQLField) -> bool:
    return any(is_required_argument(argument) for argument in field.args.values())


def _self(record: GraphQLObjectType) -> str:
    shown = [
        "__typename",
        *(each for each in ("id", "phone", "number", "customerId", "ownerId") if _plain(record, each)),
    ]
    return " ".join(shown)


def _plain(record: GraphQLObjectType, name: str) -> bool:
    field = record.fields.get(name)
    return (
        field is not None and not _needs_more(field) and not isinstance(get_named_type(field.type), GraphQLObjectType)
    )


def _leads(kind: GraphQLOutputType) -> bool:
    found = kind
    while isinstance(found, GraphQLList | GraphQLNonNull):
        found = found.of_type
    return isinstance(found, GraphQLObjectType | GraphQLInterfaceType)
