"""A client that answers the library's and the register's queries from rows in memory, and remembers what was asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from crm_common.codec import encode
from crm_common.context import Actor, ActorKind, Context
from crm_common.protocol.selection import Selected, parse
from gateway.execution import Caller, execute
from library.protocol import PERMISSIONS

Row = dict[str, Any]


def uuid(number: int) -> str:
    """The key of the numbered record."""
    return str(UUID(int=number))


def context(*permissions: str, language: str = "en", restricted: str | None = None, anonymous: bool = False) -> Context:
    """The context of somebody who holds these permissions (by default all)."""
    held = frozenset(permissions) or PERMISSIONS
    actor = Actor(kind=ActorKind.EMPLOYEE, id=UUID(int=9), name="Reader", permissions=held, restricted=restricted)
    return Context(
        actor=None if anonymous else actor, correlation_id="corr-1", deadline=time.time() + 5, language=language
    )


def show(row: Row | None, selection: tuple[Selected, ...]) -> Row | None:
    """The row as a selection asks for it: keyed by response key, children cut to their ``first``."""
    if row is None:
        return None
    return {each.key: _value(row[each.name], each) for each in selection}


def _value(value: Any, selected: Selected) -> Any:
    if not selected.children:
        return value
    if isinstance(value, list):
        return [show(item, selected.children) for item in value[: selected.arguments.get("first")]]
    return show(value, selected.children)


def book(number: int, **changes: Any) -> Row:
    """A complete book; the shelf and its books may be given as rows."""
    return {
        "id": uuid(number),
        "title": f"Book {number}",
        "isbn": None,
        "price": "12.50",
        "weight": 0.5,
        "pages": 100 + number,
        "on_loan": False,
        "genre": "novel",
        "other_genres": ["science"],
        "tags": ["red"],
        "printed_at": "2026-01-02T03:04:05.000000Z",
        "measure": {"width": 10, "owner_id": uuid(1), "parts": [{"label": "cover"}]},
        "note": "fragile",
        "shelf_id": uuid(50),
        "shelf": shelf(50),
        "keeper_id": uuid(1),
        "reader_ids": [uuid(1), uuid(2)],
        **changes,
    }


def shelf(number: int, **changes: Any) -> Row:
    """A complete shelf, empty unless told otherwise."""
    return {
        "id": uuid(number),
        "name": f"Shelf {number}",
        "opened_on": "2020-05-06",
        "books": [],
        "signs": [{"text": "quiet"}],
        **changes,
    }


def person(number: int, **changes: Any) -> Row:
    """A complete person."""
    return {"id": uuid(number), "name": f"Person {number}", "born_on": None, "desk_id": None, **changes}


@dataclass
class Call:
    """One call that arrived."""

    service: str
    method: str
    payload: dict[str, Any]
    context: Context


Answer = Callable[[dict[str, Any]], Any]


@dataclass
class Answering:
    """Answers lists and look-ups from ``rows`` (view name → rows); ``methods`` answers everything else."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    methods: dict[str, Answer] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    LISTS: ClassVar = {"books": "Book", "shelves": "Shelf"}
    BY_IDS: ClassVar = {"books_by_ids": "Book", "shelves_by_ids": "Shelf", "people_by_ids": "Person"}

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As ``Client.call``."""
        self.calls.append(Call(service, method, payload, context))
        if method in self.methods:
            found = self.methods[method](payload)
        elif method in self.LISTS:
            found = self.page(self.rows.get(self.LISTS[method], []), payload)
        else:
            found = self.by_ids(self.rows.get(self.BY_IDS[method], []), payload)
        return encode(found)

    def page(self, rows: list[Row], payload: dict[str, Any]) -> dict[str, Any]:
        """What a ListQuery answers."""
        shown = rows[: payload.get("first", 20)]
        return {
            "nodes": [show(row, parse(payload["select"])) for row in shown],
            "cursors": [f"c{index}" for index, _ in enumerate(shown)] if payload.get("cursors") else None,
            "has_next": len(rows) > len(shown),
            "has_previous": False,
            "total": len(rows) if payload.get("total") else None,
            "total_at_least": len(rows) if payload.get("total") else None,
        }

    def by_ids(self, rows: list[Row], payload: dict[str, Any]) -> list[Row | None]:
        """What a GetQuery answers."""
        found = {row["id"]: row for row in rows}
        return [show(found.get(key), parse(payload["select"])) for key in payload["ids"]]

    @property
    def asked(self) -> list[str]:
        """The methods that were called, in order."""
        return [call.method for call in self.calls]


def ask(schema: Any, text: str, client: Any, variables: Row | None = None, caller: Context | None = None) -> Row:
    """The response to an operation, as it would be sent."""
    answer = asyncio.run(execute(schema, schema.document(text), variables, None, Caller(caller or context(), client)))
    return answer.to_response()
