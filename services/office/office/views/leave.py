"""Leaves and overtime as they are shown: one's own, and everybody's to who may see all attendance."""

from __future__ import annotations

from decimal import Decimal

from crm_common.context import Context
from crm_common.protocol.office.leave import LeaveBalance, LeaveBalances, LeaveKind, LeaveView, OvertimeView
from crm_common.reading import bind
from crm_common.runtime.host import ServiceHost
from office.store import leave as store
from office.tables.leave import leave, overtime
from office.views.attendance import NAME_OF, OWN_RECORD

LEAVES = bind(
    LeaveView,
    leave,
    fields={"employee_name": NAME_OF},
    scope=OWN_RECORD,
    default_order=[leave.c.first_day.desc()],
)
OVERTIMES = bind(
    OvertimeView,
    overtime,
    fields={"employee_name": NAME_OF},
    scope=OWN_RECORD,
    default_order=[overtime.c.begins_at.desc()],
)
LEAVE = (LEAVES, OVERTIMES)


def balances(host: ServiceHost, context: Context, query: LeaveBalances) -> list[LeaveBalance]:
    """What the viewer has of each kind of leave in a year."""
    given = store.allowances(host.store.rows)
    taken = store.taken(host.store.rows, context.authenticated().id, query.year)
    return [_balance(kind, given.get(kind), taken.get(kind, Decimal(0))) for kind in LeaveKind]


def _balance(kind: LeaveKind, given: Decimal | None, taken: Decimal) -> LeaveBalance:
    left = None if given is None else max(Decimal(0), given - taken)
    return LeaveBalance(kind=kind, days_a_year=given, taken=taken, left=left)
