"""Random lists against a naive reading in Python: the same rows in the same order, each exactly once over all pages."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_common.protocol.declare import Direction, OrderBy

TEXTS = [
    "", "a", "A", "ab", "张伟", "张三", "章子怡", "O'Brien", '"quoted"', "100%", "under_score", "back\\slash", "😀",
    "😀😀", "\U0010ffff", "\U0010ffffx", "\ud7ff", "\ue000", " lead", "tab\t", "line\nbreak", "{t}", "{me}", "%s", "$1",
    "null", "x--y",
]  # fmt: skip
NUMBERS = [-(2**63), -1, 0, 1, 2, 2**31, 2**63 - 1]
DECIMALS = [Decimal(each) for each in ("-1.50", "0.00", "1.5", "1.50", "99999999999999999999.123456789")]
FLOATS = [-1.5, 0.0, 0.1, 1e300]
DAYS = [date(1, 1, 1), date(1970, 1, 1), date(2026, 2, 28), date(9999, 12, 31)]
MOMENTS = [
    datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=each) for each in (0, 1, 1_000_000, 86_400_000_000)
]
VALUES: dict[str, list[Any]] = {
    "name": TEXTS, "nick": [*TEXTS, None, None], "level": [-1, 0, 1, 2], "points": [*NUMBERS, None],
    "price": [*DECIMALS, None], "ratio": [*FLOATS, None], "active": [True, False], "mood": ["CALM", "BUSY", None],
    "born_on": [*DAYS, None], "joined_at": [*MOMENTS, None],
}  # fmt: skip
FIELDS = sorted(VALUES)
RANGED = [name for name in FIELDS if name not in ("active", "mood")]
COUNT = 120


def made_rows() -> list[dict[str, Any]]:
    chance = random.Random(20261123)
    rows = [{name: chance.choice(values) for name, values in VALUES.items()} for _ in range(COUNT)]
    return [{"id": uuid5(UUID(int=1), str(index)), **row} for index, row in enumerate(rows)]


ROWS = made_rows()


def code_points(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def sort_key(row: dict[str, Any], orders: list[tuple[str, bool]]) -> list[Any]:
    """Nulls last in both directions, the id in the direction of the last step."""
    steps = [*orders, ("id", orders[-1][1] if orders else False)]
    return [(row[name] is None, _Turned(code_points(row[name]), descending)) for name, descending in steps]


class _Turned:
    def __init__(self, value: Any, turned: bool) -> None:
        self.value, self.turned = value, turned

    def __lt__(self, other: _Turned) -> bool:
        if self.value is None or other.value is None:
            return False
        less = self.value < other.value
        return (not less and self.value != other.value) if self.turned else less

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Turned) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def plain(value: Any) -> Any:
    """A value as it stands in the JSON of a filter."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def holds(tree: dict[str, Any], row: dict[str, Any]) -> bool:
    return all(part_holds(name, part, row) for name, part in tree.items())


def part_holds(name: str, part: Any, row: dict[str, Any]) -> bool:
    if name == "and":
        return all(holds(each, row) for each in part)
    if name == "or":
        return any(holds(each, row) for each in part)
    if name == "not":
        return not holds(part, row)
    return all(leaf_holds(row[name], operator, value) for operator, value in part.items())


def leaf_holds(found: Any, operator: str, value: Any) -> bool:
    if operator == "is_null":
        return (found is None) is value
    if operator in ("ne", "not_in"):
        return not leaf_holds(found, {"ne": "eq", "not_in": "in"}[operator], value)
    if found is None:
        return operator == "is_empty" and value
    have = code_points(found)
    many = operator == "in"
    given = [code_points(each) for each in value] if many else code_points(value)
    decided: dict[str, Callable[[], bool]] = {
        "eq": lambda: have == given, "in": lambda: have in given,
        "lt": lambda: have < given, "lte": lambda: have <= given,
        "gt": lambda: have > given, "gte": lambda: have >= given,
        "between": lambda: code_points(value["from"]) <= have <= code_points(value["to"]),
        "is_empty": lambda: (have == b"") is value,
        "contains": lambda: given in have, "starts_with": lambda: have.startswith(given),
    }  # fmt: skip
    return decided[operator]()


