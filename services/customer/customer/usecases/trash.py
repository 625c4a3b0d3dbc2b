"""The trash: discard, restore, purge (CUS-24, 25, 26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.customer.holding import (
    TRASH_MIN_DAYS,
    CustomerDiscarded,
    CustomerRestored,
    DiscardCustomers,
    PurgeCustomers,
    RestoreCustomers,
)
from crm_common.protocol.customer.pool_rules import HoldingRules
from customer.domain import pool as domain
from customer.domain.customer import Held
from customer.store import moves, pool
from customer.usecases import batch, erasing


def discard_customers(change: Change, command: DiscardCustomers) -> dict[str, Any]:
    """POOL → TRASH. A customer in somebody's name is refused to everybody, whatever his rights (CUS-07)."""
    holds: dict[Any, Any] = {}

    def judge(held: Held) -> CrmError | None:
        return domain.refusal_of_discard(held, holds.get(held.id, ()))

    judged = batch.judged(change, command.ids, judge)
    # all are locked now, and holds are placed under the same locks
    holds.update(pool.holds(change.connection, judged.passed))
    judged = batch.judged(change, command.ids, judge) if holds else judged
    if judged.passed:
        _may_discard(change)
        batch.refuse_unless_admin(change, judged.passed)
    gone = moves.move(change.connection, moves.TO_TRASH, judged.passed, now=change.now)
    change.record(*(CustomerDiscarded(**gone[each].told(), reason=command.reason) for each in judged.passed))
    return judged.payload()


def restore_customers(change: Change, command: RestoreCustomers) -> dict[str, Any]:
    """TRASH → POOL."""
    judged = batch.judged(change, command.ids, domain.refusal_of_restore)
    gone = moves.move(change.connection, moves.FROM_TRASH, judged.passed, now=change.now)
    change.record(*(CustomerRestored(**gone[each].told()) for each in judged.passed))
    return judged.payload()


def purge_customers(change: Change, command: PurgeCustomers) -> dict[str, Any]:
    """TRASH → ERASED: what is left tells nobody who it was; numbers and money stay."""
    days = change.settings.get(TRASH_MIN_DAYS)
    since = pool.trashed_since(change.connection, command.ids)

    def judge(held: Held) -> CrmError | None:
        if refusal := domain.refusal_of_restore(held):
            return refusal
        if held.id not in since or since[held.id] > change.now - timedelta(days=days):
            return HoldingRules.the_trash_is_kept_for_some_days(field="ids", days=days)
        return None

    judged = batch.judged(change, command.ids, judge)
    erasing.erase(change, list(judged.passed))
    return {"results": judged.payload()["results"]}


def _may_discard(change: Change) -> None:
    actor = change.context.authenticated()
    if actor.kind is not ActorKind.SYSTEM and not actor.may("pool.discard"):
        raise CommonRules.the_right_is_missing(permission="pool.discard")
