"""A running approval (features §3.8): its state, and what each command makes of it. Pure: facts, ids, now come in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from crm_common.protocol.office.approval_rules import ApprovalRules
from crm_common.protocol.office.approvals_states import ApprovalState, AskedWhy, StepKind, TaskState

MOST_DETOURS = 50
"""Returns, transfers and added signers of one approval: after these it is decided, so that each comes to an end."""
WAITING = frozenset({TaskState.QUEUED, TaskState.OPEN})
DECIDED = frozenset({TaskState.APPROVED, TaskState.REJECTED, TaskState.RETURNED})
RUNNING = frozenset({ApprovalState.PENDING, ApprovalState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The question to one approver at one node. ``round`` counts submissions; ``after`` is who decides before him."""

    id: UUID
    round: int
    node: str
    approver_id: UUID
    why: AskedWhy
    in_place_of: UUID | None = None
    after: UUID | None = None
    added: bool = False
    """Whether an approver asked for him: then his yes only opens the way for that one."""
    state: TaskState = TaskState.OPEN
    decided_by: UUID | None = None
    comment: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval as it stands. ``path``: the nodes that its form passes; ``place``: at which of them it is."""

    id: UUID
    kind: str
    flow_id: UUID
    flow_version_id: UUID
    title: str
    state: ApprovalState
    initiator_id: UUID
    record_type: str | None
    record_id: UUID | None
    round: int
    form: dict[str, Any]
    hash: str
    path: tuple[str, ...]
    place: int
    tasks: tuple[Task, ...] = ()
    detours: int = 0
    urged_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1

    @property
    def node(self) -> str | None:
        """The key of the node that is asked; None where it waits for its initiator or has ended."""
        return self.path[self.place] if self.state is ApprovalState.PENDING else None

    @property
    def present(self) -> tuple[Task, ...]:
        """The tasks of the present node, settled ones included."""
        return tuple(each for each in self.tasks if (each.round, each.node) == (self.round, self.path[self.place]))

    @property
    def record(self) -> str | None:
        """``contract/<uuid>``: what it is about."""
        return None if self.record_id is None else f"{self.record_type}/{self.record_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened: who did it, for whom, whom it concerns."""

    kind: StepKind
    by: UUID | None = None
    on_behalf_of: UUID | None = None
    node: str | None = None
    concerns: tuple[UUID, ...] = ()
    comment: str | None = None


def with_task(approval: Approval, changed: Task) -> Approval:
    """The approval with one task as it is now."""
    return replace(approval, tasks=tuple(changed if each.id == changed.id else each for each in approval.tasks))


def closed(approval: Approval) -> Approval:
    """The approval with nobody asked any more."""
    tasks = (replace(each, state=TaskState.CLOSED) if each.state in WAITING else each for each in approval.tasks)
    return replace(approval, tasks=tuple(tasks))


def ended(approval: Approval, state: ApprovalState, now: datetime) -> Approval:
    """The approval at its end; nothing happens to it any more."""
    return replace(closed(approval), state=state, ended_at=now)


def expect_running(approval: Approval) -> None:
    """Refuse what comes after the end."""
    if approval.state not in RUNNING:
        raise ApprovalRules.an_ended_approval_stays_as_it_is(state=approval.state.value)


def expect_pending(approval: Approval) -> None:
    """Refuse what only makes sense while somebody is asked."""
    expect_running(approval)
    if approval.state is ApprovalState.RETURNED:
        raise ApprovalRules.a_returned_approval_waits_for_its_initiator()


def expect_initiator(approval: Approval, actor_id: UUID) -> None:
    """Refuse everybody but whoever started it."""
    if actor_id != approval.initiator_id:
        raise ApprovalRules.only_the_initiator_does_this()


def detoured(approval: Approval) -> Approval:
    """The approval with one detour more; so many that it would never end are refused."""
    if approval.detours >= MOST_DETOURS:
        raise ApprovalRules.an_approval_makes_so_many_detours(limit=MOST_DETOURS)
    return replace(approval, detours=approval.detours + 1)


def holders(approval: Approval) -> frozenset[UUID]:
    """Everybody who is or was asked at the present node."""
    return frozenset(each.approver_id for each in approval.present if each.state is not TaskState.CLOSED)


def open_tasks(approval: Approval) -> tuple[Task, ...]:
    """Who is asked right now."""
    return tuple(each for each in approval.tasks if each.state is TaskState.OPEN)
