"""BYD-09: whatever path leads to a record, a viewer sees it exactly if scope and rights say so; masks hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from crm_common.ids import from_global
from infra.rabbitmq import SharedRabbit
from permissions.paths import ReadPath, read_paths, schema, uncovered
from permissions.world import Seat, World, build
from standing.person import Person
from standing.systems import embedded, on_broker

pytestmark = [pytest.mark.infra, pytest.mark.timeout(900)]

ARGUMENTS = {
    "workCalendar": '(firstDay: "2026-11-23", lastDay: "2026-12-23")',
    "leaveBalances": "(year: 2026)",
    "accountingExport": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "financeStatistics": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "attendanceDays": '(month: "2026-11")',
    "performanceByDay": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "performanceByMonth": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "performanceByPerson": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "receivableTotals": "(by: OWNER)",
    "forecast": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "funnel": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "salesBoard": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "salesRanking": '(fromDay: "2026-11-01", toDay: "2026-11-30")',
    "myApprovals": "(box: TO_DO, first: 40)",
    "search": '(text: "客户", first: 50)',
    "schedule": '(firstDay: "2026-11-23", lastDay: "2026-12-23")',
}
"""What root fields need that take more than an id."""
WITHOUT = {"node", "nodes", "priceFor", "service", "ownedRecords", "recordHistory", "settingHistory",
           "customerDuplicate", "customerImportTemplate", "productImportTemplate", "contractImportTemplate",
           "callerLookup",
           "comments", "previewRule", "missingWorkReports", "previewApproval",
           "announcementReadings"}  # fmt: skip
"""Root fields that no path walks: node and nodes are asked below; a duplicate and a caller are answered to
everybody who may ask, by a few words; a preview shows who would decide
on one's own form; a price is of the catalogue, which is everybody's; who has read an announcement is for its
author and the column's managers;
the others show no record that the oracle knows."""


NO_RATES = {f"GATEWAY_RATE_{name}": "1000000" for name in ("ACTOR", "ACTOR_BURST", "ADDRESS", "ADDRESS_BURST")}
AT_ONCE = 12
"""Records in one document, each under an alias."""
SAID = {"FORBIDDEN", "NOT_FOUND"}
"""What a path may answer somebody who lacks a key; anything else would hide what was to be looked at."""


@pytest.fixture(scope="module", params=["embedded", "broker"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """In either mode; the rates are off, as twenty people ask two thousand things in a minute."""
    postgres = request.getfixturevalue("postgres_server")
    with ExitStack() as closing:
        if request.param == "embedded":
            system = closing.enter_context(embedded(NO_RATES))
        else:
            rabbitmq: SharedRabbit = request.getfixturevalue("rabbitmq")
            folder = tmp_path_factory.mktemp("matrix")
            vhost = closing.enter_context(rabbitmq.vhost("matrix"))
            system = closing.enter_context(on_broker(postgres, vhost, folder, NO_RATES))
        yield build(system)


def records_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Every record of an answer, at whatever depth."""
    if isinstance(answer, list):
        for each in answer:
            yield from records_in(each)
    elif isinstance(answer, dict):
        if "__typename" in answer:
            yield answer
        for each in answer.values():
            yield from records_in(each)


def among(world: World, path: ReadPath) -> list[str]:
    """Whom a path is asked for: nobody by name, or every record of its type."""
    return world.records(path.of) if path.of in ("Customer", "Contact") else []


def answers(person: Person, path: ReadPath, ids: list[str]) -> Iterator[Any]:
    """What the path answers for all of the ids, as many in one document as its cost allows."""
    if path.of is not None and not ids:
        return
    for place in range(0, max(len(ids), 1), AT_ONCE):
        some = ids[place : place + AT_ONCE]
        answer = person.send(path.document(some))
        refusals = {each["extensions"]["code"] for each in answer.get("errors", ())}
        if refusals == {"LIMIT_EXCEEDED"} and len(some) > 1:
            yield from answers(person, path, some[: len(some) // 2])
            yield from answers(person, path, some[len(some) // 2 :])
            continue
        assert refusals <= SAID, (path, answer["errors"])
        yield answer.get("data")


def leaks(world: World, viewer: Seat, path: str, answer: Any, cases: Counter[str]) -> list[str]:
    """What of the answer its viewer should not have got."""
    found = []
    for record in records_in(answer):
        kind, identifier = record["__typename"], record.get("id")
        if kind == "SearchHit" and identifier is not None:
            kind = from_global(identifier)[0]
        seen = world.sees(viewer, kind, identifier or "", record.get("customerId"))
        if seen is None:
            continue
        cases[kind] += 1
        if not seen:
            found.append(f"{viewer.login} sees {kind} {identifier} by {path}")
        if kind == "Customer" and "phone" in record:
            full = "****" not in record["phone"]
            if full != (identifier == viewer.customer):
                found.append(f"{viewer.login} reads {record['phone']} of {identifier} by {path}")
    return found


def test_every_root_field_is_walked_or_named() -> None:
    assert uncovered(schema(), ARGUMENTS) == WITHOUT


def test_no_path_leads_to_what_is_out_of_scope(world: World) -> None:
    if world.system.mode == "broker":
        # one schema and one read path for both; what differs, how a list and a record are asked for, is below
        viewers = [each for each in world.seats.values() if each.department == "东一部"]
    else:
        viewers = list(world.seats.values())
    paths = list(read_paths(schema(), ARGUMENTS))
    cases: Counter[str] = Counter()
    found: list[str] = []
    for viewer in viewers:
        assert viewer.person is not None
        for path in paths:
            for answer in answers(viewer.person, path, among(world, path)):
                found += leaks(world, viewer, path.name, answer, cases)
    print(f"{sum(cases.values())} cases: {dict(cases)}")
    assert found == []
    assert min(cases.values()) > 50, cases


def test_what_is_in_scope_is_found_by_every_way_of_asking(world: World) -> None:
    """List, get and node agree with the oracle, record by record."""
    lists = {"Customer": "customers", "Contact": "contacts"}
    for kind, root in lists.items():
        everything = world.records(kind)
        for viewer in world.seats.values():
            assert viewer.person is not None
            expected = {each for each in everything if world.sees(viewer, kind, each)}
            listed = viewer.person.ask(f"{{ {root}(first: 100) {{ totalCount nodes {{ id }} }} }}")
            in_hands = expected - set(world.pool)
            assert {each["id"] for each in listed["nodes"]} == in_hands, (viewer.login, root)
            assert listed["totalCount"] == len(in_hands)
            nodes = viewer.person.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=everything)
            assert {each["id"] for each in nodes if each} == expected, (viewer.login, "nodes")


def test_what_is_out_of_scope_looks_like_what_does_not_exist(world: World) -> None:
    """Features §1: NOT_FOUND, not FORBIDDEN, on every change of a record that is out of scope."""
    viewer = next(each for each in world.seats.values() if each.scope == "SELF")
    other = next(each for each in world.seats.values() if each is not viewer)
    assert viewer.person is not None
    document = """mutation($in: UpdateCustomerInput!) { updateCustomer(input: $in) {
        customer { id } userErrors { code message field } } }"""
    given = {"id": other.customer, "version": 1, "address": "x"}
    assert viewer.person.refused(document, **{"in": given}) == ("NOT_FOUND", "id")
