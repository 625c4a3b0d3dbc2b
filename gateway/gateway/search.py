"""``search``: asks every service that declares something to be found, at once, and merges what they say. By hand.

A service that does not answer in time costs its own part only, and is named in ``unavailable``.
"""

# annotations are evaluated where they stand: the types of some exist in a function only

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Annotated, Any

import strawberry

from crm_common.codec import decode_json
from crm_common.errors import Code, CommonRules, CrmError
from crm_common.ids import to_global
from crm_common.protocol.declare import ServiceProtocol, snake
from crm_common.protocol.platform import OPERATIONS
from gateway.execution.request import Caller
from gateway.permissions import HandWritten
from gateway.platform import described, resolved
from gateway.publishing.naming import camel, upper

Info = strawberry.Info[Any, Any]
PATIENCE = 2.0
"""Seconds after which a service that has not answered is left out."""
MOST = 100

Text = Annotated[
    str, strawberry.argument(description="Words, parts of names, pinyin or initials, or a whole phone number.")
]
First = Annotated[int, strawberry.argument(description="How many hits; at most 100.")]
Days = Annotated[int, strawberry.argument(description="The last so many days, today included; at most 90.")]
Rows = Annotated[int, strawberry.argument(description="How many rows of each list; at most 100.")]


@strawberry.type(description="A further value of a found record.")
class SearchDetail:
    """As the service shows it, masked where the record's own field is."""

    name: str = described("The field's name.")
    text: str = described("Its value.")


@strawberry.type(description="A question that was asked.")
class SearchedText:
    """A row of the measures."""

    text: str = described("What was asked, without case and width.")
    searches: int = described("How often.")
    hits: int = described("How many records were found, in all.")
    without_result: int = described("How often nothing was found.")


@strawberry.type(description="What was searched for.")
class SearchMeasures:
    """Of all services that answered."""

    popular: list[SearchedText] = described("What was asked most often.")
    without_result: list[SearchedText] = described("What was asked and not found most often.")
    unavailable: list[str] = described("Services that did not answer.")


