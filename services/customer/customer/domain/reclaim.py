"""Reclaim (CUS-15, 16, 17): the rules of a day, and from when on a changed rule holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from crm_common.protocol.customer.reclaim import DATED
from customer.domain.names import folded


class Act(StrEnum):
    """What is to be done about a customer now."""

    TAKE = "TAKE"
    WARN = "WARN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rules of one day; 0 days switch a rule off."""

    reclaim_days: int
    level_days: dict[str, int]
    product_days: dict[str, int]
    no_contract_days: int
    max_days: int
    remind_days: int
    require_reminder: bool
    exempt_dealt: bool

    @property
    def shortest_silence(self) -> int | None:
        """The fewest days after which a sales record can be too old, for whatever level and product; None: never."""
        days = [
            each for each in (self.reclaim_days, *self.level_days.values(), *self.product_days.values()) if each > 0
        ]
        return min(days, default=None)

    @property
    def shortest_hold(self) -> int | None:
        """The fewest days after which somebody can have held a customer too long; None: never."""
        return min((each for each in (self.no_contract_days, self.max_days) if each > 0), default=None)

    @property
    def ahead(self) -> timedelta:
        """How long before the due time an owner is told."""
        return timedelta(days=self.remind_days)


# products are compared as interests are
_NAMED: dict[str, Callable[[str], str]] = {"level_days": str, "product_days": folded}
_COLUMNS = {setting.key: setting.key.partition(".")[2] for setting in DATED}


def column_of(key: str) -> str | None:
    """Where the table of rules keeps the setting; None for settings that hold at once."""
    return _COLUMNS.get(key)


def checked(key: str, value: Any) -> Any:
    """The setting's value as the table keeps it: of days per level or product, those that are whole and positive."""
    named = _NAMED.get(_COLUMNS[key])
    if named is None:
        return value
    return {named(name): days for name, days in value.items() if isinstance(days, int) and days > 0}


def next_day(local: datetime) -> datetime:
    """The midnight after ``local``, on the same clock."""
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
