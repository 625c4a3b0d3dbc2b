"""Joins neighbours' records into rows: one call per neighbour's view and level, however many rows there are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_common.codec import decode_json
from crm_common.errors import CommonRules
from crm_common.protocol.declare import Operation
from crm_common.protocol.views import ViewShape
from gateway.errors import to_graphql
from gateway.execution.request import Caller
from gateway.execution.rows import Path, Rename, project
from gateway.permissions import refuse_early
from gateway.selection import Want, merge_wants, neighbours, select_text

MOST_IDS = 500
"""How many ids one call carries; more are asked for in parallel calls."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field that shows a neighbour's record: where its rows are, and how its selection calls their keys."""

    path: Path
    want: Want
    rename: Rename


@dataclass(frozen=True, slots=True)
class Join:
    """One call: the records of one view, for every place of a level that shows them; then what these show in turn."""

    view: ViewShape
    operation: Operation
    select: str
    places: tuple[Place, ...]
    then: tuple[Join, ...]


def plan_joins(wants: Iterable[Want], by_ids: Mapping[str, Operation]) -> tuple[Join, ...]:
    """The joins that a selection needs."""
    groups: dict[str, list[tuple[Path, Want]]] = {}
    for path, want in neighbours(wants):
        view = _view(want)
        groups.setdefault(view.name, []).append((path, want))
    return tuple(_join(by_ids[name], places, by_ids) for name, places in groups.items())


def _join(operation: Operation, found: list[tuple[Path, Want]], by_ids: Mapping[str, Operation]) -> Join:
    view = _view(found[0][1])
    merged, renames = merge_wants([want.below for _, want in found])
    places = tuple(Place(path, want, rename) for (path, want), rename in zip(found, renames, strict=True))
    return Join(view, operation, select_text(merged, view), places, plan_joins(merged, by_ids))


def _view(want: Want) -> ViewShape:
    assert want.neighbour is not None
    assert want.neighbour.view is not None
    return want.neighbour.view


async def join(rows: Sequence[Any], joins: Sequence[Join], caller: Caller) -> None:
    """Put the neighbours' records into ``rows`` under their keys; a failed call stands there as its error."""
    if len(joins) == 1:
        await _run(rows, joins[0], caller)
    elif joins:
        await asyncio.gather(*(_run(rows, each, caller) for each in joins))


async def _run(rows: Sequence[Any], plan: Join, caller: Caller) -> None:
    holders = [(row, place) for place in plan.places for row in _walk(rows, place.path)]
    ids = dict.fromkeys(key for row, place in holders for key in _keys(row, place))
    records: dict[str, Any] = {}
    asked = list(ids)
    parts = [asked[start : start + MOST_IDS] for start in range(0, len(asked), MOST_IDS)]
    for answered in await asyncio.gather(*(_ask(part, plan, caller) for part in parts)):
        records |= answered
    if plan.then:
        await join([record for record in records.values() if isinstance(record, dict)], plan.then, caller)
    for row, place in holders:
        _place(row, place, records)


async def _ask(ids: list[str], plan: Join, caller: Caller) -> dict[str, Any]:
    operation = plan.operation
    try:
        refuse_early(operation.policy, caller.context)
        payload = {"ids": ids, "select": plan.select}
        answer = decode_json(await caller.client.call(operation.service, operation.name, payload, caller.context))
        return dict(zip(ids, aligned(answer, ids, operation.service), strict=True))
    except Exception as failed:  # noqa: BLE001 - whatever it is, it is the fate of these fields and of nothing else
        return dict.fromkeys(ids, to_graphql(failed, caller.context))


def aligned(answer: Any, ids: Sequence[str], service: str) -> list[Any]:
    """The answer of a by-ids query, if it is a list with a place for every id."""
    if not isinstance(answer, list) or len(answer) != len(ids):
        raise CommonRules.the_service_is_unavailable(service=service)
    return answer


def _walk(rows: Iterable[Any], path: Path) -> Iterator[dict[str, Any]]:
    """The rows below a path; what is not shaped as declared is left for the executor to judge."""
    for row in rows:
        if isinstance(row, list):
            yield from _walk(row, path)
        elif isinstance(row, dict):
            if path:
                yield from _walk([row.get(path[0])], path[1:])
            else:
                yield row


def _reference(row: dict[str, Any], place: Place) -> Any:
    return row.get(place.want.reference)


def _keys(row: dict[str, Any], place: Place) -> Iterator[str]:
    reference = _reference(row, place)
    for key in reference if isinstance(reference, list) else (reference,):
        if isinstance(key, str):
            yield key


def _place(row: dict[str, Any], place: Place, records: dict[str, Any]) -> None:
    reference = _reference(row, place)

    def shown(key: Any) -> Any:
        return project(records.get(key) if isinstance(key, str) else None, place.rename)

    row[place.want.wire] = [shown(key) for key in reference] if isinstance(reference, list) else shown(reference)
