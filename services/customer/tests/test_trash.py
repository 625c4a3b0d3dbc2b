"""The trash (CUS-24, 25, 26): discarded from the pool alone, restored with its history, purged after its days."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from dealing.firm import POOL_ADMIN, SELLER, Firm, at

pytestmark = pytest.mark.infra


@pytest.fixture
def steward(deal: Firm) -> Actor:
    return deal.person("steward", *POOL_ADMIN)


def listed(deal: Firm, by: Actor, method: str) -> set[str]:
    return {each["id"] for each in deal.call(by, method, first=100)["nodes"]}


def test_cus_24_25_discarded_and_restored(deal: Firm, steward: Actor) -> None:
    [one] = deal.pooled()
    assert deal.codes(steward, "discard_customers", [one], reason="空号") == [None]
    assert str(one) not in listed(deal, steward, "pool_customers")
    assert str(one) in listed(deal, steward, "trashed_customers")
    assert deal.codes(steward, "discard_customers", [one], reason="空号") == ["BAD_STATE"]
    assert deal.codes(steward, "restore_customers", [one]) == [None]
    assert str(one) in listed(deal, steward, "pool_customers")
    assert str(one) not in listed(deal, steward, "trashed_customers")
    assert deal.row(one, "pool_reason", "times_in_pool") == ("RESTORED", 2)
    assert deal.codes(steward, "restore_customers", [one]) == ["BAD_STATE"]
    assert [kind for kind, _ in deal.events(one)] == ["customer.discarded", "customer.restored"]
    history = deal.call(steward, "ownership_history", customer_id=one)["nodes"]
    assert [(each["type"], each["reason"]) for each in history] == [
        ("customer.restored", None), ("customer.discarded", "空号"),
    ]  # fmt: skip


def test_cus_24_what_is_open_still_keeps_a_customer_out_of_the_trash(deal: Firm, steward: Actor) -> None:
    [ticket, money, free] = deal.pooled(3)
    for customer_id, reason in ((ticket, "OPEN_TICKET"), (money, "OPEN_RECEIVABLE")):
        deal.as_system("hold", customer_id=customer_id, reference=f"x:y/{uuid4()}", reason=reason)
    told = ["BAD_STATE", None, "BAD_STATE"]
    assert deal.codes(steward, "discard_customers", [ticket, free, money], reason="x") == told


def test_the_trash_is_for_those_who_may(deal: Firm, steward: Actor) -> None:
    li = deal.person("li", *SELLER)
    [one] = deal.pooled()
    assert deal.refused(li, "discard_customers", ids=[one], reason="x") == "FORBIDDEN"
    assert deal.refused(steward, "discard_customers", ids=[one]) == "VALIDATION"
    deal.codes(steward, "discard_customers", [one], reason="x")
    assert deal.refused(li, "trashed_customers") == "FORBIDDEN"
    assert deal.refused(li, "restore_customers", ids=[one]) == "FORBIDDEN"
    assert deal.refused(steward, "purge_customers", ids=[one]) == "FORBIDDEN"
    assert deal.call(li, "customers_by_ids", ids=[one]) == [None]
    assert deal.codes(li, "claim_customers", [one]) == ["READ_ONLY"]


def test_cus_26_purged_thirty_days_after_and_nothing_tells_who_it_was(deal: Firm, steward: Actor) -> None:
    cleaner = deal.person("cleaner", *POOL_ADMIN, "customer.purge")
    [one, other] = deal.pooled(2)
    deal.codes(steward, "discard_customers", [one, other], reason="x")
    deal.clock.moment = at(30) - timedelta(seconds=1)
    assert deal.codes(cleaner, "purge_customers", [one]) == ["BAD_STATE"]
    deal.clock.moment = at(30)
    assert deal.codes(cleaner, "purge_customers", [one, *deal.pooled(1)]) == [None, "BAD_STATE"]
    assert deal.row(one, "holding", "name", "phone_mask", "phone_cipher") == ("ERASED", "（已清除）", "", b"")
    kind, told = deal.events(one)[-1]
    assert (kind, told["name"]) == ("customer.erased", "（已清除）")
    assert deal.call(cleaner, "customers_by_ids", ids=[one]) == [None]
    assert deal.codes(cleaner, "restore_customers", [one, other]) == ["NOT_FOUND", None]


def test_cus_26_erased_ones_do_not_stand_in_one_anothers_way(deal: Firm, steward: Actor) -> None:
    cleaner = deal.person("cleaner", *POOL_ADMIN, "customer.purge")
    deal.settings.values["trash.min_days"] = 0
    ids: list[UUID] = deal.pooled(2)
    deal.codes(steward, "discard_customers", ids, reason="x")
    assert deal.codes(cleaner, "purge_customers", ids) == [None, None]
