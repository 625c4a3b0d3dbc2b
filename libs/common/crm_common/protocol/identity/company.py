"""The company's profile (IDN-24): name, logo, zone, fiscal year, working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, OneQuery, given
from crm_common.protocol.identity.service import VERSION_DOC, Line, LoginName, Name, Text, Version, identity
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL, needs
from crm_common.protocol.views import shown


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


Month = Annotated[int, Meta(ge=1, le=12)]


@identity.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class CompanyView:
    """The company that this system belongs to."""

    id: UUID = shown("Its id.")
    name: str = shown("Its full name.")
    short_name: str | None = shown("Its name in headings.")
    logo_url: str | None = shown("Its logo.")
    timezone: str = shown("The zone of its days and of daily runs, e.g. Asia/Shanghai.")
    fiscal_year_start: int = shown("The month in which its fiscal year begins, 1 to 12.")
    working_days: list[Weekday] = shown("The days on which it works.")
    phone: str | None = shown("Its phone.")
    address: str | None = shown("Its address.")
    updated_at: datetime = shown("When it was last changed.")
    version: int = shown("Counts its changes; send it back when editing.")


@identity.query(AUTHENTICATED, returns=CompanyView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Company(OneQuery):
    """The company that this system belongs to."""


@identity.command(needs("sys.edit"), returns={"company": CompanyView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCompany(Command):
    """Change the company's profile. Another zone shifts the hour of daily runs, not terms counted in hours."""

    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its full name.", default=UNSET)
    short_name: Line | UnsetType | None = given("Its name in headings.", default=UNSET)
    logo_url: Text | UnsetType | None = given("Its logo.", default=UNSET)
    timezone: Line | UnsetType = given("A zone of the tz database.", default=UNSET)
    fiscal_year_start: Month | UnsetType = given("The month in which its fiscal year begins.", default=UNSET)
    working_days: tuple[Weekday, ...] | UnsetType = given("The days on which it works; at least one.", default=UNSET)
    phone: Line | UnsetType | None = given("Its phone.", default=UNSET)
    address: Line | UnsetType | None = given("Its address.", default=UNSET)


@identity.command(INTERNAL, returns={"founded": bool, "login_name": str, "initial_password": str}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCompany(Command):
    """Make the company, its first department and position, the preset roles and the first administrator, once.

    ``initial_password`` is answered by the call that founded it and must be changed at the first login; called again,
    nothing happens and ``founded`` is false.
    """

    name: Name = given("The company's full name.")
    timezone: Line = given("A zone of the tz database.", default="Asia/Shanghai")
    administrator_name: Name = given("The first administrator's name.", default="管理员")
    login_name: LoginName = given("What the first administrator logs in with.", default="admin")


@identity.command(INTERNAL, returns={"loaded": bool, "password": str}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDemoCompany(Command):
    """Staff a founded company that has nobody but its first administrator, to try the product with.

    All forty people get one first ``password``, answered by the call that loaded them, and must change it.
    """


@identity.event("company.founded", subject="company_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFounded(Event):
    """The company was made."""

    company_id: UUID
    name: str
    timezone: str
    fiscal_year_start: int
    working_days: tuple[str, ...]
    changes: Changes


@identity.event("company.updated", subject="company_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyUpdated(Event):
    """The company's profile changed."""

    company_id: UUID
    name: str
    timezone: str
    fiscal_year_start: int
    working_days: tuple[str, ...]
    changes: Changes
