"""BYD-04: a defined field is a typed field of the schema at every gateway within two seconds, and no request fails."""

from __future__ import annotations

import threading
import time
from typing import Any

from depot.front import Front, fronts
from depot.running import Depot
from ledger.waiting import until

DEFINE = """
mutation($input: CreateCrateFieldInput!) {
  createCrateField(input: $input) { field { id key version ready } userErrors { code message field } }
}"""
PROMISED = 2.0


def define(front: Front, key: str, kind: str = "TEXT", **settings: Any) -> dict[str, Any]:
    given = {"key": key, "type": kind, "name": settings.pop("name", key), **settings}
    answer = front.data(DEFINE, input=given)["createCrateField"]
    assert answer["userErrors"] == []
    return dict(answer["field"])


def followed(front: Front, key: str) -> float:
    """Seconds until the gateway shows the field."""
    began = time.monotonic()
    until(lambda: key in front.fields(), f"{key} is shown")
    return time.monotonic() - began


def test_a_new_field_is_there_at_every_gateway_within_two_seconds(both: tuple[Front, Front]) -> None:
    one, other = both
    assert set(one.fields()) == {"json", "filled"}

    for number in range(5):
        define(one, f"field{number}", "MONEY", sortable=True)
        assert followed(other, f"field{number}") < PROMISED
        assert followed(one, f"field{number}") < PROMISED

    assert {f"field{number}" for number in range(5)} < set(other.fields("CrateCustomFilter"))
    assert "CUSTOM_FIELD4" in other.fields("CrateOrderField")


def test_no_request_fails_while_fields_are_defined_changed_and_archived(
    depot: Depot, both: tuple[Front, Front]
) -> None:
    one, other = both
    depot.define("steady", sortable=True)
    until(lambda: all("steady" in front.fields() for front in both), "the first field is shown")
    for number in range(30):
        depot.put(f"crate {number:02}", steady=f"{number:02}")
    asking = "{ crates(first: 30, orderBy: {field: CUSTOM_STEADY}) { nodes { id name custom { steady json } } } }"
    making = "mutation($n: String!) { createCrate(input: {name: $n, custom: {steady: $n}}) { userErrors { message } } }"
    failures: list[Any] = []
    answered = [0, 0]
    stop = threading.Event()

    def load(place: int, front: Front, query: str) -> None:
        while not stop.is_set():
            body = front.ask(query, n=f"more {answered[place]}") if "$n" in query else front.ask(query)
            if "errors" in body or any(each["userErrors"] for each in body["data"].values() if "userErrors" in each):
                failures.append(body)
            answered[place] += 1

    loads = [
        threading.Thread(target=load, args=(place, front, query))
        for place, (front, query) in enumerate(((one, asking), (other, making)))
    ]
    for each in loads:
        each.start()
    until(lambda: min(answered) > 5, "the load runs")
    revisions = one.revision, other.revision
    for number in range(8):
        field = depot.define(f"field{number}", "DATE", sortable=True)
        if number % 2:
            depot.change(field, "archive")
    until(lambda: "field6" in one.fields() and "field7" not in other.fields(), "all is followed")
    before = list(answered)
    until(lambda: min(answered[0] - before[0], answered[1] - before[1]) > 5, "the load goes on")
    stop.set()
    for each in loads:
        each.join(20)

    assert failures == []
    assert one.revision > revisions[0]
    assert other.revision > revisions[1]


def test_a_request_that_names_an_archived_field_is_refused_in_words(depot: Depot, both: tuple[Front, Front]) -> None:
    one, _ = both
    field = depot.define("gone", sortable=True)
    until(lambda: "gone" in one.fields(), "the field is shown")
    # the gateway has not heard of it: it goes on with the schema it has
    depot.runtime.feed._listeners = ()
    depot.change(field, "archive")

    made = one.data('mutation { createCrate(input: {name: "x", custom: {gone: "x"}}) { userErrors { code field } } }')

    assert made["createCrate"]["userErrors"] == [{"code": "VALIDATION", "field": "custom.gone"}]
    # readers of the service go on for a second with the definitions they know
    shown = "{ crates { nodes { custom { gone } } } }"
    until(lambda: "errors" in one.ask(shown), "the service has looked again")
    for query in (
        shown,
        '{ crates(filter: {custom: {gone: {eq: "x"}}}) { nodes { id } } }',
        "{ crates(orderBy: {field: CUSTOM_GONE}) { nodes { id } } }",
    ):
        (error,) = one.ask(query)["errors"]
        assert (error["extensions"]["code"], error["extensions"]["rule"]) == ("VALIDATION", "a_field_is_unknown")


