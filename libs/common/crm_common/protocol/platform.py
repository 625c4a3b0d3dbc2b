"""What every service offers beside its own operations: jobs, parked messages, health, snapshots, handover, search.

These belong to no single service: a call names any service and one of ``OPERATIONS`` (see ``operation``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol import search
from crm_common.protocol.declare import Operation, Setting, given, snake
from crm_common.protocol.policy import INTERNAL, PUBLIC, Policy, needs

JOB_RUN = "system.job.run"
OPERATE = "sys.operate"
"""The keys of operators; identity's catalogue has their words."""

TIMEZONE = Setting(
    "sys.timezone", str, "Asia/Shanghai", "The company's time zone (IANA name): day rules and the hours of jobs."
)
ALLOW_TIME_TRAVEL = Setting(
    "sys.allow_time_travel", bool, False, "Whether jobs may be run as of another time (tests, training)."
)
SETTINGS = (TIMEZONE, ALLOW_TIME_TRAVEL)


class PlatformRules(Rules):
    """Rules of what every service offers."""

    there_is_no_such_job = Rule(Code.NOT_FOUND, en="There is no job {name}.", zh="没有名为“{name}”的定时任务。")
    the_job_is_running_already = Rule(
        Code.BAD_STATE, en="The job {name} is running already.", zh="定时任务“{name}”正在运行。"
    )
    there_is_no_such_projection = Rule(
        Code.NOT_FOUND, en="There is no projection {name}.", zh="没有名为“{name}”的投影。"
    )
    there_is_no_such_snapshot = Rule(
        Code.NOT_FOUND, en="There is no snapshot of {resource}.", zh="没有“{resource}”的快照。"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """Run a scheduled job at once and wait for its end: ``{"run": {...}}``, see ``JobRuns``."""

    name: str = given("The job, ``<service>.<job>``.")
    as_of: datetime | None = given(
        "Run it as if now were this moment; refused unless sys.allow_time_travel.", default=None
    )
    dry_run: bool = given("Say what it would do and change nothing.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The jobs of the service with their schedule, next due time and last run: ``{"jobs": [...]}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedMessages:
    """Messages that failed to the end: ``{"messages": [...]}`` without their data."""

    first: int = given("How many, oldest first.", default=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedMessage:
    """One parked message with its data, masked, and its last error: ``{"message": {...} | null}``."""

    id: int | str = given("The message's id in the inbox.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveParked:
    """Put parked messages back to work: ``{"redriven": n}``."""

    ids: tuple[int | str, ...] | None = given("Which ones; absent: all.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the service can work: ``{"service", "ok", "checks": {name: {"ok", ...figures}}}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A page of records for a neighbour's projection: ``{"position", "rows": [...], "next": id | null}``.

    ``position`` is a `crm_common.journal.replay.Position`: what the journal holds up to it, the rows show.
    """

    resource: str = given("What to copy, for example ``employees``.")
    after: UUID | None = given("The last id of the page before.", default=None)
    limit: int = given("Rows a page, at most 5,000.", default=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEvent:
    """An event of the service's journal by its id: ``{"event": `declare.Envelope` | null}``."""

    id: UUID = given("The event's id.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Projections:
    """The projections the service keeps: ``{"projections": [{"name", "owner", "state", "rows", "built_at", ...}]}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairProjection:
    """Compare a projection with its source and correct it: ``{"missing", "wrong", "surplus"}`` were corrected."""

    name: str = given("The projection.")
    rebuild: bool = given("Build it anew beside the old one and swap, instead of comparing.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedHere:
    """How many records of each kind stand in an employee's name in this service (IDN-23): ``{"counts": {kind: n}}``."""

    employee_id: UUID = given("The employee.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverHere:
    """Pass one employee's records here on to others (IDN-23): ``{"moved": {kind: n}}``; repeating it is harmless."""

    from_id: UUID = given("Who gives.")
    to_ids: tuple[UUID, ...] = given("Who receives; several share the records evenly.")
    kinds: tuple[str, ...] | None = given("Which kinds of records; absent: all.", default=None)
    reason: str | None = given("Why; kept in the history.", default=None)
    idempotency_key: str | None = given("Same key twice = one effect.", default=None)


_DECLARED: tuple[tuple[type, Policy], ...] = (
    (RunJob, needs(JOB_RUN)),
    (Jobs, needs(OPERATE, JOB_RUN)),
    (ParkedMessages, needs(OPERATE)),
    (ParkedMessage, needs(OPERATE)),
    (RedriveParked, needs(OPERATE)),
    (Projections, needs(OPERATE)),
    (RepairProjection, needs(OPERATE)),
    (Health, PUBLIC),
    (Snapshot, INTERNAL),
    (PastEvent, INTERNAL),
    (OwnedHere, INTERNAL),
    (HandOverHere, INTERNAL),
    *search.DECLARED,
)

OPERATIONS: dict[str, tuple[type, Policy]] = {snake(cls.__name__): (cls, policy) for cls, policy in _DECLARED}
"""Method name → (class of its one argument, policy), the same on every service."""


def operation(service: str, name: str) -> Operation | None:
    """The operation ``name`` as ``service`` offers it, or None when it is not one that every service has."""
    found = OPERATIONS.get(name)
    if found is None:
        return None
    cls, policy = found
    return Operation(service, name, cls, policy, " ".join((cls.__doc__ or "").split()), Any, public=False)
