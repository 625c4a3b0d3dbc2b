"""The cost of an answer, were every list full: exact numbers, known before anything is read (docs/frontend.md)."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.settings import Limits

pytestmark = pytest.mark.anyio


async def cost(caller: Any, document: str, **parts: Any) -> int:
    answer = await caller.ask(document, **parts)
    assert answer.status_code == 200, answer.text
    found = answer.json()["extensions"]["cost"]
    assert found["limit"] == caller.gateway.settings.limits.cost
    return int(found["requested"])


@pytest.mark.parametrize(
    ("document", "variables", "expected"),
    [
        pytest.param("{ __typename }", {}, 1, id="a name"),
        pytest.param("{ __schema { types { name } } }", {}, 0, id="introspection"),
        pytest.param("{ me { id name } }", {}, 10 + 1 + 2, id="a record"),
        pytest.param(
            "{ departments { totalCount pageInfo { hasNextPage } } }", {}, 10 + 1 + 1 + 2, id="what is not a list"
        ),
        pytest.param("{ departments { nodes { id name } } }", {}, 10 + 1 + 20 * 3, id="a page of the default size"),
        pytest.param("{ departments(first: 7) { nodes { id name } } }", {}, 10 + 1 + 7 * 3, id="a page"),
        pytest.param("{ departments(last: 7) { nodes { id name } } }", {}, 10 + 1 + 7 * 3, id="a page from the end"),
        pytest.param("{ departments(first: null) { nodes { id } } }", {}, 10 + 1 + 20 * 2, id="a size of null"),
        pytest.param("{ departments(first: 2) { edges { cursor node { id } } } }", {}, 10 + 1 + 2 * 4, id="edges"),
        pytest.param(
            "{ departments(first: 2) { edges { cursor } nodes { id } } }", {}, 10 + 1 + 2 * 2 + 2 * 2, id="both"
        ),
        pytest.param(
            "{ departments(first: 2) { nodes { children(first: 3) { id } } } }",
            {},
            10 + 1 + 2 * (1 + 3 * 2),
            id="children",
        ),
        pytest.param(
            "{ departments(first: 2) { nodes { children { id } } } }",
            {},
            10 + 1 + 2 * (1 + 20 * 2),
            id="children by default",
        ),
        pytest.param('{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 10 + 3 * 2, id="ids"),
        pytest.param(
            "query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a"] * 5}, 10 + 5 * 2, id="ids in a variable"
        ),
        pytest.param(
            "query($n: Int) { departments(first: $n) { nodes { id } } }", {"n": 9}, 10 + 1 + 9 * 2, id="a variable"
        ),
        pytest.param(
            "query($n: Int = 4) { departments(first: $n) { nodes { id } } }", {}, 10 + 1 + 4 * 2, id="its default"
        ),
        pytest.param(
            "query($n: Int) { departments(first: $n) { nodes { id } } }", {}, 10 + 1 + 20 * 2, id="without a value"
        ),
        pytest.param(
            "query($n: Int) { departments(first: $n) { nodes { id } } }", {"n": None}, 10 + 1 + 20 * 2, id="null"
        ),
        pytest.param(
            "query($n: Int) { departments(first: $n, last: 50) { nodes { id } } }",
            {},
            10 + 1 + 50 * 2,
            id="the larger of two",
        ),
        pytest.param("{ a: me { id } b: me { id } }", {}, 2 * (10 + 1 + 1), id="aliases"),
        pytest.param(
            "{ departments(first: 3) { ...p } } fragment p on DepartmentConnection { nodes { ...d ...d } } "
            "fragment d on Department { id name }",
            {},
            10 + 1 + 3 * (1 + 2 * 2),
            id="fragments",
        ),
        pytest.param(
            "query($n: Int) { departments(first: $n) { nodes { ...d } } } "
            "fragment d on Department { children(first: $n) { id } }",
            {"n": 5},
            10 + 1 + 5 * (1 + 5 * 2),
            id="a variable in a fragment",
        ),
        pytest.param(
            '{ node(id: "x") { id ... on Department { name } ... on Employee { name } } }', {}, 10 + 1 + 3, id="types"
        ),
        pytest.param(
            "{ departments(first: 50) { nodes { id name children(first: 5) { id } } } }",
            {},
            661,
            id="the example of the docs",
        ),
        pytest.param("mutation { logout(input: {}) { ended } }", {}, 10 + 1 + 1, id="a change"),
        pytest.param("{ departments(first: -5) { nodes { id } } }", {}, 10 + 1, id="a negative size"),
    ],
)
async def test_the_cost_is_the_number_of_values_a_full_answer_holds(
    gateway: Any, document: str, variables: dict[str, Any], expected: int
) -> None:
    caller = await gateway()
    assert await cost(caller, document, variables=variables) == expected


async def test_a_cost_at_the_limit_passes_and_one_beyond_is_refused_before_anything_is_asked(gateway: Any) -> None:
    caller = await gateway(limits=Limits(cost=31))
    document = "query($n: Int) { departments(first: $n) { nodes { id } } }"
    assert await cost(caller, document, variables={"n": 10}, token=True) == 31
    asked = caller.desk.called("departments")
    answer = await caller.ask(document, variables={"n": 11}, token=True)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["message"] == "Too much is asked: cost may be at most 31, this has 33."
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert caller.desk.called("departments") == asked == 1


async def test_a_fixed_cost_of_one_beyond_is_refused(gateway: Any) -> None:
    caller = await gateway(limits=Limits(cost=12))
    assert await cost(caller, "{ me { id } }") == 12
    assert (await caller.ask("{ me { id name } }")).status_code == 400


async def test_numbers_beyond_reason_are_a_cost_beyond_the_limit(gateway: Any) -> None:
    caller = await gateway()
    document = "{ departments(first: 2147483647) { nodes { children(first: 2147483647) { id } } } }"
    (error,) = (await caller.ask(document)).json()["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    document = "query($n: Int) { departments(first: $n) { nodes { children(first: 100) { id } } } }"
    for size in ("many", 1.5, {"a": 1}, True):
        answer = await caller.ask(document, variables={"n": size})
        assert answer.status_code == 400
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["VALIDATION"]
