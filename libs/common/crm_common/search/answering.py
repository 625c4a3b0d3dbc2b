"""Answers a service's ``search``: ids from the index, everything that is shown or counted from SQL under the scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from crm_common.codec import decode_json
from crm_common.context import Actor, Context
from crm_common.protocol import declare
from crm_common.protocol.declare import FoundView
from crm_common.protocol.search import Search, SearchMeasures
from crm_common.protocol.selection import names
from crm_common.reading import Reader
from crm_common.reading.access import allowed
from crm_common.reading.bindings import named
from crm_common.reading.scope import Reach
from crm_common.reading.statements import finish
from crm_common.search.declare import Searchable, placed
from crm_common.search.measures import Measures
from crm_common.search.port import MOST_HITS, Hit, Question, SearchStore
from crm_common.search.ranking import Rank, levels
from crm_common.search.tokens import phone_in

if TYPE_CHECKING:
    from crm_common.runtime.host import ServiceHost

MOST_OWNERS = 2_000
"""Whoever sees the records of more people than that looks through everybody's."""


class Answering:
    """What one service answers."""

    def __init__(
        self,
        host: ServiceHost,
        searchables: Iterable[Searchable],
        index: SearchStore,
        *,
        reader: Reader,
        measures: Measures,
    ) -> None:
        self._host = host
        self._searchables = {each.type: each for each in searchables}
        self.index = index
        self._reader = reader
        self._reaches = {name: searchable.reach for name, searchable in self._searchables.items()}
        self._measures = measures
        declared = declare.services()[host.service].searches
        if missing := self._searchables.keys() ^ declared.keys():
            raise TypeError(f"{host.service}: said to be searchable in one place only: {', '.join(sorted(missing))}")
        self._declared: dict[str, FoundView] = declared

    def search(self, asked: Search, context: Context) -> dict[str, Any]:
        """The answer described at `Search`; ``search_is_unavailable`` when the index does not answer."""
        actor = context.authenticated()
        types = [
            name
            for name, found in self._declared.items()
            if (asked.types is None or name in asked.types) and allowed(found.view.policy, actor)
        ]
        hits = self._by_phone(asked.text, types)
        if hits is None:
            hits = self._by_words(asked.text, types, actor)
        seen = self._seen(hits, context)
        self._measures.note(asked.text, len(seen))
        counts = [{"type": name, "count": sum(hit.type == name for hit in seen)} for name in types]
        return {
            "hits": self._shown(seen[: asked.first], context),
            "counts": [each for each in counts if each["count"]],
        }

    def measures(self, asked: SearchMeasures, _context: Context) -> dict[str, Any]:
        """The answer described at `SearchMeasures`."""
        self._measures.write()
        return self._measures.report(asked.days, asked.first)

    def _by_phone(self, text: str, types: Sequence[str]) -> list[Hit] | None:
        """The records of the whole number that was asked for; None where the text is to be looked for by its words.

        A number in a text goes before its words, which nobody would have to type. A mere number that is nobody's may
        be another one, say a contract's.
        """
        number = phone_in(text)
        if number is None:
            return None
        hits = [
            Hit(name, record, Rank.EXACT_NAME)
            for name in types
            if (by_phone := self._searchables[name].by_phone) is not None
            for record in list(dict.fromkeys(by_phone(self._host, number)))[:MOST_HITS]
        ]
        return hits or None

    def _by_words(self, text: str, types: Sequence[str], actor: Actor) -> list[Hit]:
        asked = levels(text)
        if not asked:
            return []
        hits: list[Hit] = []
        for owners, together in self._narrowed(types, actor).items():
            hits += self.index.find(Question(asked, together, owners)).hits
        return sorted(hits, key=lambda hit: -hit.score)[:MOST_HITS] if len(types) > 1 else hits

    def _narrowed(self, types: Sequence[str], actor: Actor) -> dict[tuple[UUID, ...] | None, tuple[str, ...]]:
        """The types by whose records are looked through for this actor; None: everybody's."""
        groups: dict[tuple[UUID, ...] | None, tuple[str, ...]] = {}
        for name in types:
            owners = self._owners(name, actor)
            groups[owners] = (*groups.get(owners, ()), name)
        return groups

    def _owners(self, name: str, actor: Actor) -> tuple[UUID, ...] | None:
        """Only a help to look in the right place: SQL decides afterwards what may be seen."""
        searchable, scope = self._searchables[name], self._reaches[name]
        kind = scope.kind(actor) if scope is not None else None
        if scope is None or kind is None or kind == "NOBODY":
            return None
        if kind == "SELF":
            return (actor.id,)
        condition = scope.condition(kind, Reach.PROBE).replace("{t}", "t")
        people = f"SELECT id AS owner_id FROM {named(searchable.people)}"
        statement = finish(f"SELECT t.owner_id FROM ({people}) t WHERE {condition} LIMIT {MOST_OWNERS + 1}")
        values = {"me": str(actor.id), "department": str(actor.department_id) if actor.department_id else None}
        found = self._host.store.rows(statement.sql, statement.arrange(values))
        return None if len(found) > MOST_OWNERS else tuple(sorted({actor.id, *(each for (each,) in found)}))

    def _seen(self, hits: Sequence[Hit], context: Context) -> list[Hit]:
        """The hits that the caller may see, in their order: for each type its own statements."""
        seen: set[tuple[str, str]] = set()
        for name, every in _by_type(hits).items():
            there = self._there(name, every)
            some = self._asked_for([hit for hit in every if hit.id in there], name, context)
            rows = self._rows(name, some, ("id",), context)
            seen |= {(name, row["id"]) for row in rows if row is not None}
        return [hit for hit in hits if (hit.type, str(hit.id)) in seen]

    def _asked_for(self, hits: list[Hit], name: str, context: Context) -> list[Hit]:
        """Those the caller sees, as far as the service itself has to ask others."""
        seen = self._searchables[name].seen
        if seen is None or not hits:
            return hits
        visible = set(seen(self._host, [hit.id for hit in hits], context))
        return [hit for hit in hits if hit.id in visible]

    def _there(self, name: str, hits: Sequence[Hit]) -> set[UUID]:
        """The records that are still to be found at all: the index learns a moment later that one is not."""
        searchable = self._searchables[name]
        if searchable.where == "true":
            return {hit.id for hit in hits}
        statement = f"SELECT t.id FROM {searchable.source} t WHERE t.id = ANY(%s::uuid[]) AND "
        rows = self._host.store.rows(statement + placed(searchable.where, "t"), ([hit.id for hit in hits],))
        return {row[0] for row in rows}

    def _shown(self, hits: Sequence[Hit], context: Context) -> list[dict[str, Any]]:
        """The hits as they are shown. Only these are read: who sees a masked value in full may be noted."""
        shown: dict[Hit, dict[str, Any]] = {}
        for name, some in _by_type(hits).items():
            view = self._declared[name]
            fields = tuple(dict.fromkeys(("id", view.title, *view.details)))
            for hit, row in zip(some, self._rows(name, some, fields, context), strict=True):
                if row is not None:
                    shown[hit] = _shown(view, hit, row)
        return [shown[hit] for hit in hits if hit in shown]

    def _rows(
        self, name: str, hits: Sequence[Hit], fields: Sequence[str], context: Context
    ) -> list[dict[str, Any] | None]:
        cls = self._declared[name].view.cls
        rows: list[dict[str, Any] | None] = decode_json(
            self._reader.by_ids(cls, [hit.id for hit in hits], names(*fields), context)
        )
        return rows


def _by_type(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.type, []).append(hit)
    return found


def _shown(view: FoundView, hit: Hit, row: dict[str, Any]) -> dict[str, Any]:
    details = [{"name": name, "text": str(row[name])} for name in view.details if row[name] is not None]
    return {"type": hit.type, "id": str(hit.id), "score": hit.score, "title": row[view.title], "details": details}
