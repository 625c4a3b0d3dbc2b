"""The quarter's target split down to the salespeople, what they sold outside of orders, and their last journals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.money import HOME_CURRENCY
from crm_common.protocol.sales.performance import PerformanceSource
from crm_common.protocol.sales.performance_demo import LoadDemoPerformance
from crm_common.protocol.sales.sales_log import SalesLogCreated
from crm_common.protocol.sales.targets import TargetPeriod
from sales.domain import target as target_domain
from sales.domain.performance import Performance
from sales.domain.sales_log import SalesLog
from sales.domain.target import Target
from sales.store import sales_logs, targets
from sales.usecases.performance import insert_performance

QUARTER, MONTH, PERSON = Decimal("1500000.00"), Decimal("480000.00"), Decimal("55000.00")
SOLD = (
    ("老客户转介绍：恒信贸易续签咨询服务", "12800.00", 2),
    ("渠道返点：华东代理商季度结算", "6500.00", 9),
    ("线下沙龙成交：稳健理财培训课", "3980.00", 16),
    ("老客户追加：瑞丰制造驻场服务", "21600.00", 34),
)
"""What was sold outside of orders, for how much, how many days ago."""
LOGS = (
    ("上午拜访恒信贸易王经理，确认续签意向；下午整理三份报价。", "明天把合同草案发给王经理。"),
    ("电话回访六位沉默客户，两位愿意下周面谈。", "准备面谈资料，预约会议室。"),
    ("参加产品培训，更新稳健一号的收益说明。", "给重点客户发新版资料。"),
)


def load_demo_performance(change: Change, command: LoadDemoPerformance) -> dict[str, Any]:
    """Enter all of it, once."""
    if not command.employee_ids or targets.any_there(change.connection):
        return {"loaded": 0}
    today = day_of(change.settings, change.now)
    quarter = _target(change, TargetPeriod.QUARTER, today, QUARTER)
    for month in range(3):
        day = (quarter.begins_on + timedelta(days=32 * month)).replace(day=1)
        of_month = _target(change, TargetPeriod.MONTH, day, MONTH, parent_id=quarter.id)
        if of_month.begins_on == today.replace(day=1):
            for each in command.employee_ids:
                _target(change, TargetPeriod.MONTH, today, PERSON, parent_id=of_month.id, employee_id=each)
    for place, employee in enumerate(command.employee_ids):
        _sold(change, employee, today, place)
        _wrote(change, employee, today, place)
    return {"loaded": len(command.employee_ids)}


def _target(change: Change, period: TargetPeriod, day: date, amount: Decimal, **of: Any) -> Target:
    first, last = target_domain.span(period, day)
    made = Target(
        id=change.new_id(),
        period=period,
        begins_on=first,
        ends_on=last,
        amount=amount,
        currency=HOME_CURRENCY,
        **of,
    )
    targets.insert(change.connection, made, change.now)
    change.record(target_domain.told(None, made))
    return made


def _sold(change: Change, employee: UUID, today: date, place: int) -> None:
    for title, amount, days in SOLD[place % 2 :: 2]:
        made = Performance(
            id=change.new_id(),
            employee_id=employee,
            day=today - timedelta(days=days + place % 5),
            amount=Decimal(amount) + 100 * place,
            currency=HOME_CURRENCY,
            source=PerformanceSource.OWN,
            title=title,
        )
        insert_performance(change, made)


def _wrote(change: Change, employee: UUID, today: date, place: int) -> None:
    for days in (1, 2):
        body, plan = LOGS[(place + days) % len(LOGS)]
        day = today - timedelta(days=days)
        made = SalesLog(id=change.new_id(), author_id=employee, day=day, body=body, plan=plan)
        sales_logs.insert(change.connection, made, change.now)
        change.record(SalesLogCreated(log_id=made.id, author_id=employee, day=day, changes={"day": (None, str(day))}))
