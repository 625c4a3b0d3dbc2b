"""What sales tells of orders and opportunities becomes messages to those it concerns (SAL-11, 12, 18; §14.1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.projections.employees import employee_ref
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from crm_common.protocol.office.sales_messages import SalesMessages
from crm_common.protocol.sales.opportunities_events import BigDealFound, OpportunityStalled
from crm_common.protocol.sales.orders_events import (
    OrderApprovalUndone,
    OrderApproved,
    OrderEvent,
    OrderRecordMade,
    OrderRejected,
    OrderSubmitted,
)
from office.domain.message import Parameter
from office.store import role_holders
from office.usecases.messages import tell

REVIEW = "order.review"


def keep_reviewers(run: JobRun, holders: Sequence[UUID]) -> None:
    """Who is told of orders that wait."""
    with run.change() as change:
        role_holders.save(change.connection, REVIEW, holders)
    run.report["holders"] = len(holders)


def tell_of_waiting_order(change: Change, event: OrderSubmitted) -> None:
    """To whoever may review, but for the submitter; once for each submission."""
    reviewers = set(role_holders.of(change.connection, REVIEW)) - {event.submitted_by}
    key = f"{event.order_id}/{event.at.isoformat()}"
    amount = money(event.amount, event.currency)
    _tell(change, SalesMessages.order_waiting, event, reviewers, key=key, amount=amount)


def tell_of_approval(change: Change, event: OrderApproved) -> None:
    """To the submitter."""
    _tell(change, SalesMessages.order_approved, event, {event.submitted_by}, key=_once(event.order_id, event.at))


def tell_of_rejection(change: Change, event: OrderRejected) -> None:
    """To the submitter, with why."""
    key = _once(event.order_id, change.now)
    _tell(change, SalesMessages.order_rejected, event, {event.submitted_by}, key=key, reason=event.reason)


def tell_of_undoing(change: Change, event: OrderApprovalUndone) -> None:
    """To the owner: it waits again."""
    _tell(change, SalesMessages.order_undone, event, {event.owner_id}, key=_once(event.order_id, change.now))


def tell_of_big_deal(change: Change, event: BigDealFound) -> None:
    """To the owner's reporting line, once (SAL-11)."""
    name, line = _person(change, event.owner_id)
    tell(
        change,
        to=line,
        kind=SalesMessages.big_deal,
        about=Subject(event.record_type, event.record_id),
        key=str(event.record_id),
        name=name,
        amount=money(event.amount, event.currency),
    )


def tell_of_stalled(change: Change, event: OpportunityStalled) -> None:
    """To the owner and his head (SAL-12)."""
    _, line = _person(change, event.owner_id)
    tell(
        change,
        to={event.owner_id, *line[:1]},
        kind=SalesMessages.opportunity_stalled,
        about=Subject("Opportunity", event.opportunity_id),
        key=f"{event.opportunity_id}/{event.since.isoformat()}",
        name=event.name,
        since=event.since,
    )


def money(amount: Decimal, currency: str) -> str:
    """An amount as people read it."""
    return f"{amount:,.2f} {currency}"


def _once(order_id: UUID, at: object) -> str:
    return f"{order_id}/{at}"


def _tell(
    change: Change,
    kind: MessageKind,
    event: OrderEvent | OrderRecordMade,
    to: set[UUID],
    *,
    key: str,
    **more: Parameter,
) -> None:
    tell(change, to=to, kind=kind, about=Subject("Order", event.order_id), key=key, number=event.number, **more)


def _person(change: Change, employee_id: UUID) -> tuple[str, list[UUID]]:
    """His name and superiors, nearest first."""
    asked = sa.select(employee_ref.c.name, employee_ref.c.line).where(employee_ref.c.id == employee_id)
    found = change.connection.execute(asked).one_or_none()
    return ("", []) if found is None else (found.name, list(found.line))
