"""What a change of hands is and what may be said of each customer of a call (features §3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from crm_common.errors import CrmError
from crm_common.protocol.customer.holding import CustomerOutcome, HoldReason
from crm_common.protocol.customer.pool_rules import HoldingRules
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.declare import Changes
from customer.domain.customer import Held

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer after a change of hands, and what of its row became different."""

    id: UUID
    name: str
    owner_id: UUID | None
    holding: Holding
    changes: Changes

    def told(self) -> dict[str, Any]:
        """What every event of a customer says."""
        return {
            "customer_id": self.id,
            "name": self.name,
            "owner_id": self.owner_id,
            "holding": self.holding,
            "changes": self.changes,
        }


def refusal_of_release(held: Held, holds: Iterable[str]) -> CrmError | None:
    """OWNED → POOL: nothing of the customer waits for review."""
    if held.holding is not Holding.OWNED:
        return _not_owned(held)
    if HoldReason.ORDER_REVIEW in holds:
        return HoldingRules.an_order_waits_for_review(field="ids")
    return None


def refusal_of_transfer(held: Held, receiver: UUID) -> CrmError | None:
    """OWNED → OWNED, by somebody else."""
    if held.holding is not Holding.OWNED:
        return _not_owned(held)
    if held.owner_id == receiver:
        return HoldingRules.only_an_owned_customer_can_be_given_away(field="to_id")
    return None


def refusal_of_assignment(held: Held) -> CrmError | None:
    """POOL → OWNED or DEPT_QUEUE."""
    if held.holding is not Holding.POOL:
        return HoldingRules.only_a_pool_customer_can_be_treated_so(field="ids")
    return None


def refusal_of_passing_on(held: Held) -> CrmError | None:
    """DEPT_QUEUE → OWNED."""
    if held.holding is not Holding.DEPT_QUEUE:
        return HoldingRules.only_a_waiting_customer_can_be_passed_on(field="ids")
    return None


def refusal_of_discard(held: Held, holds: Sequence[str]) -> CrmError | None:
    """POOL → TRASH: an owned customer never, for nobody; nothing of it may be open."""
    if held.holding is not Holding.POOL:
        return HoldingRules.only_a_pool_customer_can_be_treated_so(field="ids")
    if holds:
        return HoldingRules.something_of_the_customer_is_open(field="ids", reasons=", ".join(sorted(set(holds))))
    return None


def refusal_of_restore(held: Held) -> CrmError | None:
    """TRASH → POOL."""
    if held.holding is not Holding.TRASH:
        return HoldingRules.only_a_discarded_customer_can_be_treated_so(field="ids")
    return None


def shares(records: Sequence[T], receivers: Sequence[UUID]) -> dict[UUID, list[T]]:
    """The records dealt out evenly, in their order: 25 to two are 13 and 12."""
    dealt: dict[UUID, list[T]] = {receiver: [] for receiver in dict.fromkeys(receivers)}
    people = list(dealt)
    for place, record in enumerate(records):
        dealt[people[place % len(people)]].append(record)
    return dealt


def outcome(customer_id: UUID, refusal: CrmError | None, language: str) -> CustomerOutcome:
    """What became of one customer of a call."""
    return CustomerOutcome(
        customer_id=customer_id,
        done=refusal is None,
        code=None if refusal is None else refusal.code.value,
        message=None if refusal is None else refusal.message(language),
    )


def _not_owned(held: Held) -> CrmError:
    if held.holding is Holding.POOL:
        return CustomerRules.a_customer_in_the_pool_is_read_only(field="ids")
    if held.holding is Holding.TRASH:
        return CustomerRules.a_customer_in_the_trash_is_read_only(field="ids")
    if held.holding is Holding.DEPT_QUEUE:
        return CustomerRules.a_customer_waits_for_its_head(field="ids")
    return HoldingRules.only_an_owned_customer_can_be_given_away(field="ids")
