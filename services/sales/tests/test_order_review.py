"""Reviewing orders (FIN-01): one decision, one effect, whoever comes at once; what is refused changes nothing."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.errors import CrmError
from crm_common.protocol.sales.orders import OrderState as S
from earning.approved import known
from ordering import voucher
from ordering.reviewing import KEYS, performance, placed, refused, reviewed, told
from serving.alone import Alone

pytestmark = pytest.mark.infra

REVIEW = ("order.view", "order.review")


@pytest.fixture
def li(service: Alone) -> Actor:
    return known(service, "review.li", *KEYS, order="SELF")


@pytest.fixture
def fu(service: Alone) -> Actor:
    return known(service, "review.fu", *REVIEW, order="ALL")


def test_an_approved_order_is_due_and_counts_as_performance(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li)

    after = reviewed(service, fu, waiting)

    assert (after["state"], after["reviewed_by"], after["version"]) == ("APPROVED", str(fu.id), 2)
    assert after["due_on"] is not None
    assert told(service, waiting) == ["order.approved"]
    assert performance(service, li, waiting) == ["120000.00"]
    [[data]] = service.store.rows("SELECT data FROM journal WHERE subject = %s", (f"order/{waiting.id}",))
    assert (data["amount"], data["record"], data["opportunity_id"]) == ("120000.00", "ORDER_APPROVED", None)
    assert [(each["amount"], each["currency"]) for each in data["vouchers"]] == [("50000.00", "CNY")]
    assert [(each["name"], each["quantity"]) for each in data["lines"]] == [("稳健一号", "1.0000")]
    assert data["due_on"] == after["due_on"]


def test_a_day_that_the_order_names_itself_stays(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li, due_on=date(2027, 1, 31))
    assert reviewed(service, fu, waiting)["due_on"] == "2027-01-31"


def test_a_rejection_says_why_and_gives_the_order_back(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li)
    assert refused(service, fu, waiting, "REJECT") == "VALIDATION"
    assert refused(service, fu, waiting, "REJECT", reason="  ") == "VALIDATION"

    after = reviewed(service, fu, waiting, "REJECT", reason="凭证不清晰")

    assert (after["state"], after["reason"]) == ("REJECTED", "凭证不清晰")
    assert told(service, waiting) == ["order.rejected"]
    assert performance(service, li, waiting) == []


def test_a_second_decision_is_bad_state_whatever_version_it_names(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li)
    reviewed(service, fu, waiting)
    for version in (waiting.version, waiting.version + 1):
        assert refused(service, fu, waiting, version=version) == "BAD_STATE"
        assert refused(service, fu, waiting, "REJECT", reason="x", version=version) == "BAD_STATE"


def test_a_decision_on_what_was_changed_meanwhile_is_a_conflict(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li)
    assert refused(service, fu, waiting, version=7) == "CONFLICT"


@pytest.mark.parametrize("state", [each for each in S if each is not S.PENDING_REVIEW])
def test_only_what_waits_is_reviewed(service: Alone, li: Actor, fu: Actor, state: S) -> None:
    assert refused(service, fu, placed(service, li, state)) == "BAD_STATE"


def test_nobody_reviews_his_own_order_and_sellers_review_none(service: Alone, li: Actor, fu: Actor) -> None:
    assert refused(service, li, placed(service, li)) == "FORBIDDEN"
    assert refused(service, fu, placed(service, fu)) == "FORBIDDEN"
    boss = known(service, "review.boss", *REVIEW, order="SELF")
    assert refused(service, boss, placed(service, li)) == "NOT_FOUND"


def test_of_50_reviews_at_once_one_has_an_effect(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li)
    asked = ["APPROVE", "REJECT"] * 25

    def decide(decision: str) -> str:
        try:
            return str(reviewed(service, fu, waiting, decision, reason="同时审核")["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(16) as pool:
        outcomes = Counter(pool.map(decide, asked))

    [state] = [each for each in outcomes if each in ("APPROVED", "REJECTED")]
    assert outcomes == {state: 1, "BAD_STATE": 49}
    assert told(service, waiting) == [f"order.{state.lower()}"]
    assert performance(service, li, waiting) == (["120000.00"] if state == "APPROVED" else [])


def test_the_database_itself_knows_that_nobody_reviews_his_own(service: Alone, li: Actor) -> None:
    with pytest.raises(Exception, match="violates check constraint"):
        placed(service, li, S.APPROVED, reviewed_by=li.id)


def test_byd_12_the_same_picture_on_two_orders_is_flagged_and_blocks_nothing(
    service: Alone, li: Actor, fu: Actor
) -> None:
    picture = uuid4().hex * 2
    first, second = (placed(service, li, vouchers=(voucher(sha256=picture),)) for _ in range(2))
    gone = placed(service, li, S.CANCELLED, vouchers=(voucher(sha256=picture),))
    alone = placed(service, li)

    flags = {}
    for each in (first, second, gone, alone):
        select = (
            '[["vouchers","vouchers",{},[["duplicate_voucher_of","duplicate_voucher_of"],'
            '["duplicate_voucher_number","duplicate_voucher_number"]]]]'
        )
        [found] = service.call(fu, "orders_by_ids", ids=[str(each.id)], select=select)
        flags[each.id] = [tuple(one.values()) for one in found["vouchers"]]

    assert flags == {
        first.id: [(str(second.id), second.number)],
        second.id: [(str(first.id), first.number)],
        gone.id: [
            (str(min(first, second, key=lambda each: each.id).id), min(first, second, key=lambda e: e.id).number)
        ],
        alone.id: [(None, None)],
    }
    assert reviewed(service, fu, second)["state"] == "APPROVED"


def test_who_reviews_sees_all_that_waits_longest_first(service: Alone, li: Actor, fu: Actor) -> None:
    waiting, draft = placed(service, li), placed(service, li, S.DRAFT)
    ids = [each["id"] for each in service.call(fu, "orders_to_review", first=100)["nodes"]]
    assert str(waiting.id) in ids
    assert str(draft.id) not in ids
    assert service.refused(li, "orders_to_review") == "FORBIDDEN"


def test_one_s_own_order_is_delivered_by_nobody_else(service: Alone, li: Actor, fu: Actor) -> None:
    approved = placed(service, li, S.APPROVED)
    chief = known(service, "review.chief", "order.view", "order.create", order="ALL")
    stranger = known(service, "review.stranger", "order.view", "order.create", order="SELF")
    asked = {"id": str(approved.id), "version": 1}
    assert service.refused(chief, "mark_order_delivered", **asked) == "FORBIDDEN"
    assert service.refused(stranger, "mark_order_delivered", **asked) == "NOT_FOUND"
    assert service.refused(li, "mark_order_delivered", id=str(approved.id), version=5) == "CONFLICT"
    assert service.refused(li, "cancel_order", **asked) == "BAD_STATE"
    assert service.refused(li, "update_order", **asked, remark="x") == "BAD_STATE"


def test_the_history_tells_what_happened(service: Alone, li: Actor, fu: Actor) -> None:
    waiting = placed(service, li)
    reviewed(service, fu, waiting)
    [entry] = service.call(li, "order_history", id=str(waiting.id))["nodes"]
    assert (entry["type"], entry["changes"]["state"]) == ("order.approved", ["PENDING_REVIEW", "APPROVED"])
    assert UUID(entry["employee_id"]) == fu.id
