"""What is spent is told to those it concerns, each once (FIN-08, 11, 14)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from crm_common.context import Actor
from crm_common.ids import to_global
from crm_common.protocol.finance.expenses import ExpenseApproved, ExpensePaid, ExpenseRejected
from crm_common.protocol.finance.funds import FundOverdue
from crm_common.protocol.finance.payables import PayableDue, PayableKind
from serving.alone import Alone, employee
from serving.hearing import deliver, envelope, hear

DAY = date(2026, 12, 10)


def somebody() -> Actor:
    return employee(uuid4().hex)


def told(service: Alone, who: Actor) -> list[tuple[str, str]]:
    """What his messages are about and their titles, the earliest first."""
    return [(each["about"], each["title"]) for each in reversed(service.call(who, "messages")["nodes"])]


def claim(who: Actor) -> dict[str, Any]:
    return {
        "claim_id": uuid4(), "claimant_id": who.id, "title": "上海出差", "amount": Decimal("1200.50"),
        "currency": "CNY", "changes": {},
    }  # fmt: skip


def test_fin_11_the_claimant_hears_what_becomes_of_his_claim(service: Alone) -> None:
    li, of = somebody(), uuid4()
    about = claim(li)
    for _ in range(2):
        hear(service, ExpenseRejected(**about, reviewed_by=of, reason="缺少票据"), call="one review")
    hear(service, ExpenseApproved(**about, payable_id=uuid4(), reviewed_by=of))
    hear(service, ExpensePaid(**about, payment_id=uuid4(), paid_by=of, paid_on=DAY))
    record = to_global("ExpenseClaim", about["claim_id"])
    assert told(service, li) == [
        (record, "您的报销「上海出差」（1,200.50 CNY）被驳回"),
        (record, "您的报销「上海出差」（1,200.50 CNY）已通过审核"),
        (record, "您的报销「上海出差」（1,200.50 CNY）已于 2026-12-10 支付"),
    ]


def test_fin_08_whoever_is_in_charge_is_reminded_once_for_a_day(service: Alone) -> None:
    fu, payable_id = somebody(), uuid4()
    due: dict[str, Any] = {
        "payable_id": payable_id, "kind": PayableKind.PURCHASE, "title": "展台搭建", "owner_id": fu.id,
        "claim_id": None, "amount": Decimal(1000), "open_amount": Decimal(600), "currency": "CNY", "due_on": DAY,
    }  # fmt: skip
    arriving: Any = PayableDue(**due, reminded_on=DAY)
    deliver(service, [envelope(arriving, "a"), envelope(arriving, "b")])
    hear(service, PayableDue(**due, reminded_on=date(2026, 12, 17)))
    title = "应付款「展台搭建」：600.00 CNY，到期日 2026-12-10"
    assert told(service, fu) == [(to_global("Payable", payable_id), title)] * 2


def test_fin_14_whoever_took_it_and_whoever_gave_it_are_reminded(service: Alone) -> None:
    li, fei, use = somebody(), somebody(), uuid4()
    hear(
        service,
        FundOverdue(
            fund_use_id=use, user_id=li.id, registered_by=fei.id, purpose="参展备用金", amount=Decimal(2000),
            open_amount=Decimal(1500), currency="CNY", due_on=DAY, reminded_on=date(2026, 12, 11),
        ),
    )  # fmt: skip
    for each in (li, fei):
        assert told(service, each) == [
            (to_global("FundUse", use), "用款「参展备用金」：1,500.00 CNY 应于 2026-12-10 前归还")
        ]
