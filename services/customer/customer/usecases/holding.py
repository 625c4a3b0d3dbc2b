"""Giving customers away (CUS-08, 09, 10) and what keeps them where they are."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.errors import CommonRules, CrmError
from crm_common.holds import Holds
from crm_common.protocol.customer.holding import (
    CustomerHeld,
    CustomerHoldReleased,
    CustomerReleased,
    CustomerTransferred,
    Hold,
    HoldReason,
    ReleaseCustomers,
    ReleaseHold,
    TransferCustomers,
)
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.protocol.customer.service import Holding, PoolReason
from customer.domain import pool as domain
from customer.domain.customer import Held
from customer.store import held as store_held
from customer.store import moves, pool
from customer.usecases.batch import judged

HOLDS = Holds(CustomerHeld, CustomerHoldReleased)


def release_customers(change: Change, command: ReleaseCustomers) -> dict[str, Any]:
    """OWNED → POOL, with a reason."""
    holds = _Holds(change, command.ids)
    batch = judged(change, command.ids, lambda held: domain.refusal_of_release(held, holds.of(held)))
    values = {"now": change.now, "pool_reason": PoolReason.RELEASED.value}
    gone = moves.move(change.connection, moves.TO_POOL, batch.passed, **values)
    for each, before in batch.passed.items():
        assert before.owner_id is not None
        change.record(CustomerReleased(**gone[each].told(), from_owner_id=before.owner_id, reason=command.reason))
    return batch.payload()


def transfer_customers(change: Change, command: TransferCustomers) -> dict[str, Any]:
    """OWNED → OWNED by ``to_id``, of whom identity has said that he is active; the clock restarts."""

    def judge(held: Held) -> CrmError | None:
        return _refusal_of_giver(change, held) or domain.refusal_of_transfer(held, command.to_id)

    batch = judged(change, command.ids, judge)
    gone = moves.move(change.connection, moves.TO_OTHER_OWNER, batch.passed, now=change.now, owner=command.to_id)
    for each, before in batch.passed.items():
        assert before.owner_id is not None
        change.record(
            CustomerTransferred(
                **gone[each].told(), from_owner_id=before.owner_id, reason=command.reason, cascade=command.cascade
            )
        )
    return batch.payload()


def hold(change: Change, command: Hold) -> dict[str, Any]:
    """A neighbour's record begins to depend on a customer; an order's review needs an owner to begin with."""
    found = store_held.locked(change.connection, [command.customer_id])
    if not found or found[0].holding is Holding.ERASED:
        raise CommonRules.the_record_was_not_found(field="customer_id")
    if command.reason is HoldReason.ORDER_REVIEW and found[0].holding is not Holding.OWNED:
        raise HoldingRules.only_an_owned_customer_can_be_given_away(field="customer_id")
    return {"placed": HOLDS.place(change, command.customer_id, command.reference, command.reason.value)}


def release_hold(change: Change, command: ReleaseHold) -> dict[str, Any]:
    """It no longer depends."""
    store_held.locked(change.connection, [command.customer_id])
    return {"released": HOLDS.release(change, command.customer_id, command.reference)}


def _refusal_of_giver(change: Change, held: Held) -> CrmError | None:
    actor = change.context.authenticated()
    key = "customer.transfer" if held.owner_id == actor.id else "customer.transfer_team"
    if actor.kind is ActorKind.SYSTEM or held.holding is not Holding.OWNED or actor.may(key):
        return None
    return CommonRules.the_right_is_missing(field="ids", permission=key)


class _Holds:
    """The holds of a call's customers, read when the first one is judged: by then all are locked."""

    def __init__(self, change: Change, ids: tuple[Any, ...]) -> None:
        self._change = change
        self._ids = ids
        self._found: dict[Any, Any] | None = None

    def of(self, held: Held) -> tuple[str, ...]:
        if self._found is None:
            self._found = dict(pool.holds(self._change.connection, self._ids))
        return tuple(self._found.get(held.id, ()))
