"""What customers of a demo company owe and have paid: in time, in part, too late, not yet looked at. Loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.protocol.finance import receivables_events as told
from crm_common.protocol.finance.money_demo import DemoDebtor, LoadDemoMoney
from crm_common.protocol.finance.receivables import ReceivableSource
from finance.domain import receipt as receipts
from finance.domain import receivable as domain
from finance.domain.receipt import Receipt
from finance.domain.receivable import Receivable
from finance.store import receivables as store
from finance.store.receivables import RECEIPTS
from finance.usecases.receivables import add, keep


@dataclass(frozen=True, slots=True)
class Invented:
    """Something owed since so many days, due so many days after; what was paid of it so many days ago."""

    title: str
    amount: str
    since: int
    due_after: int = 30
    paid: tuple[tuple[str, int], ...] = ()
    waiting: tuple[tuple[str, int], ...] = ()


INVENTED = (
    Invented("年度咨询服务费", "36000.00", 45, paid=(("18000.00", 30), ("18000.00", 12))),
    Invented("系统实施费（首期）", "58000.00", 38, paid=(("30000.00", 20),)),
    Invented("投资顾问费（第三季度）", "12800.00", 72, paid=(("5000.00", 40),)),
    Invented("培训费", "6600.00", 26),
    Invented("维护费（下半年）", "24000.00", 20, waiting=(("24000.00", 1),)),
    Invented("数据接口开发费", "42000.00", 110, paid=(("12000.00", 60),)),
    Invented("场地服务费", "9800.00", 5),
    Invented("年度会员费", "3980.00", 8, paid=(("3980.00", 2),)),
    Invented("资产管理费（第四季度）", "15600.00", 2, waiting=(("10000.00", 0),)),
    Invented("硬件安装费", "7200.00", 95),
)


def load_demo_money(change: Change, command: LoadDemoMoney) -> dict[str, Any]:
    """Let them owe it and pay it, unless somebody owes something without an order already."""
    if not command.debtors or store.any_by_hand(change.connection):
        return {"loaded": 0}
    for place, each in enumerate(INVENTED):
        _invent(change, each, command.debtors[place % len(command.debtors)], command.clerk_id)
    return {"loaded": len(INVENTED)}


def _invent(change: Change, invented: Invented, debtor: DemoDebtor, clerk_id: UUID) -> None:
    day = today(change)
    arose = day - timedelta(days=invented.since)
    owed = add(
        change,
        Receivable(
            id=change.new_id(), title=invented.title, source=ReceivableSource.OTHER, customer_id=debtor.customer_id,
            owner_id=debtor.owner_id, amount=Decimal(invented.amount), currency="CNY", arose_on=arose,
            due_on=arose + timedelta(days=invented.due_after), created_by=clerk_id,
        ),
    )  # fmt: skip
    for amount, ago in invented.paid:
        owed = _confirmed(change, _entered(change, owed, amount, day - timedelta(days=ago)), owed, clerk_id)
    for amount, ago in invented.waiting:
        _entered(change, owed, amount, day - timedelta(days=ago))
    keep(change, owed, domain.passed_due(owed, day))


def _entered(change: Change, owed: Receivable, amount: str, day: date) -> Receipt:
    made = Receipt(
        id=change.new_id(), receivable_id=owed.id, customer_id=owed.customer_id, owner_id=owed.owner_id,
        amount=Decimal(amount), currency=owed.currency, received_on=day, created_by=owed.owner_id,
    )  # fmt: skip
    RECEIPTS.insert(change.connection, made, change.now)
    change.record(told.ReceiptCreated(**receipts.told(None, made, owed), created_by=made.created_by))
    return made


def _confirmed(change: Change, before: Receipt, owed: Receivable, clerk_id: UUID) -> Receivable:
    after = receipts.confirmed(before, before.version, owed, clerk_id, change.now)
    RECEIPTS.save(change.connection, after, change.now)
    paid = domain.paid(owed, after.allocated, change.now)
    said: dict[str, Any] = {"confirmed_by": clerk_id, "allocated": after.allocated}
    change.record(told.ReceiptConfirmed(**receipts.told(before, after, paid), **said))
    keep(change, owed, paid)
    return paid
