"""What the customer service tells becomes messages to those it concerns (features §14.1; CUS-16, 20, 50)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from crm_common.changes import Change
from crm_common.ids import to_global
from crm_common.jobs import JobRun
from crm_common.protocol.customer.customers import CustomerEvent
from crm_common.protocol.customer.follow_ups import FollowUpDue
from crm_common.protocol.customer.holding import CustomerErased, CustomerReleased, CustomerTransferred
from crm_common.protocol.customer.pool import CustomerAssigned, CustomerClaimed, CustomerQueued, PoolEvent
from crm_common.protocol.customer.reclaim import CustomerReclaimed, CustomerReclaimWarned
from crm_common.protocol.customer.relations import ImportantDateDue
from crm_common.protocol.customer.service import PoolReason
from crm_common.protocol.exporting import ExportDone
from crm_common.protocol.importing import ImportFinished
from crm_common.protocol.office.customer_messages import WHY_IN_POOL, CustomerMessages
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from office.domain.message import Parameter
from office.store import comments, messages, pools, rules
from office.usecases.messages import tell


def tell_of_assignment(change: Change, event: CustomerAssigned) -> None:
    """To the new owner: one message for a call, however many he got by it (CUS-20)."""
    _tell(change, CustomerMessages.customers_assigned, event, [event.owner_id], key=str(event.call_id))


def tell_of_claim(change: Change, event: CustomerClaimed) -> None:
    """To the new owner."""
    _tell(change, CustomerMessages.customers_claimed, event, [event.owner_id], key=str(event.call_id))


def tell_of_transfer(change: Change, event: CustomerTransferred) -> None:
    """To both owners."""
    call = change.context.correlation_id
    _tell(change, CustomerMessages.customers_transferred, event, [event.owner_id], key=call)
    _tell(change, CustomerMessages.customers_given_away, event, [event.from_owner_id], key=call)


def tell_of_queue(change: Change, event: CustomerQueued) -> None:
    """To the department's head, who passes it on (CUS-38)."""
    _tell(change, CustomerMessages.customers_queued, event, [event.head_id], key=str(event.call_id))


def tell_of_release(change: Change, event: CustomerReleased) -> None:
    """To the old owner and the admins of the pool."""
    call = change.context.correlation_id
    _tell(change, CustomerMessages.customers_released, event, [event.from_owner_id], key=call)
    _tell_admins(change, event, PoolReason.RELEASED)


def tell_of_reclaim(change: Change, event: CustomerReclaimed) -> None:
    """To the old owner and the admins of the pool: one message for a run."""
    run, why = change.context.correlation_id, WHY_IN_POOL[event.reason]
    _tell(change, CustomerMessages.customers_reclaimed, event, [event.from_owner_id], key=run, why=why)
    _tell_admins(change, event, event.reason)


def warn_of_reclaim(change: Change, event: CustomerReclaimWarned) -> None:
    """To the owner, once for each end of his days (CUS-16)."""
    key = f"{event.customer_id}/{event.due_at.isoformat()}"
    why = WHY_IN_POOL[event.reason]
    _tell(change, CustomerMessages.reclaim_warned, event, [event.owner_id], key=key, due=event.due_at, why=why)


def remind_of_contact(change: Change, event: FollowUpDue) -> None:
    """To the owner: the next contact comes up (CUS-50)."""
    tell(
        change,
        to=[event.owner_id],
        kind=CustomerMessages.follow_up_due,
        about=Subject("Customer", event.customer_id),
        key=f"{event.follow_up_id}/{event.next_contact_at.isoformat()}",
        name=event.customer_name,
        due=event.next_contact_at,
    )


def remind_of_date(change: Change, event: ImportantDateDue) -> None:
    """To the owner: tomorrow is a day to think of."""
    tell(
        change,
        to=[event.owner_id] if event.owner_id else [],
        kind=CustomerMessages.important_date_due,
        about=Subject("Customer", event.customer_id),
        key=f"{event.important_date_id}/{event.due_on.isoformat()}",
        name=event.customer_name,
        title=event.title,
        day=event.due_on,
    )


def forget_customer(change: Change, event: CustomerErased) -> None:
    """What was told and said of it, and what rules saw of it, names it: it goes (AUD-03)."""
    about = to_global("Customer", event.customer_id)
    messages.forget(change.connection, about)
    comments.forget(change.connection, about)
    rules.forget(change.connection, about)


def tell_of_import(change: Change, event: ImportFinished, noun: str) -> None:
    """To whoever imported."""
    counts = {name: getattr(event, name) for name in ("created", "updated", "skipped", "failed")}
    about, key = Subject(f"{noun}Import", event.import_id), str(event.import_id)
    tell(change, to=[event.owner_id], kind=CustomerMessages.import_finished, about=about, key=key, **counts)


def tell_of_export(change: Change, event: ExportDone, noun: str) -> None:
    """To whoever exported."""
    about, key = Subject(f"{noun}Export", event.export_id), str(event.export_id)
    tell(change, to=[event.owner_id], kind=CustomerMessages.export_done, about=about, key=key, rows=event.rows)


def note_pool(change: Change, event: PoolEvent) -> None:
    """Who looks after a pool."""
    if "admin_ids" in event.changes:
        pools.save(change.connection, event.pool_id, [UUID(each) for each in event.changes["admin_ids"][1] or ()])


def keep_pool_admins(run: JobRun, holders: Sequence[UUID]) -> None:
    """Who looks after pools without admins of their own: whoever has the role."""
    with run.change() as change:
        pools.save(change.connection, pools.ANYBODY, holders)
    run.report["holders"] = len(holders)


def _tell_admins(change: Change, event: CustomerEvent, reason: PoolReason) -> None:
    """To those who look after the pool."""
    pool_id = event.changes.get("pool_id", (None, None))[1]
    admins = pools.admins(change.connection, UUID(pool_id)) if pool_id else []
    run, why = change.context.correlation_id, WHY_IN_POOL[reason]
    _tell(change, CustomerMessages.customers_pooled, event, admins, key=run, why=why)


def _tell(
    change: Change,
    kind: MessageKind,
    event: CustomerEvent,
    to: Collection[UUID | None],
    *,
    key: str,
    **parameters: Parameter,
) -> None:
    people = [each for each in to if each is not None]
    about = Subject("Customer", event.customer_id)
    tell(change, to=people, kind=kind, about=about, key=key, name=event.name, **parameters)