async def _gather(info: Info, services: Sequence[str], method: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What each service answered; a CrmError of code UNAVAILABLE where one did not, any other is raised."""
    caller: Caller = info.context
    context = replace(caller.context, deadline=min(caller.context.deadline, time.time() + PATIENCE))

    async def ask(service: str) -> Any:
        try:
            return decode_json(await caller.client.call(service, method, dict(payload), context))
        except CrmError as refusal:
            if refusal.code is not Code.UNAVAILABLE:
                raise
            return refusal

    answers = await asyncio.gather(*(ask(service) for service in services))
    if answers and all(isinstance(each, CrmError) for each in answers):
        raise answers[0]
    return dict(zip(services, answers, strict=True))


def _silent(answers: Mapping[str, Any]) -> list[str]:
    return [service for service, answer in answers.items() if isinstance(answer, CrmError)]


def _spoken(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [answer for answer in answers.values() if not isinstance(answer, CrmError)]


def _within(name: str, value: int, least: int, most: int) -> int:
    if value > most:
        raise CommonRules.a_page_is_too_large(field=name, limit=most)
    if value < least:
        raise CommonRules.a_value_has_the_wrong_shape(field=name, problem=f"at least {least}")
    return value


def search(protocols: Iterable[ServiceProtocol]) -> HandWritten:
    """The root fields ``search`` and ``searchMeasures`` for these services; none where nothing is to be found."""
    declared = {each.name: sorted(each.searches) for each in protocols if each.searches}
    if not declared:
        return HandWritten()
    by_type = {name: service for service, names in declared.items() for name in names}
    SearchType: Any = _types(sorted(by_type))  # noqa: N806 - a type
    made = _result(SearchType)
    SearchResult: Any = made[0]  # noqa: N806 - a type
    answered: Callable[[Mapping[str, Any], int], Any] = made[1]

    @strawberry.type
    class SearchQuery:
        @resolved("Find records one may see, of all types, the best first.", OPERATIONS["search"][1])
        async def search(
            self,
            info: Info,
            text: Text,
            types: Annotated[
                list[SearchType] | None, strawberry.argument(description="Only of these types; absent: of all.")
            ] = None,
            first: First = 20,
        ) -> SearchResult | None:
            asked: dict[str, Any] = {"text": text, "first": _within("first", first, 0, MOST)}
            services = list(declared)
            if types is not None:
                asked["types"] = [each.value for each in types]
                services = [service for service in declared if set(declared[service]) & set(asked["types"])]
            return answered(await _gather(info, services, "search", asked), first)

        @resolved("What was searched for, and what was not found.", OPERATIONS["search_measures"][1])
        async def search_measures(self, info: Info, days: Days = 30, first: Rows = 20) -> SearchMeasures | None:
            asked = {"days": _within("days", days, 1, 90), "first": _within("first", first, 1, MOST)}
            return _measured(await _gather(info, list(declared), "search_measures", asked), first)

    return HandWritten(query=SearchQuery)


def _types(names: Sequence[str]) -> Any:
    members = {upper(snake(name)): strawberry.enum_value(name, description=f"{name} records.") for name in names}
    made: Any = Enum("SearchType", members)  # type: ignore[misc]
    return strawberry.enum(made, name="SearchType", description="What can be found.")


def _result(kinds: Any) -> tuple[Any, Any]:
    """The result's type, and what makes one of the services' answers."""

    @strawberry.type(description="A record that was found.")
    class SearchHit:
        id: strawberry.ID = described("The record's id, as node(id) takes it.")
        type: kinds = described("The record's type.")
        title: str | None = described("What it is called.")
        details: list[SearchDetail] = described("Further values that tell it from others.")
        score: int = described("How well it answers: from 1000 for the very name down to 100 for a slip of the finger.")

    @strawberry.type(description="How many records of a type were found.")
    class SearchCount:
        type: kinds = described("The type.")
        count: int = described("How many one may see, among the best 1,000 of its service.")

    @strawberry.type(description="What was found.")
    class SearchResult:
        hits: list[SearchHit] = described("The best hits.")
        counts: list[SearchCount] = described("How many there are of each type that was found.")
        unavailable: list[str] = described("Services that did not answer: what is theirs is missing here.")

    def hit(row: dict[str, Any]) -> SearchHit:
        return SearchHit(
            id=strawberry.ID(to_global(row["type"], row["id"])),
            type=kinds(row["type"]),
            title=row["title"],
            details=[SearchDetail(name=camel(each["name"]), text=each["text"]) for each in row["details"]],
            score=row["score"],
        )

    def answered(answers: Mapping[str, Any], first: int) -> SearchResult:
        rows = [row for answer in _spoken(answers) for row in answer["hits"]]
        rows.sort(key=lambda row: -row["score"])
        counts = [each for answer in _spoken(answers) for each in answer["counts"]]
        return SearchResult(
            hits=[hit(row) for row in rows[:first]],
            counts=[SearchCount(type=kinds(each["type"]), count=each["count"]) for each in counts],
            unavailable=_silent(answers),
        )

    return SearchResult, answered


def _measured(answers: Mapping[str, Any], first: int) -> SearchMeasures:
    """One question went to every service: it was asked as often as the busiest says, and found nothing only where
    none of them did."""
    popular: dict[str, list[dict[str, Any]]] = {}
    for answer in _spoken(answers):
        known = {row["text"]: row for row in (*answer["popular"], *answer["without_result"])}
        for text, row in known.items():
            popular.setdefault(text, []).append(row)
    rows = [
        SearchedText(
            text=text,
            searches=max(row["searches"] for row in same),
            hits=sum(row["hits"] for row in same),
            without_result=min(row["without_result"] for row in same),
        )
        for text, same in popular.items()
    ]
    return SearchMeasures(
        popular=sorted(rows, key=lambda row: (-row.searches, row.text))[:first],
        without_result=sorted(
            (row for row in rows if row.without_result), key=lambda row: (-row.without_result, row.text)
        )[:first],
        unavailable=_silent(answers),
    )
