"""Competitors (SAL-13): who they are, which orders went to them at which price and why, how often we win."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.money import HOME_CURRENCY, Currency
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.sales.service import VERSION_DOC, EmployeeId, Version, sales
from crm_common.protocol.views import Ref, child, shown

SEE = needs("competitor.view", "competitor.edit")
EDIT = needs("competitor.edit")

CompetitorId = Annotated[UUID, Ref("Competitor")]
CompetitorName = Annotated[str, Meta(min_length=1, max_length=100)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=5_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class CompetitorRules(Rules):
    """What is refused of competitors."""

    a_competitor_has_a_name = Rule(Code.VALIDATION, en="Give the competitor's name.", zh="请填写竞争对手名称。")
    a_competitor_is_known_once = Rule(Code.DUPLICATE, en="The competitor is known already.", zh="该竞争对手已存在。")
    an_order_was_lost_by_now = Rule(Code.VALIDATION, en="That day is still to come.", zh="丢单日期不能晚于今天。")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class LostOrderView:
    """An order that went to a competitor."""

    id: UUID = shown("The id.")
    product: str = shown("What was sold.")
    price: Decimal = shown("At which price.")
    currency: str = shown("In which currency.")
    reason: str = shown("Why it went there.")
    lost_on: date = shown("When.")
    noted_by: EmployeeId | None = shown("Who noted it.")


@sales.view(SEE)
@dataclass(slots=True, kw_only=True)
class CompetitorView:
    """A competitor: whoever sees competitors sees all of them."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("What it is called.", filterable=True, sortable=True)
    website: str | None = shown("Its website.")
    strengths: str | None = shown("Where it is better.")
    weaknesses: str | None = shown("Where it is worse.")
    remark: str | None = shown("What else is known.")
    created_at: datetime = shown("When it was entered.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.")
    version: int = shown("Counts its changes; send it back when editing.")
    lost_orders: list[LostOrderView] = child("Orders that went to it, latest first.", limit=100)


@sales.query(SEE, returns=CompetitorView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Competitors(ListQuery):
    """The competitors, by name."""


@sales.query(SEE, returns=CompetitorView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorsByIds(GetQuery):
    """Competitors by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorResult:
    """How we do against a competitor."""

    competitor_id: CompetitorId
    """The competitor."""
    name: str
    """What it is called."""
    won: int
    """Opportunities that it wanted too, and we won."""
    lost: int
    """Opportunities that it got."""
    win_rate: Decimal | None
    """Won of won and lost, in percent; null where nothing is decided."""


@sales.query(SEE, returns=tuple[CompetitorResult, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorResults:
    """How we do against each competitor, by the opportunities in the viewer's data scope."""


@sales.command(EDIT, returns={"competitor": CompetitorView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCompetitor(Command):
    """Enter a competitor. Opportunities that name it count against it."""

    name: CompetitorName = given("What it is called.")
    website: Line | None = given("Its website.", default=None)
    strengths: Text | None = given("Where it is better.", default=None)
    weaknesses: Text | None = given("Where it is worse.", default=None)
    remark: Text | None = given("What else is known.", default=None)


@sales.command(EDIT, returns={"competitor": CompetitorView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCompetitor(Command):
    """Edit a competitor."""

    id: CompetitorId = given("The competitor.")
    version: Version = given(VERSION_DOC)
    name: CompetitorName | UnsetType = given("What it is called.", default=UNSET)
    website: Line | UnsetType | None = given("Its website.", default=UNSET)
    strengths: Text | UnsetType | None = given("Where it is better.", default=UNSET)
    weaknesses: Text | UnsetType | None = given("Where it is worse.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is known.", default=UNSET)


@sales.command(EDIT, returns={"competitor": CompetitorView})
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLostOrder(Command):
    """Note an order that went to a competitor."""

    id: CompetitorId = given("The competitor.")
    product: CompetitorName = given("What was sold.")
    price: Decimal = given("At which price.")
    currency: Currency = given("In which currency.", default=HOME_CURRENCY)
    reason: Reason = given("Why it went there.")
    lost_on: date | None = given("When; absent: today.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorEvent(Event):
    """What every event of a competitor tells."""

    competitor_id: UUID
    name: str
    changes: Changes


@sales.event("competitor.created", subject="competitor_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorCreated(CompetitorEvent):
    """A competitor was entered."""


@sales.event("competitor.updated", subject="competitor_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorUpdated(CompetitorEvent):
    """A competitor was edited."""


@sales.event("competitor.lost_order_noted", subject="competitor_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LostOrderNoted(CompetitorEvent):
    """An order went to a competitor: the changes say what, at which price and why."""
