"""Competitors: what may be said of them (SAL-13). Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.money import is_amount
from crm_common.protocol.sales.competitors import (
    CompetitorRules,
    CreateCompetitor,
    NoteLostOrder,
    UpdateCompetitor,
)
from crm_common.protocol.sales.products import ProductRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor:
    """A competitor."""

    id: UUID
    name: str
    website: str | None
    strengths: str | None
    weaknesses: str | None
    remark: str | None
    version: int = 1


EDITED = tuple(each.name for each in fields(Competitor) if each.name not in ("id", "version"))


def entered(competitor_id: UUID, command: CreateCompetitor) -> Competitor:
    """A new competitor."""
    known: dict[str, Any] = {name: getattr(command, name) for name in EDITED}
    return _checked(Competitor(id=competitor_id, **known))


def edited(before: Competitor, command: UpdateCompetitor) -> Competitor:
    """The competitor with other data; the same again where nothing is different."""
    expect_version(before.version, command.version)
    known: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in EDITED}
    after = _checked(replace(before, **known))
    return after if after == before else replace(after, version=before.version + 1)


def expect_lost(command: NoteLostOrder, today: date) -> date:
    """The day an order was lost; refuses what is no price, and days to come."""
    if not is_amount(command.price):
        raise ProductRules.a_price_is_an_amount(field="price")
    day = command.lost_on or today
    if day > today:
        raise CompetitorRules.an_order_was_lost_by_now(field="lost_on")
    return day


def win_rate(won: int, lost: int) -> Decimal | None:
    """In percent, with one decimal; None where nothing is decided."""
    if won + lost == 0:
        return None
    return (Decimal(100 * won) / (won + lost)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _checked(known: Competitor) -> Competitor:
    texts: dict[str, Any] = {name: (getattr(known, name) or "").strip() or None for name in EDITED}
    name = " ".join(known.name.split())
    if not name:
        raise CompetitorRules.a_competitor_has_a_name(field="name")
    return replace(known, **texts | {"name": name})
