"""How fields read what services answer: the stock executor's resolvers, and the shapes that answers are put into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import GraphQLObjectType, GraphQLResolveInfo

from crm_common.ids import to_global
from gateway.publishing.meaning import Kind, Meaning, meaning_of

Rename = dict[str, str] | None
"""Response key → key in the row, where several selections share one row; None when they are the same."""
Path = tuple[str, ...]
Info = GraphQLResolveInfo[Any]


class GlobalIds(dict[str, str]):
    """Key of a record → its global id, for one type; emptied when it has grown too much."""

    LIMIT = 20_000

    def __init__(self, type_name: str) -> None:
        super().__init__()
        self.type_name = type_name

    def __missing__(self, key: object) -> str:
        if not isinstance(key, str):
            raise TypeError(f"a key of {self.type_name} is a text")
        if len(self) >= self.LIMIT:
            self.clear()
        found = self[key] = to_global(self.type_name, key)
        return found


_GLOBAL_IDS: dict[str, GlobalIds] = {}


def global_ids(type_name: str) -> GlobalIds:
    """The shared global ids of a type."""
    return _GLOBAL_IDS.setdefault(type_name, GlobalIds(type_name))


def project(row: Any, rename: Rename) -> Any:
    """The row as one of several selections asked for it."""
    if rename is None or not isinstance(row, dict):
        return row
    return {key: row[wire] for key, wire in rename.items() if wire in row}


class Edge(NamedTuple):
    """A row of a page with its cursor; ``page`` and ``key`` tell how the selection below wants the row."""

    row: Any
    cursor: Any
    page: Page
    key: str


class Page:
    """What a list query answered. ``renames`` by the response keys of ``nodes``, or of ``edges`` and ``node``."""

    __slots__ = ("answer", "renames")

    def __init__(self, answer: Any, renames: dict[Path, Rename]) -> None:
        self.answer = answer
        self.renames = renames

    def __getitem__(self, name: str) -> Any:
        return self.answer[name]

    def rows(self) -> list[Any]:
        """The rows; TypeError when the service answered no list."""
        rows = self.answer["nodes"]
        if type(rows) is not list:
            raise TypeError("a page has no list of nodes")
        return rows

    def nodes(self, key: str) -> list[Any]:
        """The rows for the ``nodes`` of this response key."""
        rename = self.renames.get((key,))
        return self.rows() if rename is None else [project(row, rename) for row in self.rows()]

    def edges(self, key: str) -> list[Edge]:
        """The rows with their cursors (None where no cursors were asked for)."""
        rows = self.rows()
        cursors = self.answer.get("cursors")
        if cursors is None:
            cursors = [None] * len(rows)
        if type(cursors) is not list:
            raise TypeError("a page has no list of cursors")
        return [Edge(row, cursor, self, key) for row, cursor in zip(rows, cursors, strict=True)]

    def info(self) -> dict[str, Any]:
        """What ``pageInfo`` shows."""
        cursors = self.answer.get("cursors") or [None]
        return {
            "has_next": self.answer["has_next"],
            "has_previous": self.answer["has_previous"],
            "start_cursor": cursors[0],
            "end_cursor": cursors[-1],
        }


class Payload:
    """What a command answered, or why it was refused (then every key is null)."""

    __slots__ = ("answer", "renames", "user_errors")

    def __init__(self, answer: Any, user_errors: list[dict[str, Any]], renames: dict[Path, Rename]) -> None:
        self.answer = answer
        self.user_errors = user_errors
        self.renames = renames

    def __getitem__(self, name: str) -> Any:
        if name == "user_errors":
            return self.user_errors
        return None if self.user_errors else self.answer[name]

    def records(self, name: str, key: str) -> Any:
        """The record (or records) of a payload key for the selection of this response key."""
        found, rename = self[name], self.renames.get((key,))
        if rename is None:
            return found
        return [project(row, rename) for row in found] if isinstance(found, list) else project(found, rename)


class TypedRow(NamedTuple):
    """A row whose type only the request decided (``node``)."""

    type_name: str
    row: Any

    def __getitem__(self, key: Any) -> Any:
        return self.row[key]


def type_of_row(value: Any, _info: Info, _abstract: Any) -> str | None:
    """The object type behind an interface."""
    return value.type_name if isinstance(value, TypedRow) else None


Resolve = Callable[..., Any]


def bind_resolvers(kind: GraphQLObjectType) -> None:
    """Let every generated field of the type read its value from what services answer; refuse a mixture."""
    meanings = {name: meaning_of(field) for name, field in kind.fields.items()}
    if not any(meanings.values()):
        return
    kind.is_type_of = None
    for name, meaning in meanings.items():
        if meaning is not None:
            kind.fields[name].resolve = _resolver(meaning)
        elif not kind.name.startswith("__") and kind.name not in ("Query", "Mutation", "Subscription"):
            raise TypeError(f"{kind.name}.{name} is written by hand in a generated type: its row has nothing for it")


def _row_value(source: Any, info: Info) -> Any:
    return source[info.path.key]


def _resolver(meaning: Meaning) -> Resolve:
    name = meaning.name
    readers: dict[Kind, Resolve] = {
        Kind.PART: lambda source, _info: source[name],
        Kind.NODES: lambda source, info: source.nodes(info.path.key),
        Kind.EDGES: lambda source, info: source.edges(info.path.key),
        Kind.NODE: lambda source, info: project(source.row, source.page.renames.get((source.key, info.path.key))),
        Kind.CURSOR: lambda source, _info: source.cursor,
        Kind.PAGE_INFO: lambda source, _info: source.info(),
        Kind.PAYLOAD: lambda source, info: source.records(name, info.path.key),
    }
    read: Resolve = readers.get(meaning.kind) or _row_value
    if meaning.ref is not None:
        read = _as_global(read, global_ids(meaning.ref))

    def resolve(source: Any, info: Info, **_arguments: Any) -> Any:
        return read(source, info)

    return resolve


def _as_global(read: Resolve, ids: GlobalIds) -> Resolve:
    def encode(value: Any) -> Any:
        if value is None or isinstance(value, Exception):
            return value
        try:
            return ids[value]
        except TypeError as wrong:  # not a text: an error at its own place in the answer
            return wrong

    def resolve(source: Any, info: Info) -> Any:
        value = read(source, info)
        return [encode(item) for item in value] if type(value) is list else encode(value)

    return resolve
