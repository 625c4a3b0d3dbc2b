"""Deciding about orders (FIN-01), and what follows: the one write that counts, performance, won opportunities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.sales.orders import PAYMENT_DAYS, OrderState
from crm_common.protocol.sales.orders_commands import OrderDecision, ReviewOrder
from crm_common.protocol.sales.orders_events import OrderRejected
from crm_common.protocol.sales.orders_rules import OrderRules
from sales.domain import order as domain
from sales.domain.order import Order
from sales.domain.order_told import approved, told
from sales.store import orders, people
from sales.usecases import opportunity_course, performance
from sales.usecases.orders import SECTION

_STATES = {OrderDecision.APPROVE: OrderState.APPROVED, OrderDecision.REJECT: OrderState.REJECTED}


def review_order(change: Change, command: ReviewOrder) -> dict[str, Any]:
    """PENDING_REVIEW → APPROVED or REJECTED. Of all who decide at once, one does; the others are told the state."""
    actor, reason = change.context.authenticated(), (command.reason or "").strip() or None
    if command.decision is OrderDecision.REJECT and reason is None:
        raise OrderRules.a_rejection_says_why(field="reason")
    before = orders.seen(change.connection, command.id)
    if before is None or not people.reaches(change.connection, actor, SECTION, before.owner_id):
        raise CommonRules.the_record_was_not_found(field="id")
    to, due = _STATES[command.decision], None
    if to is OrderState.APPROVED:
        due = day_of(change.settings, change.now) + timedelta(days=change.settings.get(PAYMENT_DAYS))
    known: dict[str, Any] = {"to": to, "by": actor.id, "why": reason, "due": due, "now": change.now}
    if not orders.decide(change.connection, command.id, seen=command.version, **known):
        raise _why_not(change, command)
    after = domain.changed(
        before, state=to, reviewed_by=actor.id, reviewed_at=change.now, reason=reason, due_on=before.due_on or due
    )
    if to is OrderState.APPROVED:
        _approve(change, before, after)
    else:
        more = {"reason": reason, "reviewed_by": actor.id, "submitted_by": before.submitted_by}
        change.record(told(OrderRejected, before, after, **more))
    return {"order": after.id}


def _approve(change: Change, before: Order, after: Order) -> None:
    event = approved(before, after, at=change.now)
    change.record(event)
    performance.note_order(change, event)
    opportunity_course.win(change, after.opportunity_id, after.id)


def _why_not(change: Change, command: ReviewOrder) -> CrmError:
    """Why there was nothing to decide, as it stands now."""
    found = orders.seen(change.connection, command.id)
    assert found is not None  # orders are never deleted
    if found.state is not OrderState.PENDING_REVIEW:
        return OrderRules.an_order_is_not_waiting_for_review(field="id", state=found.state.value)
    if found.submitted_by == change.context.authenticated().id:
        return OrderRules.nobody_reviews_his_own_order(field="id")
    return CommonRules.the_record_was_changed_meanwhile(field="version", current=found.version)
