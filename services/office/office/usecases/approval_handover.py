"""Approvals that wait for somebody who leaves, counted and passed on (IDN-23); identity asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from crm_common.changes import changing, repeating
from crm_common.context import Context
from crm_common.protocol.platform import HandOverHere
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from office.domain.approval_rerouting import handed_over
from office.store import approvals
from office.usecases import approval_told
from office.usecases.approval_asking import Desk, Prepared

APPROVALS = "approval"
_AT_ONCE = 100


def owned_here(store: Store, employee_id: UUID) -> dict[str, int]:
    """How many approvals wait for somebody."""
    return {APPROVALS: approvals.count_waiting_for(store, employee_id)}


def hand_over_here(host: ServiceHost, context: Context, desk: Desk, command: HandOverHere) -> dict[str, int]:
    """Pass on what waits for somebody, to the receivers in turn; repeated, it passes on what is left."""
    if command.kinds is not None and APPROVALS not in command.kinds:
        return {}
    receivers = [each for each in command.to_ids if each != command.from_id]
    moved, turn, after = 0, 0, None
    while some := approvals.waiting_for(host.store, command.from_id, after, _AT_ONCE):
        for approval_id in some:
            first = turn % max(len(receivers), 1)
            in_turn = [*receivers[first:], *receivers[:first]]
            prepared = desk.to_go_on(approval_id, *in_turn)
            if prepared is not None:
                moved += _pass_on(host, context, _Passing(approval_id, command.from_id, in_turn, prepared))
            turn += 1
        after = some[-1]
    return {APPROVALS: moved}


@dataclass(frozen=True, slots=True)
class _Passing:
    """One approval that is passed on."""

    id: UUID
    gone: UUID
    to: Sequence[UUID]
    prepared: Prepared


def _pass_on(host: ServiceHost, context: Context, passing: _Passing) -> bool:
    def attempt() -> bool:
        with changing(host, context) as change:
            before = approvals.locked(change.connection, passing.id)
            if before is None:
                return False
            asking = passing.prepared.asking
            after, steps = handed_over(before, passing.gone, passing.to, asking)
            approval_told.write_down(change, before, after, steps, asking)
            return bool(steps)

    return repeating(attempt)
