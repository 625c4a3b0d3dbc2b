"""What every service offers beside its own operations: jobs, parked messages, projections. Written by hand.

``services { jobs parkedMessages projections }`` asks each service for itself: a silent one costs its own part only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
import strawberry

from crm_common.codec import decode_json
from crm_common.errors import CrmError
from crm_common.protocol.platform import OPERATIONS
from crm_common.protocol.policy import Policy
from gateway.errors import SchemaRules, is_foreseeable, user_errors
from gateway.execution.request import Caller
from gateway.permissions import HandWritten, guarded, refuse_early
from gateway.publishing.payloads import UserError
from gateway.publishing.scalars import JSON

T = TypeVar("T")
Info = strawberry.Info[Any, Any]


ServiceName = Annotated[str, strawberry.argument(description="The service's name.")]
MessageId = Annotated[strawberry.ID, strawberry.argument(description="The message's id in this service's inbox.")]
Many = Annotated[int, strawberry.argument(description="How many at most.")]
INPUT = strawberry.argument(description="What is asked for.")


def described(doc: str) -> Any:
    """A described field."""
    return strawberry.field(description=doc)


def resolved(doc: str, policy: Policy | None = None) -> Callable[[Callable[..., Any]], Any]:
    """A described field with a resolver; a root field names its policy."""
    found: Callable[[Callable[..., Any]], Any] = strawberry.field(
        description=doc, metadata=guarded(policy) if policy else None
    )
    return found


@strawberry.type(description="One run of a job.")
class JobRun:
    """As ``job_run`` keeps it."""

    name: str = described("The job.")
    scheduled_for: datetime | None = described("When it was due, or as of when it was asked for.")
    asked_by: str | None = described("Who asked for it; null when it was due by itself.")
    dry_run: bool = described("Whether it only said what it would do.")
    started_at: datetime | None = described("When it began.")
    finished_at: datetime | None = described("When it ended; null while it runs.")
    outcome: str | None = described("How it ended.")
    error: str | None = described("Why it failed.")
    attempts: int = described("How often it was begun.")
    report: JSON | None = described("What it did, in figures.")


@strawberry.type(description="A scheduled job of a service.")
class Job:
    """As the scheduler lists it."""

    name: str = described("Its name, <service>.<job>: what runJob takes.")
    schedule: str = described("When it is due, as a cron line in the company's zone.")
    doc: str = described("What it does.")
    next_due: datetime | None = described("When it is due next.")
    last_run: JobRun | None = described("Its latest run.")


@strawberry.type(description="A message that failed to the end and waits for somebody to look at it.")
class ParkedMessage:
    """As the inbox lists it."""

    id: strawberry.ID = described("Its id in the service's inbox.")
    consumer: str = described("What could not handle it.")
    event_id: str = described("The event's id.")
    type: str = described("The event's type.")
    source: str = described("Where it comes from.")
    subject: str = described("The record it is about.")
    occurred_at: datetime = described("When it happened.")
    attempts: int = described("How often it was tried.")
    problem: str | None = described("Why it failed the last time.")
    state: str | None = described("Where it stands; only in parkedMessage.")
    data: JSON | None = described("What it says, masked; only in parkedMessage.")


@strawberry.type(description="A service's copy of a neighbour's facts.")
class Projection:
    """As the keeper lists it."""

    name: str = described("Its name.")
    owner: str = described("The service whose facts they are.")
    building: bool = described("Whether it is being built.")
    rows: int = described("How many rows it has.")
    built_at: datetime | None = described("When it was built.")
    compared_at: datetime | None = described("When it was last compared with its owner.")


@strawberry.type(description="A service of the system, as operators see it.")
class Service:
    """Every field below asks this one service."""

    name: str = described("Its name.")

    @resolved("Its scheduled jobs; null when it does not answer.")
    async def jobs(self, info: Info) -> list[Job] | None:
        """Asks ``jobs``."""
        return _several(Job, (await _ask(info, self.name, "jobs"))["jobs"])

    @resolved("Its parked messages, oldest first; null when it does not answer.")
    async def parked_messages(self, info: Info, first: Many = 100) -> list[ParkedMessage] | None:
        """Asks ``parked_messages``."""
        return _several(ParkedMessage, (await _ask(info, self.name, "parked_messages", first=first))["messages"])

    @resolved("One message of its inbox with its data, masked; null when there is none.")
    async def parked_message(self, info: Info, id: MessageId) -> ParkedMessage | None:  # noqa: A002
        """Asks ``parked_message``."""
        found = (await _ask(info, self.name, "parked_message", id=_number(id)))["message"]
        return None if found is None else _one(ParkedMessage, found)

    @resolved("Its projections; null when it does not answer.")
    async def projections(self, info: Info) -> list[Projection] | None:
        """Asks ``projections``."""
        return _several(Projection, (await _ask(info, self.name, "projections"))["projections"])


@strawberry.input(description="Run a scheduled job at once and wait for its end.")
class RunJobInput:
    """What ``run_job`` needs."""

    name: str = described("The job, <service>.<job>.")
    as_of: datetime | None = strawberry.field(
        description="Run it as if now were this moment; refused unless sys.allow_time_travel.", default=None
    )
    dry_run: bool = strawberry.field(description="Say what it would do and change nothing.", default=False)


@strawberry.type(description="The answer of runJob.")
class RunJobPayload:
    """The run, or why there was none."""

    run: JobRun | None = described("The run with its outcome; null when it was refused.")
    user_errors: list[UserError] = described("Why it was refused; empty when it was not.")


@strawberry.input(description="Put parked messages of a service back to work.")
class RedriveParkedMessagesInput:
    """What ``redrive_parked`` needs."""

    service: str = described("The service.")
    ids: list[strawberry.ID] | None = strawberry.field(description="Which ones; absent: all.", default=None)


@strawberry.type(description="The answer of redriveParkedMessages.")
class RedriveParkedMessagesPayload:
    """How many, or why none."""

    redriven: int | None = described("How many were put back to work; null when it was refused.")
    user_errors: list[UserError] = described("Why it was refused; empty when it was not.")


@strawberry.input(description="Compare a projection with its owner and correct it, or build it anew.")
class RepairProjectionInput:
    """What ``repair_projection`` needs."""

    service: str = described("The service that keeps the projection.")
    name: str = described("The projection.")
    rebuild: bool = strawberry.field(description="Build it anew beside the old one and swap.", default=False)


@strawberry.type(description="The answer of repairProjection.")
class RepairProjectionPayload:
    """What was corrected, or the run that builds it anew."""

    missing: int | None = described("How many rows were missing; null for a rebuild.")
    wrong: int | None = described("How many rows were wrong; null for a rebuild.")
    surplus: int | None = described("How many rows were too many; null for a rebuild.")
    run: JobRun | None = described("The run that builds it anew; null for a comparison.")
    user_errors: list[UserError] = described("Why it was refused; empty when it was not.")


SEES = OPERATIONS["jobs"][1]


def platform(names: Sequence[str]) -> HandWritten:
    """The root fields of operators, for these services."""

    @strawberry.type
    class PlatformQuery:
        @resolved("The services of the system, as operators see them.", SEES)
        def services(self) -> list[Service] | None:
            return [Service(name=name) for name in names]

        @resolved("One service, as operators see it; null when there is none.", SEES)
        def service(self, name: ServiceName) -> Service | None:
            return Service(name=name) if name in names else None

    return HandWritten(query=PlatformQuery, mutation=_mutation(frozenset(names)))


def _mutation(names: frozenset[str]) -> type:
    @strawberry.type
    class PlatformMutation:
        @resolved("Run a scheduled job at once and wait for its end.", OPERATIONS["run_job"][1])
        async def run_job(self, info: Info, input: Annotated[RunJobInput, INPUT]) -> RunJobPayload | None:  # noqa: A002
            asked = {"name": input.name, "as_of": input.as_of, "dry_run": input.dry_run}
            answer, refused = await _do(info, names, input.name.partition(".")[0], "run_job", asked)
            return RunJobPayload(run=_run_in(answer), user_errors=refused)

        @resolved("Put parked messages of a service back to work.", OPERATIONS["redrive_parked"][1])
        async def redrive_parked_messages(
            self,
            info: Info,
            input: Annotated[RedriveParkedMessagesInput, INPUT],  # noqa: A002
        ) -> RedriveParkedMessagesPayload | None:
            asked = {"ids": None if input.ids is None else [_number(each) for each in input.ids]}
            answer, refused = await _do(info, names, input.service, "redrive_parked", asked)
            return RedriveParkedMessagesPayload(redriven=answer.get("redriven"), user_errors=refused)

        @resolved(
            "Compare a projection with its owner and correct it, or build it anew.", OPERATIONS["repair_projection"][1]
        )
        async def repair_projection(
            self,
            info: Info,
            input: Annotated[RepairProjectionInput, INPUT],  # noqa: A002
        ) -> RepairProjectionPayload | None:
            asked = {"name": input.name, "rebuild": input.rebuild}
            answer, refused = await _do(info, names, input.service, "repair_projection", asked)
            return RepairProjectionPayload(
                missing=answer.get("missing"),
                wrong=answer.get("wrong"),
                surplus=answer.get("surplus"),
                run=_run_in(answer),
                user_errors=refused,
            )

    return PlatformMutation


async def _ask(info: Info, service: str, method: str, **payload: Any) -> dict[str, Any]:
    caller: Caller = info.context
    refuse_early(OPERATIONS[method][1], caller.context)
    answer: dict[str, Any] = decode_json(await caller.client.call(service, method, payload, caller.context))
    return answer


async def _do(
    info: Info, names: frozenset[str], service: str, method: str, payload: dict[str, Any]
) -> tuple[dict[str, Any], list[Any]]:
    """The answer and no refusals, or nothing and the refusals that the caller could foresee."""
    caller: Caller = info.context
    try:
        if service not in names:
            raise SchemaRules.there_is_no_such_service(field="service", name=service)
        return await _ask(info, service, method, **payload), []
    except CrmError as refusal:
        if is_foreseeable(refusal):
            return {}, user_errors(refusal, caller.context)
        raise


def _number(identifier: str) -> int:
    if not identifier.isdecimal():
        raise SchemaRules.this_is_not_an_id(field="id")
    return int(identifier)


def _run_in(answer: dict[str, Any]) -> JobRun | None:
    return _one(JobRun, answer["run"]) if answer.get("run") else None


def _one(kind: type[T], row: dict[str, Any]) -> T:
    known = {each.name: row.get(each.name) for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return msgspec.convert(known, kind, strict=False)


def _several(kind: type[T], rows: list[dict[str, Any]]) -> list[T]:
    return [_one(kind, row) for row in rows]
