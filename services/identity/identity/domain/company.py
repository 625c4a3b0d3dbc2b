"""The company's profile (IDN-24)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UnsetType

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.identity.company import CompanyFounded, CompanyUpdated, FoundCompany, UpdateCompany, Weekday
from crm_common.protocol.identity.rules import CompanyRules
from identity.domain import contact
from identity.domain.names import cleaned

WORKING_WEEK = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The company. ``working_days`` are names of weekdays, Monday first."""

    id: UUID
    name: str
    short_name: str | None
    logo_url: str | None
    timezone: str
    fiscal_year_start: int
    working_days: tuple[str, ...]
    phone: str | None
    address: str | None
    version: int


def found(command: FoundCompany, company_id: UUID) -> tuple[Company, CompanyFounded]:
    """The company as it begins."""
    company = Company(
        id=company_id,
        name=cleaned(command.name),
        short_name=None,
        logo_url=None,
        timezone=zone(command.timezone),
        fiscal_year_start=1,
        working_days=_week(WORKING_WEEK),
        phone=None,
        address=None,
        version=1,
    )
    return company, CompanyFounded(
        company_id=company.id,
        name=company.name,
        timezone=company.timezone,
        fiscal_year_start=company.fiscal_year_start,
        working_days=company.working_days,
        changes=difference(None, company),
    )


def update(company: Company, command: UpdateCompany) -> tuple[Company, list[CompanyUpdated]]:
    """The company with another profile."""
    expect_version(company.version, command.version)
    days = command.working_days
    after = replace(
        company,
        name=cleaned(chosen(command.name, company.name)),
        short_name=chosen(command.short_name, company.short_name) or None,
        logo_url=contact.picture(chosen(command.logo_url, company.logo_url), field="logo_url"),
        timezone=zone(chosen(command.timezone, company.timezone)),
        fiscal_year_start=chosen(command.fiscal_year_start, company.fiscal_year_start),
        working_days=company.working_days if isinstance(days, UnsetType) else _week(days),
        phone=contact.phone(chosen(command.phone, company.phone)),
        address=chosen(command.address, company.address) or None,
    )
    if after == company:
        return company, []
    after = replace(after, version=company.version + 1)
    return after, [_updated(company, after)]


def set_timezone(company: Company, timezone: str) -> tuple[Company, list[CompanyUpdated]]:
    """The company in another zone, when that was changed as a parameter."""
    after = replace(company, timezone=zone(timezone))
    if after == company:
        return company, []
    after = replace(after, version=company.version + 1)
    return after, [_updated(company, after)]


def zone(name: str, *, field: str = "timezone") -> str:
    """The name of a zone that exists."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CompanyRules.a_zone_is_in_the_tz_database(field=field, timezone=name) from None


def _week(days: tuple[Weekday, ...]) -> tuple[str, ...]:
    if not days or len(set(days)) != len(days):
        raise CompanyRules.a_week_has_a_working_day(field="working_days")
    return tuple(day.value for day in Weekday if day in days)


def _updated(before: Company, after: Company) -> CompanyUpdated:
    return CompanyUpdated(
        company_id=after.id,
        name=after.name,
        timezone=after.timezone,
        fiscal_year_start=after.fiscal_year_start,
        working_days=after.working_days,
        changes=difference(before, after),
    )
