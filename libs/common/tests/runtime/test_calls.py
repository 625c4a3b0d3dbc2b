"""A call means the same in both modes: same answers, same refusals, same deadlines."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from crm_common import codec
from crm_common.context import system_context
from crm_common.errors import Code, CrmError
from crm_common.protocol import platform
from ledger.waiting import until
from probe.house import House, asking
from probe.service import ROW

pytestmark = pytest.mark.infra
RULES = [
    ("members", asking(actor=False), Code.UNAUTHENTICATED, "a_valid_session_is_needed"),
    ("guarded", asking(), Code.FORBIDDEN, "the_right_is_missing"),
    ("inside", asking("probe.see"), Code.FORBIDDEN, "the_right_is_missing"),
]


def refusal(house: House, method: str, payload: dict[str, Any] | None = None, **how: Any) -> CrmError:
    """What the call is refused with."""
    service = how.pop("service", "probe")
    with pytest.raises(CrmError) as refused:
        house.call(service, method, payload, how.pop("context", None))
    return refused.value


def test_a_result_is_the_json_text_of_what_the_method_returned(house: House) -> None:
    raw = house.begin("probe", "rows", {"count": 2}, asking())(10)

    assert type(raw) is bytes
    assert house.call("probe", "rows", {"count": 2}) == [ROW, ROW]
    assert house.call("probe", "raw_rows", {"count": 2}) == [{"n": 1, "name": "王小明"}, {"n": 2, "name": "王小明"}]


def test_text_that_postgresql_built_is_not_touched_on_its_way(house: House) -> None:
    raw = house.begin("probe", "raw_rows", {"count": 2}, asking())(10)

    # json_agg's own spaces and line break
    assert raw.decode() == '[{"n" : 1, "name" : "王小明"}, {"n" : 2, "name" : "王小明"}]'


def test_a_large_result_arrives_whole(house: House) -> None:
    assert house.call("probe", "rows", {"count": 10_000}) == [ROW] * 10_000


def test_a_refusal_keeps_code_rule_field_and_json_details(house: House) -> None:
    error = refusal(house, "broken", {"how": "many"})

    assert (error.code, error.rule, error.field) == (Code.LIMIT_EXCEEDED, "the_probe_is_full", "count")
    assert error.details == {"limit": 10}
    assert error.message("zh") == "最多容纳 10 个。"
    assert [(also.rule, also.field, type(also.details["value"])) for also in error.also] == [
        ("the_probe_dislikes_this", "b", str)
    ]


def test_a_crash_tells_the_caller_nothing_but_where_to_look(house: House) -> None:
    error = refusal(house, "broken", {"how": "crash"}, context=asking(correlation_id="look-here"))

    assert (error.code, error.rule) == (Code.UNAVAILABLE, "the_service_failed")
    assert error.details == {"service": "probe", "correlation_id": "look-here"}


@pytest.mark.parametrize(("method", "context", "code", "rule"), RULES, ids=[rule[0] for rule in RULES])
def test_the_declared_policy_is_checked_before_the_method_runs(
    house: House, method: str, context: Any, code: Code, rule: str
) -> None:
    error = refusal(house, method, context=replace(context, deadline=time.time() + 10))

    assert (error.code, error.rule) == (code, rule)


def test_who_holds_what_is_asked_is_answered(house: House) -> None:
    assert house.call("probe", "members") == {"ok": True}
    assert house.call("probe", "guarded", {}, asking("probe.see")) == {"ok": True}
    assert house.call("probe", "inside", {}, system_context("hearer", correlation_id="c")) == {"ok": True}


def test_a_locked_session_reaches_account_matters_only(house: House) -> None:
    context = asking()
    assert context.actor is not None
    locked = replace(context, actor=replace(context.actor, restricted="the_session_is_locked"))

    assert refusal(house, "members", context=locked).code is Code.SESSION_LOCKED
    assert house.call("probe", "who_asks", {}, locked)["actor"]["name"] == "王小明"


@pytest.mark.parametrize(
    ("payload", "rule", "field"),
    [
        ({"cuont": 1}, "a_field_is_unknown", "cuont"),
        ({"count": "1"}, "a_value_has_the_wrong_shape", "count"),
        ({"count": -1}, "a_value_has_the_wrong_shape", "count"),
    ],
)
def test_fields_are_decoded_strictly(house: House, payload: dict[str, Any], rule: str, field: str) -> None:
    error = refusal(house, "rows", payload)

    assert (error.code, error.rule, error.field) == (Code.VALIDATION, rule, field)


def test_a_service_that_nobody_serves_is_unavailable_at_once(house: House) -> None:
    began = time.monotonic()
    error = refusal(house, "rows", service="nowhere", context=asking(seconds=30))

    assert (error.code, error.rule, error.details) == (
        Code.UNAVAILABLE, "the_service_is_unavailable", {"service": "nowhere"},
    )  # fmt: skip
    assert time.monotonic() - began < 25


def test_a_method_that_is_not_there_is_a_failure_of_the_service(house: House) -> None:
    error = refusal(house, "no_such_method")

    assert (error.code, error.rule) == (Code.UNAVAILABLE, "the_service_failed")
    assert error.details == {"service": "probe", "correlation_id": ""}


def test_the_context_travels_in_headers(house: House) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    seen = house.call("probe", "who_asks", {}, asking(correlation_id="c-42", traceparent=trace, seconds=8))

    assert seen.pop("seconds_left") == pytest.approx(8, abs=1)
    assert seen == {
        "actor": {"name": "王小明", "kind": "EMPLOYEE"},
        "correlation_id": "c-42",
        "language": "zh",
        "traceparent": trace,
    }


def test_the_caller_stops_waiting_at_his_deadline(house: House) -> None:
    deadline = time.time() + 0.5
    error = refusal(house, "slow", {"seconds": 3}, context=replace(asking(), deadline=deadline))

    assert (error.code, error.rule) == (Code.UNAVAILABLE, "the_service_is_unavailable")
    assert 0 <= time.time() - deadline < 2.5


def test_a_call_that_is_late_is_never_started(house: House) -> None:
    # ten workers are busy for longer than the eleventh call wants to wait
    busy = [house.begin("probe", "slow", {"seconds": 1.5, "note": "busy"}, asking()) for _ in range(10)]
    until(lambda: _sleeping(house) == 10, "all workers sleep")
    late = f"late-{time.monotonic_ns()}"
    error = refusal(house, "slow", {"seconds": 0, "note": late}, context=asking(seconds=0.3))
    for each in busy:
        each(30)
    # whatever was waiting before this call has been looked at by now
    house.call("probe", "rows", {"count": 1})

    assert error.rule == "the_service_is_unavailable"
    assert late not in house.call("probe", "notes")


def test_a_peer_is_called_for_the_same_caller(house: House) -> None:
    asked = {"service": "probe", "method": "who_asks"}
    seen = house.call("probe", "asked", asked, asking(correlation_id="c-peer"))

    assert (seen["actor"]["name"], seen["correlation_id"]) == ("王小明", "c-peer")


def test_a_declared_peer_answers_with_values(house: House) -> None:
    heard = house.call("hearer", "heard")

    assert house.call("probe", "asked", {"service": "hearer", "method": "heard"}) == heard


def test_what_every_service_offers_is_answered_without_a_method_of_its_own(house: House) -> None:
    health = house.call("probe", "health", {}, asking(actor=False))
    operator = asking(*platform.OPERATIONS["run_job"][1].permissions, *platform.OPERATIONS["jobs"][1].permissions)
    jobs = house.call("hearer", "jobs", {}, operator)
    run = house.call("hearer", "run_job", {"name": "hearer.nightly"}, operator)

    assert (health["service"], health["ok"]) == ("probe", True)
    assert "hearer.nightly" in [job["name"] for job in jobs["jobs"]]
    assert (run["run"]["name"], run["run"]["outcome"]) == ("hearer.nightly", "DONE")
    assert refusal(house, "jobs", context=asking()).rule == "the_right_is_missing"


def test_a_peer_s_refusal_passes_through(house: House) -> None:
    error = refusal(house, "asked", {"service": "probe", "method": "broken", "payload": {"how": "refusal"}})

    assert (error.code, error.rule, error.field) == (Code.LIMIT_EXCEEDED, "the_probe_is_full", "count")


def test_a_peer_that_nobody_serves_is_unavailable_at_once(house: House) -> None:
    began = time.monotonic()
    error = refusal(house, "asked", {"service": "nowhere", "method": "rows"}, context=asking(seconds=30))

    assert (error.rule, error.details) == ("the_service_is_unavailable", {"service": "nowhere"})
    assert time.monotonic() - began < 25


def test_no_peer_is_called_while_a_transaction_is_open(house: House) -> None:
    error = refusal(house, "asked", {"service": "hearer", "method": "heard", "in_transaction": True})

    assert (error.code, error.rule) == (Code.UNAVAILABLE, "the_service_failed")


def test_a_thousand_calls_at_once_are_all_answered_each_with_its_own(house: House) -> None:
    calls = [house.begin("probe", "rows", {"count": number % 7}, asking(seconds=30)) for number in range(1000)]

    assert [codec.decode_json(call(60)) for call in calls] == [[ROW] * (number % 7) for number in range(1000)]


def _sleeping(house: House) -> int:
    ((count,),) = house.stores["probe"].rows(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%pg_sleep%%'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    return int(count)
