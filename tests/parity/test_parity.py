"""The same day in one process and on the broker gives equal answers, equal errors and equal events."""

from __future__ import annotations

import re
from typing import Any

import pytest

from parity.scenario import play
from standing.systems import System

pytestmark = pytest.mark.infra

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_GLOBAL_ID = re.compile(r"^[A-Za-z0-9+/]{40,}={0,2}$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
# Different in every run, and told apart by nothing a caller relies on.
_DIFFERS = {"correlationId", "cursor", "endCursor", "accessToken", "refreshToken", "initialPassword", "failures_key"}

REFUSALS = {
    "a sibling of the same name": "DUPLICATE",
    "below its own child": "VALIDATION",
    "delete what has a child": "BAD_STATE",
    "an employee without a position": "VALIDATION",
    "a position without a department": "VALIDATION",
    "the login name again": "DUPLICATE",
    "a head, on an old version": "CONFLICT",
    "a cursor of another filter": "VALIDATION",
    "no cursor at all": "VALIDATION",
    "too large a page": "LIMIT_EXCEEDED",
    "an unknown id": "VALIDATION",
    "a role with a key that is none": "VALIDATION",
    "zhangsan creates": "FORBIDDEN",
    "wangwu creates": "FORBIDDEN",
    "lisi creates": "FORBIDDEN",
    "delete a role in use": "BAD_STATE",
    "another body": "CONFLICT",
    "a setting to 0": "VALIDATION",
    'a setting to "x"': "VALIDATION",
    "without a session": "UNAUTHENTICATED",
    "a wrong password": "VALIDATION",
    "with a dead session": "UNAUTHENTICATED",
    "logging in": "VALIDATION",
}


class Names:
    """Gives each id the number of its first appearance, so that two runs can be compared."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def plain(self, value: Any) -> Any:
        """The value without what differs between two runs."""
        if isinstance(value, dict):
            return {
                self.plain(key): ("…" if key in _DIFFERS and inner is not None else self.plain(inner))
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.plain(inner) for inner in value]
        if isinstance(value, str):
            return self._text(value)
        return value

    def _text(self, text: str) -> str:
        if _GLOBAL_ID.match(text):
            return self._name(text)
        return _MOMENT.sub("<time>", _UUID.sub(lambda found: self._name(found.group()), text))

    def _name(self, key: str) -> str:
        return self._known.setdefault(key, f"<{len(self._known) + 1}>")


def events(system: System) -> list[tuple[Any, ...]]:
    """The journal from its beginning: type, actor's kind, data, in the order of commits."""
    return system.rows(
        "SELECT type, split_part(actor, ':', 1), data, data_version, seq FROM journal ORDER BY txid, position"
    )


@pytest.fixture(scope="module")
def logs(embedded_system: System, broker_system: System) -> dict[str, list[tuple[str, Any]]]:
    """What each system answered on the same day."""
    return {"embedded": play(embedded_system), "broker": play(broker_system)}


def test_answers_and_errors_are_equal(logs: dict[str, list[tuple[str, Any]]]) -> None:
    here, there = Names(), Names()

    assert [title for title, _ in logs["embedded"]] == [title for title, _ in logs["broker"]]
    for (title, embedded), (_, broker) in zip(logs["embedded"], logs["broker"], strict=True):
        assert here.plain(embedded) == there.plain(broker), title


def test_events_are_equal(
    logs: dict[str, list[tuple[str, Any]]], embedded_system: System, broker_system: System
) -> None:
    assert logs
    here, there = Names(), Names()

    embedded = [here.plain(event) for event in events(embedded_system)]
    broker = [there.plain(event) for event in events(broker_system)]

    assert len(embedded) > 40
    assert embedded == broker


def test_the_day_shows_what_it_is_meant_to_show(logs: dict[str, list[tuple[str, Any]]]) -> None:
    """Equal nonsense would be equal as well."""
    answers = dict(logs["embedded"])

    def code(title: str) -> str | None:
        response = answers[title]
        if "errors" in response:
            return str(response["errors"][0]["extensions"]["code"])
        [found] = response["data"].values()
        refusals = found.get("userErrors") if found else None
        return refusals[0]["code"] if refusals else None

    assert {title: code(title) for title in answers if code(title)} == REFUSALS
    seen = {who: answers[f"{who} sees"]["data"]["employees"]["totalCount"] for who in ("zhangsan", "wangwu", "lisi")}
    assert seen == {"zhangsan": 1, "wangwu": 3, "lisi": 4}
    assert answers["once"]["data"] == answers["the same again"]["data"]
    assert [node["name"] for node in answers["the tree"]["data"]["departments"]["nodes"]] == [
        "我的公司", "客服部", "销售部", "华东区", "财务部",
    ]  # fmt: skip
