"""Use of funds (用款, FIN-14): money that somebody takes for a purpose, and what he brings back of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.finance.service import VERSION_DOC, EmployeeId, Version, finance
from crm_common.protocol.finance.spending import PaymentMethod, Remark, Title, Why
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, child, shown

SEE_FUNDS = needs("fund.view", "fund.edit", "fund.pay")
"""Who sees what others use, in his data scope of funds; what one uses oneself, everybody sees."""
EDIT_FUNDS = needs("fund.edit")
TAKE_BACK = needs("fund.edit", "fund.pay")
FundUseId = Annotated[UUID, Ref("FundUse")]


class FundRules(Rules):
    """Refusals about the use of funds."""

    a_use_of_funds_is_not_in_this_state = Rule(
        Code.BAD_STATE, en="Funds that are {state} do not allow this.", zh="用款当前状态（{state}）不允许此操作。"
    )
    no_more_is_returned_than_used = Rule(
        Code.VALIDATION, en="Only {open} are still to be returned.", zh="归还金额超过未归还余额 {open}。"
    )
    funds_are_returned_after_they_are_used = Rule(
        Code.VALIDATION, en="The day of return lies before the day of use.", zh="归还日期不能早于用款日期。"
    )
    funds_that_were_returned_are_not_voided = Rule(
        Code.BAD_STATE, en="Some of it was returned: it cannot be voided.", zh="已有归还记录，不能作废。"
    )


class FundUseState(StrEnum):
    """Where a use of funds stands."""

    OPEN = "OPEN"
    """Nothing was returned (未归还)."""
    PARTIAL = "PARTIAL"
    """Something was returned (部分归还)."""
    RETURNED = "RETURNED"
    """All of it was returned (已归还)."""
    VOIDED = "VOIDED"
    """It was entered in error (已作废)."""


@finance.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class FundReturnView:
    """What somebody brought back at once."""

    id: UUID = shown("The id.")
    amount: Decimal = shown("How much.")
    returned_on: date = shown("On which day.")
    method: PaymentMethod = shown("How.")
    remark: str = shown("What else is to be said.")
    registered_by: EmployeeId = shown("Who registered it.")


@finance.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class FundUseView:
    """Money that somebody took for a purpose: one's own; that of others by one's data scope of funds."""

    id: UUID = shown("The id.")
    user_id: EmployeeId = shown("Who took it.", filterable=True)
    user_name: str | None = shown("His name, as this service knows it.")
    purpose: str = shown("For what.", filterable=True)
    amount: Decimal = shown("How much.", filterable=True, sortable=True)
    returned_amount: Decimal = shown("How much of it was returned.", filterable=True, sortable=True)
    open_amount: Decimal = shown("How much is still to be returned.", filterable=True, sortable=True)
    currency: str = shown("In which currency.", filterable=True)
    used_on: date = shown("On which day he took it.", filterable=True, sortable=True)
    due_on: date = shown("By which day it is to be returned.", filterable=True, sortable=True)
    state: FundUseState = shown("Where it stands.", filterable=True)
    registered_by: EmployeeId = shown("Who registered it.", filterable=True)
    void_reason: str | None = shown("Why it was voided.")
    created_at: datetime = shown("When it was registered.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    returns: list[FundReturnView] = child("What was brought back, in order.", limit=100)


@finance.query(AUTHENTICATED, returns=FundUseView)
@dataclass(frozen=True, slots=True, kw_only=True)
class FundUses(ListQuery):
    """What one uses oneself, and what others use in one's data scope of funds; the latest first."""


@finance.query(AUTHENTICATED, returns=FundUseView)
@dataclass(frozen=True, slots=True, kw_only=True)
class FundUsesByIds(GetQuery):
    """Uses of funds by id."""


@finance.command(EDIT_FUNDS, returns={"fund_use": FundUseView})
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFundUse(Command):
    """Register that somebody took money for a purpose."""

    user_id: EmployeeId = given("Who took it.")
    purpose: Title = given("For what.")
    amount: Decimal = given("How much.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    used_on: date = given("On which day he took it.")
    due_on: date = given("By which day it is to be returned.")


@finance.command(TAKE_BACK, returns={"fund_use": FundUseView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFunds(Command):
    """Register that some or all of it was returned."""

    id: FundUseId = given("The use of funds.")
    version: Version = given(VERSION_DOC)
    amount: Decimal = given("How much.")
    returned_on: date = given("On which day.")
    method: PaymentMethod = given("How.", default=PaymentMethod.CASH)
    remark: Remark = given("What else is to be said.", default="")


@finance.command(EDIT_FUNDS, returns={"fund_use": FundUseView})
@dataclass(frozen=True, slots=True, kw_only=True)
class VoidFundUse(Command):
    """Void a use of funds of which nothing was returned."""

    id: FundUseId = given("The use of funds.")
    version: Version = given(VERSION_DOC)
    reason: Why = given("Why.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FundEvent(Event):
    """What every event of a use of funds tells."""

    fund_use_id: UUID
    user_id: UUID
    registered_by: UUID
    purpose: str
    amount: Decimal
    open_amount: Decimal
    currency: str
    due_on: date


@finance.event("fund.used", subject="fund_use_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FundUsed(FundEvent):
    """Somebody took money."""

    changes: Changes


@finance.event("fund.returned", subject="fund_use_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FundReturned(FundEvent):
    """Some or all of it was returned."""

    return_id: UUID
    returned: Decimal
    returned_on: date
    changes: Changes


@finance.event("fund.voided", subject="fund_use_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FundVoided(FundEvent):
    """It was entered in error."""

    reason: str
    changes: Changes


@finance.event("fund.overdue", subject="fund_use_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FundOverdue(FundEvent):
    """Its day has passed, and not all of it was returned: told the day after, and weekly from then on."""

    reminded_on: date
