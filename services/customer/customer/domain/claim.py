"""Claims (CUS-21, 22): what is refused as a whole, and what is said of each customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.customer.pool_rules import PoolRules
from crm_common.protocol.customer.rules import CustomerRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the company allows; 0 switches a limit off."""

    at_once: int
    times_per_day: int
    customers_per_day: int
    gap: timedelta
    held: int
    held_by_department: int
    cooldown: timedelta
    freeze: timedelta

    @property
    def personal(self) -> bool:
        """Whether claims of one person (or department) have to be settled one after another."""
        return any((self.times_per_day, self.customers_per_day, self.gap, self.held, self.held_by_department))


class Gate(StrEnum):
    """Why no customer at all can be claimed."""

    TIMES = "TIMES"
    GAP = "GAP"


class Verdict(StrEnum):
    """What the database found of a customer, under its lock."""

    CLAIMED = "CLAIMED"
    NO_ROOM = "NO_ROOM"
    COOLING = "COOLING"
    FROZEN = "FROZEN"
    TAKEN = "TAKEN"
    MINE = "MINE"
    TRASH = "TRASH"
    GONE = "GONE"


def refuse_too_many(given: int, limits: Limits) -> None:
    """The whole call, before anything is looked at."""
    if given > limits.at_once:
        raise PoolRules.a_claim_names_at_most_so_many_customers(field="ids", limit=limits.at_once, given=given)


def refusal_of_call(gate: Gate, limits: Limits) -> CrmError:
    """Why the whole call is refused."""
    if gate is Gate.TIMES:
        return PoolRules.the_claims_of_the_day_are_used_up(field="ids", limit=limits.times_per_day)
    return PoolRules.the_next_claim_is_not_due_yet(field="ids", seconds=int(limits.gap.total_seconds()))


def refusal(verdict: Verdict, limits: Limits) -> CrmError | None:
    """Why one customer was not claimed; None when it was."""
    if verdict is Verdict.COOLING:
        return PoolRules.a_former_owner_waits_before_he_claims_again(field="ids", days=limits.cooldown.days)
    if verdict is Verdict.FROZEN:
        hours = int(limits.freeze.total_seconds()) // 3600
        return PoolRules.a_new_arrival_cannot_be_claimed_yet(field="ids", hours=hours)
    plain = {
        Verdict.NO_ROOM: PoolRules.there_is_no_room_for_more_customers,
        Verdict.TAKEN: PoolRules.somebody_else_was_faster,
        Verdict.MINE: PoolRules.the_customer_is_his_already,
        Verdict.TRASH: CustomerRules.a_customer_in_the_trash_is_read_only,
        Verdict.GONE: CommonRules.the_record_was_not_found,
    }
    return plain[verdict](field="ids") if verdict in plain else None


def day_start(now: datetime, local: datetime) -> datetime:
    """The midnight (UTC) that began the day which ``local``, the company's clock at ``now``, shows."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(now.tzinfo)
