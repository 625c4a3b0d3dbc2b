"""Custom fields are read, filtered and sorted as declared ones are, with an index and without (CFD-01, CUS-05)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crm_common import codec, telemetry
from crm_common.errors import CrmError
from crm_common.protocol.selection import Selected, dump, names
from crm_common.runtime.providers import Views
from depot.running import Depot, keeper

CHOICES = [{"key": key, "name": key} for key in ("LOW", "MIDDLE", "HIGH")]
EMPLOYEES = [f"018f2f6e-0000-7000-8000-00000000000{number}" for number in range(3)]
VALUES: dict[str, list[Any]] = {
    "TEXT": ["张三", "李四", "abc", "ABC", None, "abd"],
    "EMAIL": ["a@example.cn", "b@example.cn", None, "c@example.com"],
    "OPTION": ["LOW", "HIGH", None, "MIDDLE"],
    "MULTI_OPTION": [["LOW"], ["LOW", "HIGH"], None, ["MIDDLE"]],
    "NUMBER": ["10", "9", "-1.5", None, "10.0"],
    "MONEY": ["10", "9.99", None, "100"],
    "DATE": ["2026-11-23", "2026-11-22", None, "2025-01-01"],
    "DATETIME": ["2026-11-23T10:00:00Z", "2020-01-01T00:00:00Z", None],
    "PERSON": [EMPLOYEES[0], EMPLOYEES[1], None],
}
CONDITIONS: dict[str, list[dict[str, Any]]] = {
    "TEXT": [
        {"eq": "abc"}, {"ne": "abc"}, {"in": ["abc", "张三"]}, {"not_in": ["abc"]}, {"lt": "abd"}, {"gte": "abc"},
        {"between": {"from": "ABC", "to": "abc"}}, {"contains": "b"}, {"starts_with": "张"}, {"is_null": True},
        {"is_empty": False}, {"ne": "abc", "starts_with": "ab"},
    ],
    "EMAIL": [{"contains": "example.cn"}, {"is_null": False}],
    "OPTION": [{"eq": "HIGH"}, {"ne": "HIGH"}, {"in": ["HIGH", "LOW"]}, {"not_in": ["LOW"]}, {"is_null": True}],
    "MULTI_OPTION": [{"eq": "LOW"}, {"ne": "LOW"}, {"in": ["HIGH", "MIDDLE"]}, {"not_in": ["HIGH"]}, {"is_null": True}],
    "NUMBER": [{"eq": "10"}, {"lt": "9.5"}, {"between": {"from": "-2", "to": "9"}}, {"in": ["9"]}, {"ne": "9"}],
    "MONEY": [{"gt": "9.99"}, {"lte": "10.00"}, {"is_null": True}],
    "DATE": [{"eq": "2026-11-23"}, {"gte": "2026-01-01"}, {"older_than": {"amount": 1, "unit": "MONTH"}}],
    "DATETIME": [{"lt": "2026-01-01T00:00:00Z"}, {"is_null": False}],
    "PERSON": [{"eq": EMPLOYEES[0]}, {"in": EMPLOYEES}, {"ne": EMPLOYEES[1]}],
}  # fmt: skip


TEXTS = ("TEXT", "EMAIL", "OPTION", "MULTI_OPTION", "PERSON")


def found(depot: Depot, conditions: dict[str, Any], **more: Any) -> list[str]:
    page = depot.call("crates", filter={"custom": conditions}, select=names("name"), **more)
    return [node["name"] for node in page["nodes"]]


def holds(value: Any, condition: dict[str, Any]) -> bool:
    """The few conditions whose meaning is told in Python."""
    have = value if isinstance(value, list) else [] if value is None else [value]
    one = {
        "eq": lambda given: given in have, "ne": lambda given: given not in have,
        "in": lambda given: bool(set(given) & set(have)), "not_in": lambda given: not set(given) & set(have),
        "is_null": lambda given: (value is None) is given,
        "contains": lambda given: any(given in each for each in have),
        "starts_with": lambda given: any(each.startswith(given) for each in have),
        "is_empty": lambda given: (not value) is given,
    }  # fmt: skip
    return all(one[operator](given) for operator, given in condition.items())


@pytest.mark.parametrize("kind", VALUES)
def test_filters_find_the_same_with_and_without_an_index(depot: Depot, kind: str) -> None:
    options = {"options": CHOICES} if "OPTION" in kind else {}
    plain, fast = depot.define("plain", kind, **options), depot.define("fast", kind, searchable=True, **options)
    for number, value in enumerate(VALUES[kind]):
        depot.put(f"{number}", **({} if value is None else {"plain": value, "fast": value}))

    for condition in CONDITIONS[kind]:
        by_column = found(depot, {"plain": condition})
        assert found(depot, {"fast": condition}) == by_column, condition
        if kind in TEXTS and not {"lt", "gte", "between"} & condition.keys():
            expected = [str(number) for number, value in enumerate(VALUES[kind]) if holds(value, condition)]
            assert by_column == expected, condition
        assert 0 < len(by_column) < len(VALUES[kind]) or "in" in condition, condition
    assert (plain["ready"], fast["ready"]) == (True, True)


def test_a_filter_by_an_indexed_field_is_served_by_its_index(depot: Depot) -> None:
    field = depot.define("taxNo", searchable=True)
    with depot.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO crate (id, name, custom)"
            " SELECT gen_random_uuid(), n::text, jsonb_build_object('taxNo', 'T' || n) FROM generate_series(1, 20000) n"
        )
        connection.exec_driver_sql(
            "INSERT INTO custom_value (entity_id, field_id, place, text)"
            " SELECT id, %s, 0, custom ->> 'taxNo' FROM crate",
            (field["id"],),
        )
    condition = f"v.field_id = '{field['id']}' AND v.text COLLATE \"C\" = 'T777'::text"
    rows = f"SELECT t.* FROM crate t WHERE t.id IN (SELECT v.entity_id FROM custom_value v WHERE {condition})"
    plan = "\n".join(line for (line,) in depot.store.rows(f"EXPLAIN {rows}"))

    assert found(depot, {"taxNo": {"eq": "T777"}}) == ["777"]
    assert "custom_value_text" in plan
    assert "Seq Scan" not in plan


def test_conditions_combine_and_stand_beside_those_of_other_fields(depot: Depot) -> None:
    depot.define("risk", "OPTION", options=CHOICES, searchable=True)
    depot.define("term", "NUMBER")
    for name, risk, term in (("a", "LOW", "1"), ("b", "HIGH", "2"), ("c", "HIGH", "3")):
        depot.put(name, risk=risk, term=term)

    assert found(depot, {"or": [{"risk": {"eq": "LOW"}}, {"term": {"eq": "3"}}]}) == ["a", "c"]
    assert found(depot, {"not": {"risk": {"eq": "LOW"}}, "term": {"lt": "3"}}) == ["b"]
    assert found(depot, {"filled": {"eq": 2}, "and": [{"risk": {"eq": "HIGH"}}]}) == ["b", "c"]
    tree = {"or": [{"name": {"eq": "a"}}, {"custom": {"term": {"eq": "3"}}}]}
    page = depot.call("crates", filter=tree, select=names("name"), total=True)
    assert ([node["name"] for node in page["nodes"]], page["total"]) == (["a", "c"], 2)


SORTED: dict[str, tuple[list[Any], list[int]]] = {
    "TEXT": (["张三", None, "李四", "章", "b", "B 2"], [4, 5, 2, 0, 3, 1]),
    "NUMBER": (["10", "9", None, "-1"], [3, 1, 0, 2]),
    "MONEY": (["10", "9", None, "100"], [1, 0, 3, 2]),
    "DATE": (["2026-01-02", "2025-01-01", None], [1, 0, 2]),
    "DATETIME": (["2026-01-02T00:00:00Z", "2025-01-01T00:00:00+08:00", None], [1, 0, 2]),
    "OPTION": (["HIGH", None, "LOW", "MIDDLE"], [2, 3, 0, 1]),
    "YES_NO": ([True, None, False], [2, 0, 1]),
}


@pytest.mark.parametrize("kind", SORTED)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_lists_are_sorted_by_a_custom_field_and_paged_without_loss(depot: Depot, kind: str, direction: str) -> None:
    values, order = SORTED[kind]
    depot.define("it", kind, sortable=True, **({"options": CHOICES} if kind == "OPTION" else {}))
    for number, value in enumerate(values):
        depot.put(f"{number}", **({} if value is None else {"it": value}))
    missing = values.index(None)
    # what has no value comes last in both directions
    present = [number for number in order if number != missing]
    expected = [*(present if direction == "ASC" else present[::-1]), missing]

    by = [{"field": "custom.it", "direction": direction}]
    whole = depot.call("crates", order_by=by, select=names("name"), first=50)
    assert [node["name"] for node in whole["nodes"]] == [str(number) for number in expected]
    walked, after = [], None
    while True:
        page = depot.call("crates", order_by=by, select=names("name"), first=1, cursors=True, after=after)
        walked += [node["name"] for node in page["nodes"]]
        if not page["has_next"]:
            break
        after = page["cursors"][-1]
    assert walked == [str(number) for number in expected]
    back = depot.call("crates", order_by=by, select=names("name"), last=2, cursors=True)
    assert [node["name"] for node in back["nodes"]] == [str(number) for number in expected[-2:]]


def test_a_list_is_read_by_one_statement_with_its_custom_fields_under_their_response_keys(depot: Depot) -> None:
    depot.define("signPlace", "ADDRESS")
    depot.define("since", "DATETIME")
    depot.define("price", "MONEY")
    outer = depot.put("outer", price="1.5", since="2026-11-23T18:00:00+08:00", signPlace={"city": "深圳市"})
    depot.call("create_crate", name="inner", inside_id=outer)
    custom = Selected("c", "custom", {}, (Selected("p", "price"), Selected("s", "since"), Selected("at", "signPlace")))
    select = dump([Selected("n", "name"), custom, Selected("inside", "inside", {}, (custom,))])
    depot.call("crates", select=select)

    with telemetry.counted_statements() as counted:
        page = depot.call("crates", select=select)

    parts = {"province": None, "city": "深圳市", "district": None, "street": None, "postcode": None}
    values = {"p": "1.50", "s": "2026-11-23T10:00:00.000000Z", "at": parts}
    nothing = {"p": None, "s": None, "at": None}
    assert page["nodes"] == [
        {"n": "inner", "c": nothing, "inside": {"c": values}},
        {"n": "outer", "c": values, "inside": None},
    ]
    assert counted.total == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"select": dump([Selected("c", "custom", {}, (Selected("gone", "gone"),))])}, "select.c.gone"),
        ({"filter": {"custom": {"gone": {"eq": "x"}}}}, "filter.custom.gone"),
        ({"order_by": [{"field": "custom.gone", "direction": "ASC"}]}, "order_by.0.field"),
        ({"order_by": [{"field": "custom.plain", "direction": "ASC"}]}, "order_by.0.field"),
        ({"filter": {"custom": {"plain": {"like": "x"}}}}, "filter.custom.plain.like"),
        ({"filter": {"custom": {"term": {"eq": "x"}}}}, "filter.custom.term.eq"),
        ({"filter": {"custom": {"files": {"eq": "x"}}}}, "filter.custom.files"),
    ],
)
def test_what_there_is_not_is_refused_by_the_service_itself(depot: Depot, asked: dict[str, Any], field: str) -> None:
    depot.define("plain")
    depot.define("term", "NUMBER")
    depot.define("files", "FILE")
    gone = depot.define("gone", sortable=True)
    depot.change(gone, "archive")
    with pytest.raises(CrmError) as refused:
        depot.call("crates", **asked)

    assert (refused.value.code.value, refused.value.field) == ("VALIDATION", field)


def test_a_new_field_is_read_at_once_also_where_its_definition_is_not_known_yet(depot: Depot) -> None:
    assert depot.call("crates", select=names("name"))["nodes"] == []
    for number in range(3):
        depot.define(f"field{number}", sortable=True)
        depot.put("it", **{f"field{number}": "x"})
        custom = Selected("custom", "custom", {}, (Selected("v", f"field{number}"),))
        page = depot.call("crates", select=dump([custom]), filter={"custom": {f"field{number}": {"eq": "x"}}})
        assert page["nodes"] == [{"custom": {"v": "x"}}]
        by = [{"field": f"custom.field{number}", "direction": "DESC"}]
        assert len(depot.call("crates", order_by=by)["nodes"]) == number + 1


def test_while_an_index_is_built_filters_find_everything_and_orders_wait(depot: Depot) -> None:
    field = depot.define("taxNo")
    depot.put("first", taxNo="x")
    field = depot.change(field, searchable=True, sortable=True)
    depot.put("second", taxNo="x")
    by = [{"field": "custom.taxNo", "direction": "ASC"}]

    assert found(depot, {"taxNo": {"eq": "x"}}) == ["first", "second"]
    with pytest.raises(CrmError, match=r"custom\.taxNo"):
        depot.call("crates", order_by=by)
    depot.prepare()
    assert found(depot, {"taxNo": {"eq": "x"}}, order_by=by) == ["first", "second"]


def test_the_values_of_archived_fields_are_in_no_answer(depot: Depot) -> None:
    field = depot.define("risk")
    depot.define("term")
    depot.put(risk="x", term="y")
    depot.change(field, "archive")
    depot.define("other")
    custom = Selected("custom", "custom", {}, tuple(Selected(name, name) for name in ("json", "filled", "other")))

    assert depot.call("crates", select=dump([custom]))["nodes"] == [
        {"custom": {"json": {"term": "y"}, "filled": 1, "other": None}}
    ]


def test_looking_for_newer_fields_is_done_on_the_event_loop_too(depot: Depot) -> None:
    depot.define("onLoop")
    depot.put("crate", onLoop="x")
    client, threads = depot.runtime.client, depot.runtime.threads

    async def ask() -> Any:
        payload = {"select": names("name"), "filter": {"custom": {"onLoop": {"eq": "x"}}}}
        return codec.decode_json(await client.call("depot", "crates", payload, keeper()))["nodes"]

    async def main() -> None:
        # the first one makes the reader of the newest fields, and opens a connection, in a thread
        assert await ask() == [{"name": "crate"}]
        begun = len(threads._threads)
        (views,) = (each for each in depot.runtime.services["depot"].container.dependencies if isinstance(each, Views))
        for _ in range(3):
            views.reader._looked_at = float("-inf")  # type: ignore[attr-defined]
            assert await ask() == [{"name": "crate"}]
            assert views.reader._looked_at > 0  # type: ignore[attr-defined]
        assert (len(threads._threads), client._by_thread) == (begun, {})

    asyncio.run(main())
