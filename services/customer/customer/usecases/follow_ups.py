"""Commands about follow-ups (CUS-12), and the reminders of their next contacts (CUS-50)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.customer.follow_ups import (
    CreateFollowUp,
    FollowUpCreated,
    FollowUpDue,
    FollowUpEvent,
    FollowUpUpdated,
    InterestAdded,
    UpdateFollowUp,
)
from crm_common.protocol.customer.reclaim import SalesRecord
from customer.domain import follow_up as domain
from customer.domain.customer import Held
from customer.domain.follow_up import UNTOLD, FollowUp
from customer.store import follow_ups
from customer.usecases import access, clock

AHEAD = timedelta(minutes=15)
_BATCH = 500
E = TypeVar("E", bound=FollowUpEvent)


def create_follow_up(change: Change, command: CreateFollowUp) -> dict[str, Any]:
    """A follow-up of a customer in the caller's name."""
    owned = access.followed(change, command.customer_id, field="customer_id")
    author = change.context.authenticated()
    added = domain.created(change.new_id(), command, author.id, change.now)
    follow_ups.insert(change.connection, added)
    change.record(_told(FollowUpCreated, None, added, owned))
    clock.touch(change, owned.id, change.now, SalesRecord.FOLLOW_UP)
    products = domain.interests(command.products)
    if products:
        follow_ups.add_interests(change.connection, added, products, change.new_id)
        change.record(InterestAdded(customer_id=owned.id, follow_up_id=added.id, products=tuple(products)))
    return {"follow_up": added.id}


def update_follow_up(change: Change, command: UpdateFollowUp) -> dict[str, Any]:
    """A follow-up as its author corrects it."""
    customer_id = follow_ups.customer_of(change.connection, command.id)
    if customer_id is None:
        raise CommonRules.the_record_was_not_found(field="id")
    owned = access.owned(change, customer_id)
    before = follow_ups.get(change.connection, command.id)
    after = domain.updated(before, command, change.context.authenticated().id, change.now)
    if after != before:
        follow_ups.save(change.connection, before, after, change.now)
        change.record(_told(FollowUpUpdated, before, after, owned))
    return {"follow_up": after.id}


def tell_due(run: JobRun) -> None:
    """One event for each next contact that comes up within 15 minutes, or has passed untold."""
    told = _BATCH
    while told == _BATCH:
        with run.change() as change:
            due = follow_ups.take_due(change.connection, until=run.now + AHEAD, now=run.now, most=_BATCH)
            change.record(*(FollowUpDue(**each) for each in due))
        told = len(due)
        run.report["told"] = run.report.get("told", 0) + told
        if run.dry_run:
            return


def _told(kind: type[E], before: FollowUp | None, after: FollowUp, owned: Held) -> E:
    return kind(
        follow_up_id=after.id,
        customer_id=owned.id,
        customer_name=owned.name,
        author_id=after.author_id,
        owner_id=owned.owner_id,
        changes=difference(before, after, without=UNTOLD),
    )
