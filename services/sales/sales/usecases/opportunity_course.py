"""What happens to opportunities by others' doing: orders win them, customers come and go, time passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.customers import CustomerChangedHands
from crm_common.protocol.customer.holding import CustomerTransferred
from crm_common.protocol.sales.opportunities import STALLED_DAYS
from crm_common.protocol.sales.opportunities_events import (
    OpportunityResumed,
    OpportunityStalled,
    OpportunitySuspended,
)
from sales.domain import opportunity as domain
from sales.domain.opportunity import Opportunity
from sales.store import opportunities
from sales.usecases.opportunities import stage_told, told

_STALLED = """
SELECT id FROM opportunity WHERE NOT stalled_told AND stage NOT IN ('WON', 'LOST', 'ABANDONED', 'SUSPENDED')
AND stage_since <= %s ORDER BY stage_since LIMIT 500
"""


def win(change: Change, opportunity_id: UUID | None, order_id: UUID) -> None:
    """Its order is being approved in this transaction."""
    before = _known(change, opportunity_id)
    if before is None or before.stage == domain.WON:
        return
    after = domain.won(before, order_id, change.now)
    change.record(stage_told(change, before, after))
    _save(change, before, after)


def win_not(change: Change, opportunity_id: UUID | None, order_id: UUID) -> None:
    """The approval of its order is being undone, or the order voided."""
    before = _known(change, opportunity_id)
    if before is None or before.stage != domain.WON or before.order_id != order_id:
        return
    after = domain.not_won(before, opportunities.course(change.connection, before.pipeline_id), change.now)
    change.record(stage_told(change, before, after))
    _save(change, before, after)


def follow_customer(change: Change, event: CustomerChangedHands) -> None:
    """What is on its way waits while its customer is in nobody's name, and goes on with who has it next."""
    if event.owner_id is None:
        suspend(change, event.customer_id)
    elif isinstance(event, CustomerTransferred) and event.cascade:
        hand_over(change, event.customer_id, event.owner_id)
    else:
        resume(change, event.customer_id, event.owner_id)


def suspend(change: Change, customer_id: UUID) -> None:
    """Its customer is in nobody's name any more."""
    for before in opportunities.of_customer(change.connection, customer_id):
        if before.stage not in domain.ENDS:
            after = domain.suspended(before, change.now)
            change.record(told(OpportunitySuspended, before, after))
            _save(change, before, after)


def resume(change: Change, customer_id: UUID, owner_id: UUID) -> None:
    """Its customer is in somebody's name again: he goes on with it."""
    for before in opportunities.of_customer(change.connection, customer_id):
        if before.stage == domain.SUSPENDED:
            course = opportunities.course(change.connection, before.pipeline_id)
            after = domain.resumed(before, owner_id, course, change.now)
            change.record(told(OpportunityResumed, before, after))
            _save(change, before, after)


def hand_over(change: Change, customer_id: UUID, owner_id: UUID) -> None:
    """What is on its way goes along with its customer (CUS-09)."""
    for before in opportunities.of_customer(change.connection, customer_id):
        if before.stage not in domain.ENDS and before.owner_id != owner_id:
            after = domain.changed(before, owner_id=owner_id)
            change.record(told(OpportunityResumed, before, after))
            _save(change, before, after)
    resume(change, customer_id, owner_id)


def tell_of_stalled(run: JobRun) -> None:
    """Each that has stood in its stage for sales.stalled_days, once (SAL-12)."""
    with run.change() as change:
        since = change.now - timedelta(days=change.settings.get(STALLED_DAYS))
        ids = list(change.connection.exec_driver_sql(_STALLED, (since,)).scalars())
    for each in ids:
        with run.change() as change:
            before = opportunities.locked(change.connection, each)
            if before is None or before.stalled_told or before.stage_since > since or before.stage in domain.ENDS:
                continue
            change.record(told(OpportunityStalled, before, before, since=before.stage_since))
            _save(change, before, replace(before, stalled_told=True))
    run.report["told"] = len(ids)


def _known(change: Change, opportunity_id: UUID | None) -> Opportunity | None:
    return None if opportunity_id is None else opportunities.locked(change.connection, opportunity_id)


def _save(change: Change, before: Opportunity, after: Any) -> None:
    opportunities.save(change.connection, before, after, change.new_id, change.now)
