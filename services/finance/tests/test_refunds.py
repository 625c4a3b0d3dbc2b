"""Refunds (FIN-16): approved, paid once, never more than was received; what they had paid is owed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.office.approvals_events import (
    ApprovalApproved,
    ApprovalRejected,
    ApprovalResubmitted,
    ApprovalReturned,
    ApprovalStarted,
)
from infra.postgres import SharedPostgres
from owing.books import FU, NOW, TODAY, Books, books, seller
from serving.alone import employee
from serving.hearing import hear
from spending.jobs import run

pytestmark = pytest.mark.infra

KAI = employee("kai", "payment.register", payment="ALL")
PAID = {"paid_on": TODAY, "reference": "T-9"}


@pytest.fixture(scope="module")
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    with books(postgres_server) as made:
        yield made


def received(kept: Books, amount: str = "5000.00", of: str = "8000.00", **more: Any) -> dict[str, Any]:
    """A confirmed receipt of an order."""
    li = seller()
    return kept.confirm(kept.enter(li, kept.sell(li, of), amount, **more))


def ask(kept: Books, receipt: dict[str, Any], amount: str = "1000.00", **more: Any) -> dict[str, Any]:
    """A refund that waits."""
    given = {"receipt_id": receipt["id"], "amount": amount, "reason": "多付"} | more
    return dict(kept.service.call(FU, "request_refund", **given)["refund"])


def decide(kept: Books, refund: dict[str, Any], *, approved: bool = True) -> dict[str, Any]:
    """The refund after its flow ended, which is told twice."""
    about: dict[str, Any] = {
        "kind": "refund", "record_type": "refund", "record_id": refund["id"], "approval_id": uuid4(),
        "initiator_id": FU.id, "revision": 1, "snapshot_hash": "",
    }  # fmt: skip
    end = ApprovalApproved(**about) if approved else ApprovalRejected(**about, decided_by=uuid4(), comment="不行")
    hear(kept.service, end)
    hear(kept.service, end)
    return now(kept, refund)


def pay(kept: Books, refund: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"id": refund["id"], "version": refund["version"]} | PAID | more
    return dict(kept.service.call(KAI, "pay_refund", **given)["refund"])


def now(kept: Books, refund: dict[str, Any]) -> dict[str, Any]:
    [found] = kept.service.call(FU, "refunds_by_ids", ids=[refund["id"]])
    return dict(found)


def owed(kept: Books, receipt: dict[str, Any]) -> dict[str, Any]:
    [found] = kept.service.call(FU, "receivables_by_ids", ids=[receipt["receivable_id"]])
    return dict(found)


def reached(kept: Books, state: str) -> dict[str, Any]:
    """A refund in the state."""
    refund = ask(kept, received(kept))
    if state != "REQUESTED":
        refund = decide(kept, refund, approved=state != "REJECTED")
    if state == "PAID":
        refund = pay(kept, refund)
    if state == "CANCELLED":
        given = {"id": refund["id"], "version": refund["version"], "reason": "客户放弃"}
        refund = kept.service.call(FU, "cancel_refund", **given)["refund"]
    assert refund["state"] == state
    return refund


def test_fin_16_a_refund_of_1000_takes_1000_of_what_was_received(kept: Books) -> None:
    receipt = received(kept, "5000.00")
    refund = ask(kept, receipt)
    assert refund["state"] == "REQUESTED"
    assert owed(kept, receipt)["open_amount"] == "3000.00"
    approved = decide(kept, refund)
    assert (approved["state"], approved["version"]) == ("APPROVED", 2)
    paid = pay(kept, approved)
    assert (paid["state"], paid["paid_by"], paid["paid_on"]) == ("PAID", str(KAI.id), TODAY.isoformat())
    after = owed(kept, receipt)
    assert (after["received"], after["refunded"], after["open_amount"], after["state"]) == (
        "5000.00", "1000.00", "4000.00", "PARTIAL",
    )  # fmt: skip
    told = kept.told(f"refund/{refund['id']}")
    assert [kind for kind, _ in told] == ["refund.requested", "refund.approved", "refund.paid"]
    assert {name: told[-1][1][name] for name in ("order_id", "amount", "owed_again")} == {
        "order_id": receipt["order_id"], "amount": "1000.00", "owed_again": "1000.00",
    }  # fmt: skip


def test_a_settled_receivable_is_open_again_after_a_refund(kept: Books) -> None:
    receipt = received(kept, "8000.00")
    assert owed(kept, receipt)["state"] == "SETTLED"
    pay(kept, decide(kept, ask(kept, receipt, "8000.00")))
    after = owed(kept, receipt)
    assert (after["state"], after["open_amount"]) == ("OPEN", "8000.00")


def test_an_advance_payment_goes_back_first(kept: Books) -> None:
    receipt = received(kept, "1000.00", of="600.00", is_advance=True)
    pay(kept, decide(kept, ask(kept, receipt, "300.00")))
    assert (owed(kept, receipt)["state"], owed(kept, receipt)["refunded"]) == ("SETTLED", "0.00")
    pay(kept, decide(kept, ask(kept, receipt, "300.00")))
    assert (owed(kept, receipt)["state"], owed(kept, receipt)["refunded"]) == ("PARTIAL", "200.00")


@pytest.mark.parametrize("state", ["REQUESTED", "APPROVED", "REJECTED", "CANCELLED", "PAID"])
@pytest.mark.parametrize("action", ["pay", "cancel", "decide"])
def test_a_refund_allows_what_its_state_knows(kept: Books, state: str, action: str) -> None:
    refund = reached(kept, state)
    asked = {"id": refund["id"], "version": refund["version"]}
    if action == "decide":
        after = decide(kept, refund, approved=False)
        assert after["state"] == ("REJECTED" if state == "REQUESTED" else state)
    elif state == "APPROVED":
        assert (pay(kept, refund)["state"] if action == "pay" else "PAID") == "PAID"
    elif action == "pay":
        assert kept.service.refused(KAI, "pay_refund", **asked, **PAID) == "BAD_STATE"
    else:
        assert kept.service.refused(FU, "cancel_refund", **asked, reason="x") == "BAD_STATE"


def test_refunds_asked_for_at_once_are_at_most_what_was_received(kept: Books) -> None:
    receipt = received(kept, "1000.00")

    def go(_: int) -> str:
        try:
            return str(ask(kept, receipt, "300.00")["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(12) as crowd:
        assert Counter(crowd.map(go, range(12))) == {"REQUESTED": 3, "VALIDATION": 9}


def test_of_payments_of_a_refund_at_once_one_counts(kept: Books) -> None:
    receipt = received(kept, "1000.00")
    refund = decide(kept, ask(kept, receipt, "400.00"))

    def go(_: int) -> str:
        try:
            return str(pay(kept, refund)["state"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(12) as crowd:
        assert Counter(crowd.map(go, range(12))) == {"PAID": 1, "BAD_STATE": 11}
    assert owed(kept, receipt)["refunded"] == "400.00"


def test_what_was_refused_or_given_up_may_be_asked_for_again(kept: Books) -> None:
    receipt = received(kept, "1000.00")
    decide(kept, ask(kept, receipt, "1000.00"), approved=False)
    refund = decide(kept, ask(kept, receipt, "1000.00"))
    kept.service.call(FU, "cancel_refund", id=refund["id"], version=refund["version"], reason="客户放弃")
    assert ask(kept, receipt, "1000.00")["state"] == "REQUESTED"


def test_only_confirmed_money_is_refunded_and_refunded_money_is_not_reversed(kept: Books) -> None:
    li = seller()
    pending = kept.enter(li, kept.sell(li), "100.00")
    given = {"receipt_id": pending["id"], "amount": "1.00", "reason": "x"}
    assert kept.service.refused(FU, "request_refund", **given) == "BAD_STATE"
    receipt = received(kept, "1000.00")
    over = {"receipt_id": receipt["id"], "reason": "x"}
    for amount in ("1000.01", "0.00", "0.001"):
        assert kept.service.refused(FU, "request_refund", **over, amount=amount) == "VALIDATION"
    refund = ask(kept, receipt, "1.00")
    back = {"id": receipt["id"], "version": receipt["version"], "reason": "银行退票"}
    assert kept.service.refused(FU, "reverse_receipt", **back) == "BAD_STATE"
    decide(kept, refund, approved=False)
    assert kept.service.call(FU, "reverse_receipt", **back)["receipt"]["state"] == "REVERSED"


def test_a_refund_is_paid_in_an_open_month_that_has_come(kept: Books) -> None:
    refund = decide(kept, ask(kept, received(kept)))
    asked = {"id": refund["id"], "version": refund["version"]}
    tomorrow = TODAY + timedelta(days=1)
    assert kept.service.refused(KAI, "pay_refund", **asked, paid_on=tomorrow) == "VALIDATION"
    kept.service.call(FU, "close_period", month="2026-09")
    assert kept.service.refused(KAI, "pay_refund", **asked, paid_on="2026-09-30") == "BAD_STATE"
    assert kept.service.refused(KAI, "pay_refund", **asked | {"version": 9}, **PAID) == "CONFLICT"


def test_refunds_are_by_key_and_scope(kept: Books) -> None:
    receipt = received(kept)
    refund = decide(kept, ask(kept, receipt))
    near = replace(FU, id=uuid4(), scopes={})
    given = {"receipt_id": receipt["id"], "amount": "1.00", "reason": "x"}
    asked = {"id": refund["id"], "version": refund["version"]}
    assert kept.service.refused(near, "request_refund", **given) == "NOT_FOUND"
    assert kept.service.refused(near, "cancel_refund", **asked, reason="x") == "NOT_FOUND"
    assert kept.service.refused(replace(KAI, scopes={}), "pay_refund", **asked, **PAID) == "NOT_FOUND"
    assert kept.service.refused(seller(), "request_refund", **given) == "FORBIDDEN"
    assert kept.service.refused(FU, "pay_refund", **asked, **PAID) == "FORBIDDEN"
    assert kept.service.refused(seller(), "refunds") == "FORBIDDEN"
    assert kept.service.refused(None, "refunds") == "UNAUTHENTICATED"
    assert kept.service.call(near, "refunds_by_ids", ids=[refund["id"]]) == [None]


def test_a_refund_asked_for_under_one_key_is_one(kept: Books) -> None:
    receipt = received(kept)
    first, second = (ask(kept, receipt, idempotency_key=f"r {receipt['id']}") for _ in range(2))
    assert first["id"] == second["id"]


def test_whoever_was_cut_off_is_asked_about_again_until_the_flow_begins(kept: Books) -> None:
    refund = ask(kept, received(kept))
    started = ApprovalStarted(
        kind="refund", record_type="refund", record_id=refund["id"], approval_id=uuid4(), initiator_id=FU.id,
        revision=1, snapshot_hash="", flow_id=uuid4(), title="退款",
    )  # fmt: skip
    waiting = "SELECT count(*) FROM refund WHERE id = %s AND approval_id IS NULL"
    assert kept.service.store.rows(waiting, (refund["id"],)) == [(1,)]
    hear(kept.service, started)
    assert kept.service.store.rows(waiting, (refund["id"],)) == [(0,)]
    with kept.service.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE refund SET approval_id = id")
    assert run(kept.service, "finance.refund_approvals", NOW + timedelta(hours=1)) == {"asked": 0}


@pytest.mark.parametrize(("end", "state"), [(ApprovalApproved, "APPROVED"), (ApprovalRejected, "REJECTED")])
def test_what_becomes_of_an_approval_is_heard_by_one_method_in_its_order(kept: Books, end: Any, state: str) -> None:
    refund, approval = ask(kept, received(kept)), uuid4()
    about: dict[str, Any] = {
        "kind": "refund", "record_type": "refund", "record_id": refund["id"], "approval_id": approval,
        "initiator_id": FU.id, "revision": 1, "snapshot_hash": "",
    }  # fmt: skip
    said: dict[str, Any] = {"decided_by": uuid4(), "comment": "少了凭证"}
    hear(
        kept.service,
        ApprovalStarted(**about, flow_id=uuid4(), title="退款"),
        ApprovalReturned(**about, **said),
        ApprovalResubmitted(**about | {"revision": 2}),
        end(**about | {"revision": 2}, **(said if end is ApprovalRejected else {})),
    )
    after = "SELECT state, approval_id FROM refund WHERE id = %s"
    assert kept.service.store.rows(after, (refund["id"],)) == [(state, approval)]
    heard = "SELECT consumer, count(*) FROM inbox WHERE subject = %s GROUP BY 1 ORDER BY 1"
    methods = ("follow_refund_approval", "follow_write_off", "note_what_becomes_of_an_approval")
    assert kept.service.store.rows(heard, (f"approval/{approval}",)) == [(each, 4) for each in methods]
