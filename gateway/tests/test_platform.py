"""Operators' fields: every service is asked for itself, under the operations' own policies."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.protocol.platform import PlatformRules
from gateway.platform import platform
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, ask, context
from library.protocol import PROTOCOLS

OPERATOR = context("sys.operate", "system.job.run")
RUN = {
    "name": "library.count",
    "scheduled_for": "2026-11-23T01:00:00Z",
    "asked_by": "employee:1",
    "dry_run": False,
    "report": {"counted": 3},
    "started_at": "2026-11-23T01:00:01Z",
    "finished_at": "2026-11-23T01:00:02Z",
    "outcome": "DONE",
    "error": None,
    "attempts": 1,
    "fencing": 7,
}
JOB = {"name": "library.count", "schedule": "0 1 * * *", "doc": "Counts.", "next_due": None, "last_run": RUN}


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS, hand_written=platform(["library", "register"]))


def refuse(error: Exception) -> Any:
    def raising(_: dict[str, Any]) -> Any:
        raise error

    return raising


def test_services_tell_their_jobs_and_a_silent_one_costs_its_own_part(schema: GatewaySchema) -> None:
    class Half(Answering):
        async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
            if service == "register":
                raise CommonRules.the_service_is_unavailable(service=service)
            return await super().call(service, method, payload, context)

    client = Half(methods={"jobs": lambda _: {"jobs": [JOB]}})
    query = "{ services { name jobs { name schedule nextDue lastRun { outcome startedAt report } } } }"

    answer = ask(schema, query, client, None, OPERATOR)

    last = {"outcome": "DONE", "startedAt": "2026-11-23T01:00:01+00:00", "report": {"counted": 3}}
    assert answer["data"]["services"] == [
        {
            "name": "library",
            "jobs": [{"name": "library.count", "schedule": "0 1 * * *", "nextDue": None, "lastRun": last}],
        },
        {"name": "register", "jobs": None},
    ]
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["services", 1, "jobs"], "UNAVAILABLE")
    ]


def test_a_job_runs_in_its_own_service_as_of_another_moment(schema: GatewaySchema) -> None:
    client = Answering(methods={"run_job": lambda _: {"run": RUN}})
    mutation = """mutation { runJob(input: {name: "library.count", asOf: "2026-12-01T09:00:00+08:00"}) {
      run { name outcome attempts dryRun } userErrors { code }
    } }"""

    answer = ask(schema, mutation, client, None, OPERATOR)

    run = {"name": "library.count", "outcome": "DONE", "attempts": 1, "dryRun": False}
    assert answer == {"data": {"runJob": {"run": run, "userErrors": []}}}
    assert [(call.service, call.method, call.payload) for call in client.calls] == [
        ("library", "run_job", {"name": "library.count", "as_of": "2026-12-01T01:00:00+00:00", "dry_run": False})
    ]


@pytest.mark.parametrize(
    ("name", "refusal", "errors"),
    [
        ("nowhere.count", None, [{"code": "NOT_FOUND", "field": "service", "message": "There is no service nowhere."}]),
        (
            "library.x",
            PlatformRules.there_is_no_such_job(field="name", name="library.x"),
            [{"code": "NOT_FOUND", "field": "name", "message": "There is no job library.x."}],
        ),
    ],
)
def test_a_job_that_is_not_there_is_a_refusal_as_data(
    schema: GatewaySchema, name: str, refusal: Exception | None, errors: list[Any]
) -> None:
    client = Answering(methods={"run_job": refuse(refusal)} if refusal else {})
    mutation = (
        f'mutation {{ runJob(input: {{name: "{name}"}}) {{ run {{ name }} userErrors {{ code field message }} }} }}'
    )

    assert ask(schema, mutation, client, None, OPERATOR)["data"]["runJob"] == {"run": None, "userErrors": errors}


def test_time_travel_that_is_switched_off_is_an_error_with_its_code(schema: GatewaySchema) -> None:
    client = Answering(methods={"run_job": refuse(CommonRules.the_clock_may_not_be_moved(field="as_of"))})

    answer = ask(schema, 'mutation { runJob(input: {name: "library.x"}) { run { name } } }', client, None, OPERATOR)

    assert answer["data"] == {"runJob": None}
    assert answer["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "rule": "the_clock_may_not_be_moved",
        "correlationId": "corr-1",
        "field": "asOf",
    }


def test_parked_messages_are_listed_shown_and_redriven(schema: GatewaySchema) -> None:
    message = {
        "id": "7",
        "consumer": "library.note",
        "event_id": "e",
        "type": "book.added",
        "source": "/crm/library",
        "subject": "book/1",
        "seq": 1,
        "occurred_at": "2026-11-23T01:00:00Z",
        "attempts": 6,
        "problem": "boom",
    }
    client = Answering(
        methods={
            "parked_messages": lambda _: {"messages": [message]},
            "parked_message": lambda _: {"message": {**message, "state": "parked", "data": {"phone": "[phone]"}}},
            "redrive_parked": lambda _: {"redriven": 1},
        }
    )
    query = """{ service(name: "library") {
      parkedMessages(first: 5) { id consumer attempts data } parkedMessage(id: "7") { state data }
    } none: service(name: "x") { name } }"""
    redrive = 'mutation { redriveParkedMessages(input: {service: "library", ids: ["7"]}) { redriven } }'

    assert ask(schema, query, client, None, OPERATOR)["data"] == {
        "service": {
            "parkedMessages": [{"id": "7", "consumer": "library.note", "attempts": 6, "data": None}],
            "parkedMessage": {"state": "parked", "data": {"phone": "[phone]"}},
        },
        "none": None,
    }
    assert ask(schema, redrive, client, None, OPERATOR)["data"] == {"redriveParkedMessages": {"redriven": 1}}
    assert [call.payload for call in client.calls] == [{"first": 5}, {"id": 7}, {"ids": [7]}]


def test_each_part_is_under_its_own_policy(schema: GatewaySchema) -> None:
    client = Answering(methods={"jobs": lambda _: {"jobs": []}})
    only_jobs = context("system.job.run")

    partly = ask(schema, "{ services { jobs { name } projections { name } } }", client, None, only_jobs)
    refused = ask(schema, "{ services { name } }", client, None, context("library.read"))

    assert partly["data"]["services"] == [{"jobs": [], "projections": None}] * 2
    assert {error["extensions"]["code"] for error in partly["errors"]} == {"FORBIDDEN"}
    assert refused["data"] == {"services": None}
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert client.asked == ["jobs", "jobs"]


def test_a_projection_is_repaired_where_it_is_kept(schema: GatewaySchema) -> None:
    client = Answering(methods={"repair_projection": lambda _: {"missing": 1, "wrong": 0, "surplus": 2}})
    mutation = """mutation { repairProjection(input: {service: "library", name: "people"}) {
      missing wrong surplus run { name } userErrors { code }
    } }"""

    assert ask(schema, mutation, client, None, OPERATOR)["data"]["repairProjection"] == {
        "missing": 1,
        "wrong": 0,
        "surplus": 2,
        "run": None,
        "userErrors": [],
    }
    assert client.calls[0].payload == {"name": "people", "rebuild": False}
