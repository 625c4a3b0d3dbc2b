"""AUD-02: every limit passes at its number and refuses one more, with LIMIT_EXCEEDED and before anything is asked."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Limits

pytestmark = pytest.mark.anyio


async def refused(caller: Any, document: str, **parts: Any) -> dict[str, Any]:
    answer = await caller.ask(document, **parts)
    assert answer.status_code == 400
    body = answer.json()
    assert "data" not in body
    assert caller.desk.called("departments") == 0
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert isinstance(error, dict)
    return error


async def passes(caller: Any, document: str, **parts: Any) -> Any:
    answer = await caller.ask(document, **parts)
    assert answer.status_code == 200, answer.text
    return answer.json()


def nested(depth: int) -> str:
    """``{ departments { nodes { parent { parent … { id } } } } }`` of exactly this depth."""
    return "{ departments { nodes {" + " parent {" * (depth - 3) + " id " + "}" * (depth - 3) + "} } }"


SPREAD = "{ departments { nodes { %s } } }"
TWICE = "{ ...a ...a } fragment a on Query { %s }"


@pytest.mark.parametrize(
    ("limits", "within", "beyond"),
    [
        pytest.param(Limits(tokens=3), "{id}", "{id id}", id="tokens"),
        pytest.param(Limits(depth=5), nested(5), nested(6), id="depth"),
        pytest.param(
            Limits(depth=4),
            "{ departments { ...p } } fragment p on DepartmentConnection { nodes { ...d } } "
            "fragment d on Department { parent { id } }",
            "{ departments { ...p } } fragment p on DepartmentConnection { nodes { ...d } } "
            "fragment d on Department { parent { parent { id } } }",
            id="depth through fragments",
        ),
        pytest.param(
            Limits(depth=4),
            SPREAD % "... { ... on Department { parent { id } } }",
            SPREAD % "... { ... on Department { parent { parent { id } } } }",
            id="depth through inline fragments",
        ),
        pytest.param(Limits(aliases=2), SPREAD % "a: id b: id id", SPREAD % "a: id b: id c: id", id="aliases"),
        pytest.param(
            Limits(aliases=2), TWICE % "a: __typename", TWICE % "a: __typename b: __typename", id="aliases in fragments"
        ),
        pytest.param(
            Limits(root_fields=2),
            "{ __typename me { id } }",
            "{ __typename me { id } company { id } }",
            id="root fields",
        ),
        pytest.param(
            Limits(root_fields=2), TWICE % "__typename", TWICE % "__typename me { id }", id="root fields in fragments"
        ),
        pytest.param(
            Limits(directives=2),
            "{ __typename @include(if: true) @skip(if: false) }",
            "{ __typename @include(if: true) @skip(if: false) ... @skip(if: false) { __typename } }",
            id="directives",
        ),
        pytest.param(
            Limits(directives=2),
            TWICE % "__typename @skip(if: false)",
            TWICE % "... @skip(if: false) { __typename @skip(if: false) }",
            id="directives in fragments",
        ),
        pytest.param(
            Limits(fragments=2),
            "{ ...a } fragment a on Query { __typename }",
            "{ ...a ...a } fragment a on Query { __typename }",
            id="fragments",
        ),
        pytest.param(
            Limits(fragments=2),
            "{ ...{ ...{ __typename } } }",
            "{ ...{ ...{ ...{ __typename } } } }",
            id="inline fragments",
        ),
        pytest.param(
            Limits(repeats=3), "{" + " __typename" * 3 + "}", "{" + " __typename" * 4 + "}", id="repeated fields"
        ),
        pytest.param(
            Limits(introspection_depth=2), "{ __schema { queryType { name } } }",
            "{ __schema { queryType { ofType { name } } } }", id="introspection depth",
        ),
        pytest.param(
            Limits(value_depth=2),
            '{ departments(filter: {name: {contains: "x"}}) { nodes { id } } }',
            '{ departments(filter: {and: [{name: {contains: "x"}}]}) { nodes { id } } }',
            id="nesting of a literal",
        ),
    ],
)  # fmt: skip
async def test_a_document_at_the_limit_passes_and_one_beyond_is_refused(
    gateway: Any, limits: Limits, within: str, beyond: str
) -> None:
    caller = await gateway(limits=limits)
    answer = await caller.ask(within)
    assert "LIMIT_EXCEEDED" not in answer.text
    assert "nothing" not in answer.text
    if limits.tokens == Limits().tokens:
        assert answer.status_code == 200, answer.text
    await refused(caller, beyond)


async def test_a_query_of_depth_20_is_refused_by_default(gateway: Any) -> None:
    caller = await gateway()
    error = await refused(caller, nested(20))
    assert error["message"] == "Too much is asked: depth may be at most 15, this has 20."
    error = await refused(caller, nested(20), headers={"accept-language": "zh"})
    assert error["message"] == "请求过大：depth 最多为 15，当前为 20。"
    await passes(caller, nested(15), token=True)


async def test_the_standard_introspection_query_passes_by_default(gateway: Any) -> None:
    from graphql import get_introspection_query

    caller = await gateway()
    body = await passes(caller, get_introspection_query(input_value_deprecation=True))
    assert body["data"]["__schema"]["queryType"]["name"] == "Query"
    assert body["extensions"]["cost"]["requested"] == 0


async def test_introspection_that_goes_in_circles_is_refused(gateway: Any) -> None:
    caller = await gateway()
    circle = "fields { type {" * 5 + "name" + "} }" * 5
    answer = await caller.ask("{ __schema { types { " + circle + " } } }")
    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_a_document_beyond_what_python_can_nest_is_refused_as_too_deep(gateway: Any) -> None:
    caller = await gateway()
    assert "depth" in (await refused(caller, "{ me " + "{ employee " * 900 + "}" * 901))["message"]


async def test_variables_are_limited_in_depth(gateway: Any) -> None:
    caller = await gateway(limits=Limits(value_depth=3))
    document = "query($v: DepartmentFilter) { departments(filter: $v) { nodes { id } } }"
    within = {"v": {"and": [{"name": None}]}}
    beyond = {"v": {"and": [{"name": {"contains": "x"}}]}}
    await passes(caller, document, variables=within)
    error = await refused(caller, document, variables=beyond)
    assert error["message"] == "Too much is asked: nesting of a value may be at most 3, this has 4."


async def test_variables_are_limited_in_number(gateway: Any) -> None:
    caller = await gateway(limits=Limits(values=5))
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    await passes(caller, document, variables={"ids": ["x"] * 4})
    error = await refused(caller, document, variables={"ids": ["x"] * 5})
    assert error["message"] == "Too much is asked: values in variables may be at most 5, this has 6."


async def test_an_operation_that_takes_too_long_ends_with_the_limit(gateway: Any) -> None:
    caller = await gateway(limits=Limits(seconds=0.05))
    never = asyncio.Event()

    async def wait(_payload: Any, _context: Any) -> Any:
        await never.wait()

    caller.desk.answers["departments"] = wait
    answer = await caller.ask("{ departments { nodes { id } } }", token=True)
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["LIMIT_EXCEEDED"]


async def test_a_change_that_takes_too_long_has_an_unknown_outcome(gateway: Any) -> None:
    caller = await gateway(limits=Limits(seconds=0.05))

    async def wait(_payload: Any, _context: Any) -> Any:
        await asyncio.Event().wait()

    caller.desk.answers["logout"] = wait
    answer = await caller.ask("mutation { logout(input: {}) { ended } }", token=True)
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAVAILABLE"]


async def test_services_have_nine_tenths_of_the_operation_s_time_so_that_a_dead_one_is_blank_and_no_more(
    gateway: Any,
) -> None:
    caller = await gateway(limits=Limits(seconds=3))
    before = time.time()
    await caller.ask("{ departments { nodes { id } } }", token=True)
    assert before + 2.7 <= caller.desk.calls[-1][2].deadline <= time.time() + 2.7


async def test_an_actor_may_run_so_many_requests_at_once_and_no_more(gateway: Any) -> None:
    caller = await gateway(limits=Limits(at_once=2))
    release, started = asyncio.Event(), asyncio.Semaphore(0)

    async def wait(_payload: Any, _context: Any) -> Any:
        started.release()
        await release.wait()
        return {"nodes": [], "has_next": False, "has_previous": False}

    caller.desk.answers["departments"] = wait
    session, other = caller.desk.begin(), caller.desk.begin()
    ask = "{ departments { nodes { id } } }"
    running = [asyncio.create_task(caller.ask(ask, headers=caller.desk.bearer(session))) for _ in range(2)]
    for _ in running:
        await started.acquire()
    third = await caller.ask(ask, headers=caller.desk.bearer(session))
    assert (third.status_code, third.headers["retry-after"]) == (429, "1")
    assert third.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
    of_another = asyncio.create_task(caller.ask(ask, headers=caller.desk.bearer(other)))
    await started.acquire()
    release.set()
    assert [answer.status_code for answer in await asyncio.gather(*running, of_another)] == [200, 200, 200]
    assert (await caller.ask(ask, headers=caller.desk.bearer(session))).status_code == 200
    assert caller.gateway.operations.at_once.running == {}


def chain(links: int, width: int) -> str:
    fragments = [f"fragment f{n} on Query {{ {f'...f{n + 1} ' * width} }}" for n in range(links)]
    return "{ ...f0 } " + " ".join(fragments) + f" fragment f{links} on Query {{ __typename }}"


async def test_a_fragment_is_walked_once_however_often_it_is_spread(gateway: Any) -> None:
    """2^24 root fields in 25 fragments: counted, not visited."""
    caller = await gateway()
    began = time.process_time()
    error = await refused(caller, chain(24, 2))
    assert time.process_time() - began < 0.5
    assert error["message"] == f"Too much is asked: root fields may be at most 20, this has {2**24}."


def hostile_documents() -> dict[str, str]:
    tree = "id"
    for _ in range(5):
        tree = f"parent {{ {tree} }} " * 2
    deep = "".join(f"fragment f{n} on Department {{ parent {{ ...f{n + 1} }} id }}" for n in range(40))
    return {
        "the same field over and over": "{ me {" + " name" * 100 + "} }",
        "objects over and over": "{ me {" + " department { id }" * 70 + "} }",
        "a tree of repetitions": f"{{ departments {{ nodes {{ {tree} }} }} }}",
        "conflicting arguments": "{ departments { nodes {"
        + "".join(f" children(first: {n}) {{ id }}" for n in range(70))
        + "} } }",
        "unknown fields": "{" + "".join(f" departmentx{n}" for n in range(19)) + "}",
        "unknown fields further in": "{ me {" + "".join(f" nam{n}" for n in range(1_900)) + "} }",
        "fragments in fragments": "{ departments { nodes { ...f0 } } }" + deep + " fragment f40 on Department { id }",
        "fragments beside fragments": "{ me {" + " ...f" * 49 + "} } fragment f on Myself { id name }",
        "every fragment in the one before": chain(30, 2),
        "brackets": "{ nodes(ids: " + "[" * 190 + "]" * 190 + ") { id } }",
        "more brackets than Python has frames": "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
        "selections deeper than Python has frames": "{ me " + "{ employee " * 900 + "}" * 900 + "}",
        "directives": "{ __typename" + " @include(if: true)" * 49 + "}",
        "variables": "query(" + "".join(f"$v{n}: Int " for n in range(490)) + ") { __typename }",
        "comments": "#\n" * 60_000 + "{ __typename }",
        "one long string": '{ node(id: "' + "x" * 200_000 + '") { id } }',
        "commas": "{" + "," * 200_000 + "__typename }",
    }


@pytest.mark.parametrize("what", hostile_documents())
async def test_no_document_within_a_body_costs_more_than_a_fraction_of_a_second(gateway: Any, what: str) -> None:
    caller = await gateway()
    await caller.ask("{ __typename }")
    spent = []
    for n in range(3):  # the best of three: the machine has other work, and the text is a new one each time
        began = time.process_time()
        answer = await caller.ask(hostile_documents()[what] + " " * n)
        spent.append(time.process_time() - began)
        assert answer.status_code in (200, 400)
    assert min(spent) < 0.2, spent


def test_the_documentation_tells_the_defaults() -> None:
    table = (Path(__file__).resolve().parents[3] / "docs" / "frontend.md").read_text().partition("## Limits")[2]
    for field in dataclasses.fields(Limits):
        if field.name != "introspection_depth":
            row = next(line for line in table.splitlines() if f"`{field.name.upper()}`" in line)
            names, numbers = (cell.split(" · ") for cell in row.split("|")[1:3])
            place = [name.strip(" `") for name in names].index(field.name.upper())
            assert numbers[place].replace(",", "").split()[0] == f"{field.default:g}", field.name
