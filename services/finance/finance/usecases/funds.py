"""Commands about the use of funds (FIN-14), and who is reminded to return what he took."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.days import today
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.finance.funds import (
    FundOverdue,
    FundReturned,
    FundUsed,
    FundVoided,
    RegisterFundUse,
    ReturnFunds,
    VoidFundUse,
)
from finance.domain import fund as domain
from finance.domain.fund import FundReturn, FundUse
from finance.store import funds as store
from finance.store.funds import FUND_RETURNS, FUND_USES
from finance.usecases import periods
from finance.usecases.reach import expect_in_reach

_SECTION = "fund"
BATCH = 200


def register_fund_use(change: Change, command: RegisterFundUse) -> dict[str, Any]:
    """Somebody took money."""
    expect_in_reach(change, _SECTION, command.user_id, field="user_id")
    made = domain.used(change.new_id(), command, change.context.authenticated().id, today(change))
    periods.expect_open(change, made.used_on, field="used_on")
    FUND_USES.insert(change.connection, made, change.now)
    change.record(FundUsed(**domain.told(made), changes=difference(None, made)))
    return {"fund_use": made.id}


def return_funds(change: Change, command: ReturnFunds) -> dict[str, Any]:
    """Some or all of it was returned."""
    before = _reached(change, command.id)
    after = domain.returned(before, command, today(change))
    periods.expect_open(change, command.returned_on, field="returned_on")
    brought = FundReturn(
        id=change.new_id(), fund_use_id=after.id, amount=command.amount, returned_on=command.returned_on,
        method=command.method, remark=command.remark, registered_by=change.context.authenticated().id,
    )  # fmt: skip
    FUND_USES.save(change.connection, after, change.now)
    FUND_RETURNS.insert(change.connection, brought, change.now)
    told: dict[str, Any] = domain.told(after) | {"changes": difference(before, after)}
    change.record(FundReturned(**told, return_id=brought.id, returned=brought.amount, returned_on=brought.returned_on))
    return {"fund_use": after.id}


def void_fund_use(change: Change, command: VoidFundUse) -> dict[str, Any]:
    """It was an error."""
    before = _reached(change, command.id)
    after = domain.voided(before, command.version, command.reason)
    FUND_USES.save(change.connection, after, change.now)
    change.record(FundVoided(**domain.told(after), changes=difference(before, after), reason=command.reason))
    return {"fund_use": after.id}


def remind(run: JobRun) -> None:
    """Whoever did not return what he took by its day is reminded, once for a day."""
    after: FundUse | None = None
    while True:
        with run.change() as change:
            found = store.overdue(change.connection, today(change), after, BATCH)
            told = sum(_remind(change, each) for each in found)
        run.report["reminded"] = run.report.get("reminded", 0) + told
        if len(found) < BATCH:
            return
        after = found[-1]


def _remind(change: Change, before: FundUse) -> bool:
    after = domain.reminded(before, today(change))
    if after.reminded_on is None or after == before:
        return False
    FUND_USES.save(change.connection, after, change.now)
    change.record(FundOverdue(**domain.told(after), reminded_on=after.reminded_on))
    return True


def _reached(change: Change, fund_use_id: UUID) -> FundUse:
    found = FUND_USES.locked(change.connection, fund_use_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_in_reach(change, _SECTION, found.user_id)
    return found
