"""One call about many customers: all are locked, each is judged, those that pass are changed, each gets its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.customer.holding import CALL_MAX
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.protocol.customer.service import Holding
from customer.domain.customer import Held
from customer.domain.pool import outcome
from customer.store import held, pool
from customer.usecases import access

Judge = Callable[[Held], CrmError | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """The customers of a call in its order: those that pass, and why the others do not."""

    change: Change
    ids: list[UUID]
    passed: dict[UUID, Held]
    refused: dict[UUID, CrmError]

    def payload(self) -> dict[str, Any]:
        """What the command answers."""
        language = self.change.context.language
        return {
            "results": [outcome(each, self.refused.get(each), language) for each in self.ids],
            "customers": list(self.passed),
        }


def judged(change: Change, given: tuple[UUID, ...], judge: Judge, *, queued: bool = False) -> Judged:
    """Lock the customers and judge each; one that the caller does not see is ``NOT_FOUND``.

    ``queued``: customers in departments' queues are left to the judge.
    """
    ids = list(dict.fromkeys(given))
    limit = change.settings.get(CALL_MAX)
    if len(ids) > limit:
        raise HoldingRules.a_call_names_at_most_so_many_customers(field="ids", limit=limit, given=len(ids))
    found = {each.id: each for each in held.locked(change.connection, ids)}
    sees = _seeing(change, found, queued=queued)
    passed, refused = {}, {}
    for each in ids:
        customer = found.get(each)
        if customer is None or not sees(customer):
            refused[each] = CommonRules.the_record_was_not_found(field="ids")
        elif (refusal := judge(customer)) is not None:
            refused[each] = refusal
        else:
            passed[each] = customer
    return Judged(change, ids, passed, refused)


def refuse_unless_admin(change: Change, passed: dict[UUID, Held]) -> None:
    """``FORBIDDEN`` for the whole call when one of its pools is looked after by others."""
    actor = change.context.authenticated()
    if actor.kind is ActorKind.SYSTEM:
        return
    if not all(each.admin for each in pool.standings(change.connection, passed, actor.id).values()):
        raise HoldingRules.only_a_pools_admin_may_do_this(field="ids")


def _seeing(change: Change, found: dict[UUID, Held], *, queued: bool) -> Callable[[Held], bool]:
    actor = change.context.authenticated()
    in_pool = [each.id for each in found.values() if each.holding is Holding.POOL]
    standing = pool.standings(change.connection, in_pool, actor.id) if in_pool else {}
    of_owner: dict[UUID, bool] = {}

    def sees(customer: Held) -> bool:
        if actor.kind is ActorKind.SYSTEM:
            return True
        if customer.holding is Holding.POOL:
            return customer.id in standing and standing[customer.id].member and _in_pools(actor.permissions)
        if customer.holding is Holding.DEPT_QUEUE and queued:
            return True
        if customer.owner_id is None:
            return access.sees(change, customer)
        if customer.owner_id not in of_owner:
            of_owner[customer.owner_id] = access.sees(change, customer)
        return of_owner[customer.owner_id]

    return sees


def _in_pools(permissions: frozenset[str]) -> bool:
    return any(key.startswith("pool.") for key in permissions)