def as_json(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: as_json(part) for name, part in tree.items()}
    return [as_json(each) for each in tree] if isinstance(tree, list) else plain(tree)


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(FIELDS))
    values = [value for value in VALUES[name] if value is not None]
    value = st.sampled_from(values)
    if isinstance(values[0], str) and name != "mood":
        value = value | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=3)
    operators: dict[str, Any] = {"eq": value, "ne": value, "is_null": st.booleans()}
    if name != "active":
        operators |= {"in": st.lists(value, max_size=4), "not_in": st.lists(value, max_size=4)}
    if name in RANGED:
        operators |= dict.fromkeys(("lt", "lte", "gt", "gte"), value)
        operators["between"] = st.fixed_dictionaries({"from": value, "to": value})
    if name in ("name", "nick"):
        operators |= {"contains": value, "starts_with": value, "is_empty": st.booleans()}
    chosen = draw(st.lists(st.sampled_from(sorted(operators)), min_size=1, max_size=2, unique=True))
    return {name: {operator: draw(operators[operator]) for operator in chosen}}


FILTERS = st.recursive(
    leaves(),
    lambda inner: (
        st.fixed_dictionaries({"and": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"or": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=6,
)
ORDERS = st.lists(st.tuples(st.sampled_from(FIELDS), st.booleans()), max_size=3, unique_by=lambda step: step[0])


@pytest.fixture
def listed(company: Any) -> Any:
    for row in ROWS:
        company.person(**{**row, "name_key": row["name"]})
    return company


@settings(
    max_examples=250, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
@given(tree=FILTERS, orders=ORDERS, size=st.integers(1, 40))
def test_pages_forward_and_backward_give_every_matching_row_exactly_once_in_order(
    listed: Any, tree: dict[str, Any], orders: list[tuple[str, bool]], size: int
) -> None:
    expected = sorted((row for row in ROWS if holds(tree, row)), key=lambda row: sort_key(row, orders))
    about = {
        "filter": as_json(tree),
        "order_by": tuple(OrderBy(name, Direction.DESC if turned else Direction.ASC) for name, turned in orders),
    }
    assert forward(listed, size, about) == [str(row["id"]) for row in expected]
    assert backward(listed, size, about) == [str(row["id"]) for row in expected]
    total = listed.people("id", first=0, total=True, **about)
    assert (total["total"], total["nodes"], total["has_next"]) == (len(expected), [], bool(expected))


def forward(company: Any, size: int, about: dict[str, Any]) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = company.people("id", first=size, after=after, cursors=True, **about)
        found += [node["id"] for node in page["nodes"]]
        assert len(page["cursors"]) == len(page["nodes"]) <= size
        assert page["has_previous"] is (after is not None)
        if not page["has_next"]:
            return found
        after = page["cursors"][-1]


def backward(company: Any, size: int, about: dict[str, Any]) -> list[str]:
    found: list[str] = []
    before = None
    while True:
        page = company.people("id", last=size, before=before, cursors=True, **about)
        found = [node["id"] for node in page["nodes"]] + found
        assert page["has_next"] is (before is not None)
        if not page["has_previous"]:
            return found
        before = page["cursors"][0]


def test_a_page_between_two_cursors_ends_at_both(listed: Any) -> None:
    about: dict[str, Any] = {"order_by": (OrderBy("nick", Direction.DESC), OrderBy("level"))}
    whole = listed.people("id", first=100, cursors=True, **about)
    ids = [node["id"] for node in whole["nodes"]]
    between = {"after": whole["cursors"][9], "before": whole["cursors"][60]}
    assert [node["id"] for node in listed.people("id", first=100, **between, **about)["nodes"]] == ids[10:60]
    assert [node["id"] for node in listed.people("id", last=5, **between, **about)["nodes"]] == ids[55:60]


def test_every_value_comes_back_as_it_was_stored(listed: Any) -> None:
    page = listed.people("id", *FIELDS, first=100)
    stored = {str(row["id"]): row for row in ROWS}
    for node in page["nodes"]:
        row = stored[node.pop("id")]
        whole: dict[str, Callable[[Any], str]] = {
            "points": str,
            "price": str,
            "born_on": date.isoformat,
            "joined_at": written,
        }
        assert node == {
            name: whole[name](row[name]) if name in whole and row[name] is not None else row[name] for name in FIELDS
        }
    assert len(page["nodes"]) == 100
    json.dumps(page)


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
