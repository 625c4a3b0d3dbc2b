"""Giving customers away (CUS-07 … 10, 36): who may, what is refused and why, and the history of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from dealing.firm import MANAGER, POOL_ADMIN, SELLER, Firm, at, moment

pytestmark = pytest.mark.infra


@pytest.fixture
def li(deal: Firm) -> Actor:
    return deal.person("li", *SELLER)


def hold(deal: Firm, customer_id: UUID, reason: str = "ORDER_REVIEW") -> str:
    reference = f"sales:order/{uuid4()}"
    told = deal.as_system("hold", customer_id=customer_id, reference=reference, reason=reason)
    assert told == {"placed": True}
    return reference


def test_cus_08_a_released_customer_is_in_the_pool_and_no_longer_his(deal: Firm, li: Actor) -> None:
    [one, two] = deal.owned(li, 2)
    deal.clock.moment = at(3)
    answer = deal.call(li, "release_customers", ids=[one], reason="搬走了")
    assert answer["results"] == [{"customer_id": str(one), "done": True, "code": None, "message": None}]
    [record] = answer["customers"]
    assert (record["holding"], record["pool_reason"], record["times_in_pool"]) == ("POOL", "RELEASED", 1)
    assert [each["id"] for each in deal.call(li, "my_customers")["nodes"]] == [str(two)]
    assert str(one) in [each["id"] for each in deal.call(li, "pool_customers", first=100)["nodes"]]
    [(kind, told)] = deal.events(one)
    assert (kind, told["reason"], told["from_owner_id"], told["owner_id"]) == (
        "customer.released", "搬走了", str(li.id), None,
    )  # fmt: skip
    assert told["changes"]["owner_id"] == [str(li.id), None]
    assert deal.row(one, "last_owner_id", "last_owner_lost_at", "anchor_at") == (li.id, at(3), None)


def test_cus_08_a_reason_is_required(deal: Firm, li: Actor) -> None:
    ids = deal.owned(li)
    assert deal.refused(li, "release_customers", ids=ids, reason="") == "VALIDATION"
    assert deal.refused(li, "release_customers", ids=ids) == "VALIDATION"


def test_cus_08_release_is_the_owners_and_the_superiors(deal: Firm, li: Actor) -> None:
    stranger = deal.person("stranger", *SELLER)
    boss = deal.person("boss", *MANAGER, customer="TEAM")
    member = deal.person("member", *SELLER, line=(boss.id,))
    [his], [members] = deal.owned(li), deal.owned(member)
    [pooled] = deal.pooled()
    assert deal.codes(stranger, "release_customers", [his, pooled], reason="x") == ["NOT_FOUND", "READ_ONLY"]
    assert deal.codes(boss, "release_customers", [members, his], reason="x") == [None, "NOT_FOUND"]
    assert deal.row(his, "owner_id") == li.id
    assert deal.refused(deal.person("viewer", "customer.view"), "release_customers", ids=[his], reason="x") == (
        "FORBIDDEN"
    )


def test_an_order_that_waits_for_review_keeps_a_customer_in_its_hands(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    reference = hold(deal, one)
    assert deal.codes(li, "release_customers", [one], reason="x") == ["BAD_STATE"]
    assert deal.call(li, "customers_by_ids", ids=[one])[0]["reclaim_due_at"] is None
    again = {"customer_id": one, "reference": reference}
    assert deal.as_system("hold", **again, reason="ORDER_REVIEW") == {"placed": False}
    assert deal.as_system("release_hold", **again) == {"released": True}
    assert deal.as_system("release_hold", **again) == {"released": False}
    assert deal.codes(li, "release_customers", [one], reason="x") == [None]
    assert [kind for kind, _ in deal.events(one)] == [
        "customer.held", "customer.hold_released", "customer.released",
    ]  # fmt: skip
    refused = {"customer_id": one, "reference": reference, "reason": "ORDER_REVIEW"}
    with pytest.raises(Exception, match="BAD_STATE"):
        deal.as_system("hold", **refused)
    with pytest.raises(Exception, match="NOT_FOUND"):
        deal.as_system("hold", **refused | {"customer_id": uuid4()})
    assert deal.refused(li, "hold", **refused) == "FORBIDDEN"


def test_cus_09_a_transfer_gives_all_to_the_new_owner_and_restarts_the_clock(deal: Firm, li: Actor) -> None:
    receiver = deal.employee("wang", deal.house.root, *SELLER)
    [one] = deal.owned(li)
    deal.clock.moment = at(40)
    assert deal.codes(li, "transfer_customers", [one], to_id=receiver.id, reason="换人") == [None]
    assert deal.call(li, "customers_by_ids", ids=[one]) == [None]
    [seen] = deal.call(receiver, "customers_by_ids", ids=[one])
    assert (seen["owner_id"], moment(seen["owned_since"]), seen["last_owner_id"]) == (
        str(receiver.id), at(40), str(li.id),
    )  # fmt: skip
    assert "*" not in seen["phone"]
    assert (moment(seen["reclaim_due_at"]), seen["reclaim_reason"]) == (at(130), "NO_FOLLOWUP")
    [(kind, told)] = deal.events(one)
    assert (kind, told["from_owner_id"], told["cascade"]) == ("customer.transferred", str(li.id), True)


def test_cus_09_transfer_to_nobody_who_works_here_is_refused_as_a_whole(deal: Firm, li: Actor) -> None:
    gone = deal.employee("gone", deal.house.root)
    deal.disable(gone)
    ids = deal.owned(li)
    # the copy in this service still has him as active: identity is asked
    assert deal.refused(li, "transfer_customers", ids=ids, to_id=gone.id) == "VALIDATION"
    assert deal.refused(li, "transfer_customers", ids=ids, to_id=uuid4()) == "VALIDATION"


def test_cus_09_each_customer_of_a_transfer_gets_its_own_answer(deal: Firm, li: Actor) -> None:
    receiver = deal.employee("zhao", deal.house.root, *SELLER)
    [mine], [others], [pooled], [his] = deal.owned(li), deal.owned(uuid4()), deal.pooled(), deal.owned(receiver)
    [trash] = deal.pooled(holding="TRASH", entered=None)
    ids = [others, mine, pooled, his, uuid4(), trash]
    told = ["NOT_FOUND", None, "READ_ONLY", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]
    assert deal.codes(li, "transfer_customers", ids, to_id=receiver.id) == told
    assert deal.codes(receiver, "transfer_customers", [his], to_id=receiver.id) == ["BAD_STATE"]


def test_cus_10_a_superior_transfers_a_leavers_thirty(deal: Firm) -> None:
    boss = deal.person("boss", *MANAGER, customer="TEAM")
    leaver = deal.employee("leaver", deal.house.root, *SELLER, line=(boss.id,))
    heir = deal.employee("heir", deal.house.root, *SELLER, line=(boss.id,))
    ids = deal.owned(leaver, 30)
    deal.disable(leaver)
    without = deal.person("colleague", *SELLER, customer="ALL")
    assert deal.codes(without, "transfer_customers", ids[:1], to_id=heir.id) == ["FORBIDDEN"]
    assert deal.codes(boss, "transfer_customers", ids, to_id=heir.id) == [None] * 30
    assert deal.call(heir, "my_customers", total=True)["total"] == 30
    assert deal.call(heir, "customers_by_ids", ids=ids[:1])[0]["owner_id"] == str(heir.id)


def test_cus_07_an_owned_customer_cannot_be_discarded_by_anybody(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    everything = deal.person("admin", *MANAGER, *POOL_ADMIN, "customer.purge", customer="ALL")
    for who in (li, everything):
        assert deal.codes(who, "discard_customers", [one], reason="x") == ["BAD_STATE"]
    assert deal.codes(everything, "purge_customers", [one]) == ["BAD_STATE"]
    assert deal.row(one, "holding") == "OWNED"
    assert deal.events(one) == []


def test_more_than_five_hundred_at_once_are_refused(deal: Firm, li: Actor) -> None:
    ids = [uuid4() for _ in range(501)]
    assert deal.refused(li, "release_customers", ids=ids, reason="x") == "LIMIT_EXCEEDED"


def test_cus_36_the_history_tells_from_to_by_why_and_when(deal: Firm, li: Actor) -> None:
    wang = deal.person("wang", *SELLER)
    [one] = deal.owned(li)
    deal.codes(li, "release_customers", [one], reason="搬走了")
    deal.clock.moment = at(1)
    deal.codes(wang, "claim_customers", [one])
    nodes: list[dict[str, Any]] = deal.call(wang, "ownership_history", customer_id=one)["nodes"]
    for node in nodes:
        node.pop("id")
    assert nodes == [
        {
            "type": "customer.claimed", "changed_at": "2026-11-24T09:00:00.000000Z",
            "from_holding": "POOL", "to_holding": "OWNED", "from_owner_id": None, "from_owner_name": None,
            "to_owner_id": str(wang.id), "to_owner_name": wang.name, "reason": None,
            "by_id": str(wang.id), "by_name": wang.name,
        },
        {
            "type": "customer.released", "changed_at": "2026-11-23T09:00:00.000000Z",
            "from_holding": "OWNED", "to_holding": "POOL", "from_owner_id": str(li.id), "from_owner_name": li.name,
            "to_owner_id": None, "to_owner_name": None, "reason": "搬走了",
            "by_id": str(li.id), "by_name": li.name,
        },
    ]  # fmt: skip
    assert deal.refused(li, "ownership_history", customer_id=one) == "NOT_FOUND"
    assert deal.refused(wang, "ownership_history", customer_id=uuid4()) == "NOT_FOUND"
