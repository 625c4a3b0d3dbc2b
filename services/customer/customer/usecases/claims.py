"""Claims (CUS-21, 22, BYD-01, 02)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_common import faults
from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.customer.pool import (
    CLAIM_GAP,
    CLAIM_MAX,
    CLAIM_TIMES_PER_DAY,
    CLAIMED_PER_DAY,
    COOLDOWN_DAYS,
    FREEZE_HOURS,
    MAX_HELD,
    MAX_HELD_DEPARTMENT,
    ClaimCustomers,
    CustomerClaimed,
)
from crm_common.protocol.platform import TIMEZONE
from customer.domain import claim as domain
from customer.domain.pool import outcome
from customer.store import ledger

CLAIM_SETTLED = "customer.claim_settled"
"""A point for `crm_common.faults`: the claim is settled in the database, its events are not written."""


def claim_customers(change: Change, command: ClaimCustomers) -> dict[str, Any]:
    """Customers of the pool into the caller's own name; each id gets its own answer."""
    actor = change.context.authenticated()
    allowed = limits(change)
    ids = list(dict.fromkeys(command.ids))
    domain.refuse_too_many(len(ids), allowed)
    if allowed.personal:
        together = [actor.department_id] if allowed.held_by_department and actor.department_id else []
        ledger.lock(change.connection, [actor.id, *together])
    call = change.new_id()
    local = change.now.astimezone(ZoneInfo(change.settings.get(TIMEZONE)))
    settled = ledger.claim(
        change.connection,
        ids,
        allowed,
        owner=actor.id,
        department=actor.department_id,
        call=call,
        now=change.now,
        day=domain.day_start(change.now, local),
    )
    if settled.gate is not None:
        raise domain.refusal_of_call(settled.gate, allowed)
    change.record(*(CustomerClaimed(**moved.told(), call_id=call) for moved in settled.claimed))
    faults.point(CLAIM_SETTLED)
    refused = {
        each: domain.refusal(settled.verdicts[each], allowed)
        if each in settled.verdicts
        else CommonRules.the_record_was_not_found(field="ids")
        for each in ids
    }
    return {
        "results": [outcome(each, refused[each], change.context.language) for each in ids],
        "customers": [each for each in ids if refused[each] is None],
    }


def limits(change: Change) -> domain.Limits:
    """What the company allows now."""
    given = change.settings.get
    return domain.Limits(
        at_once=given(CLAIM_MAX),
        times_per_day=given(CLAIM_TIMES_PER_DAY),
        customers_per_day=given(CLAIMED_PER_DAY),
        gap=timedelta(seconds=given(CLAIM_GAP)),
        held=given(MAX_HELD),
        held_by_department=given(MAX_HELD_DEPARTMENT),
        cooldown=timedelta(days=given(COOLDOWN_DAYS)),
        freeze=timedelta(hours=given(FREEZE_HOURS)),
    )