def test_a_gateway_starts_while_the_service_is_away_and_catches_up(depot: Depot) -> None:
    depot.define("taxNo")
    with fronts(depot, 1, away=True) as ((front, client),):
        ready = front.http.get(f"http://127.0.0.1:{front.served.port}/health/ready")
        until(lambda: "crates" in front.fields("Query"), "the gateway serves")
        assert set(front.fields()) == {"json", "filled"}
        assert ready.status_code in (200, 503)

        client.away = False
        until(lambda: "taxNo" in front.fields(), "the gateway has caught up")


def test_the_fields_are_there_before_a_gateway_says_it_is_ready(depot: Depot) -> None:
    depot.define("taxNo")
    with fronts(depot, 1) as ((front, _),):
        until(lambda: front.http.get(f"http://127.0.0.1:{front.served.port}/health/ready").status_code == 200, "ready")
        assert "taxNo" in front.fields()


def test_a_running_request_ends_on_the_schema_it_began_with(depot: Depot, both: tuple[Front, Front]) -> None:
    one, _ = both
    former = one.served.gateway.operations.engine.holder.current
    define(one, "later")
    until(lambda: "later" in one.fields(), "the field is shown")

    assert former is not one.served.gateway.operations.engine.holder.current
    assert "later" not in former.graphql.type_map["CrateCustom"].fields  # type: ignore[attr-defined]
    assert former.document("{ crates { nodes { custom { later } } } }").errors != []


def test_the_walk_defines_reorders_and_refuses(depot: Depot, both: tuple[Front, Front]) -> None:
    """Features §16, step 4: taxNo (unique), risk (option, required, searchable, in list)."""
    one, other = both
    tax = {"key": "taxNo", "type": "TEXT", "name": "税号", "unique": True}
    risk = {"key": "risk", "type": "OPTION", "name": "风险", "required": True, "searchable": True, "inList": True}
    ids = [one.data(DEFINE, input=tax)["createCrateField"]["field"]["id"]]
    ids.append(
        one.data(DEFINE, input=risk | {"options": [{"key": "LOW", "name": "低"}, {"key": "HIGH", "name": "高"}]})[
            "createCrateField"
        ]["field"]["id"]
    )
    until(lambda: {"taxNo", "risk"} < set(other.fields()), "both fields are shown")
    reorder = "mutation($i: [ID!]!) { reorderCrateFields(input: {ids: $i}) { fields { key } userErrors { message } } }"

    moved = other.data(reorder, i=ids[::-1])["reorderCrateFields"]["fields"]
    make = (
        'mutation($c: CrateCustomInput) { createCrate(input: {name: "x", custom: $c}) { userErrors { code field } } }'
    )

    assert moved == [{"key": "risk"}, {"key": "taxNo"}]
    listed = one.data("{ crateFields { nodes { key inList options { key name } } } }")["crateFields"]["nodes"]
    assert [each["key"] for each in listed] == ["risk", "taxNo"]
    assert other.data(make, c={"taxNo": "T1", "risk": "LOW"})["createCrate"]["userErrors"] == []
    for custom, field in (
        ({"taxNo": "T2"}, "risk"),
        ({"taxNo": "t1", "risk": "LOW"}, "taxNo"),
        ({"risk": "X"}, "risk"),
    ):
        refused = one.data(make, c=custom)["createCrate"]["userErrors"]
        assert refused == [{"code": "VALIDATION", "field": f"custom.{field}"}]
    until(lambda: list(other.fields())[2:] == ["risk", "taxNo"], "the order is followed")
