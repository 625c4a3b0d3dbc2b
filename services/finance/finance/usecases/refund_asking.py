"""Asks the office engine to let people decide about a refund: after the commit that says that it waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from crm_common.protocol.finance.refunds import REFUND, RefundState
from crm_common.store import Store
from finance.adapters.engine import Engine, Question
from finance.store.settling import REFUNDS, unheard

LOST_AFTER = timedelta(minutes=1)
"""Whoever asked was cut off, if a refund has not heard of its flow by then."""


def ask_about(store: Store, engine: Engine, refund_id: UUID) -> None:
    """Let the flow in use begin; repeating is harmless, as the engine knows the question by its key."""
    with store.transaction() as connection:
        found = REFUNDS.get(connection, refund_id)
    if found is None or found.state is not RefundState.REQUESTED or found.approval_id is not None:
        return
    question = Question(
        kind=REFUND, record_id=found.id, initiator_id=found.requested_by,
        title=f"退款 {found.amount} {found.currency}", key=f"refund/{found.id}",
        form={"receipt": str(found.receipt_id), "amount": str(found.amount), "reason": found.reason},
    )  # fmt: skip
    engine.start(question)


def ask_again(store: Store, engine: Engine, now: datetime) -> int:
    """Ask about refunds whose flow has not begun; how many there were."""
    found = unheard(store, now - LOST_AFTER)
    for each in found:
        ask_about(store, engine, each)
    return len(found)
