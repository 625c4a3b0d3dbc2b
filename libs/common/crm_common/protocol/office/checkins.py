"""Checking in by location (定位考勤, OFC-16): coming, leaving, and visits to customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.attendance import EDIT_ATTENDANCE, Name
from crm_common.protocol.office.service import EmployeeId, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
CompanyOfficeId = Annotated[UUID, Ref("CompanyOffice")]
MOST_METRES_OFF = 2_000
"""A place that is known no better than this says nothing."""


class CheckInRules(Rules):
    """Refusals of checking in."""

    a_visit_is_to_a_customer = Rule(
        Code.VALIDATION,
        en="A visit names its customer, coming and leaving do not.",
        zh="拜访签到须选择客户，上下班打卡则不需要。",
    )
    the_place_is_not_known_well_enough = Rule(
        Code.VALIDATION,
        en="The place is known to {metres} m only; go where the sky is seen and try again.",
        zh="定位误差过大（{metres} 米），请移至开阔处重试。",
    )


class CheckInKind(StrEnum):
    """What somebody checks in for."""

    IN = "IN"
    """Comes to work (上班)."""
    OUT = "OUT"
    """Leaves (下班)."""
    VISIT = "VISIT"
    """Is at a customer's (拜访客户)."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class CheckInView:
    """Where somebody was and when: one's own, with attendance.view_all everybody's."""

    id: UUID = shown("The id.")
    employee_id: EmployeeId = shown("Who.", filterable=True)
    employee_name: str | None = shown("His name, as this service knows it.")
    kind: CheckInKind = shown("What for.", filterable=True)
    at: datetime = shown("When.", filterable=True, sortable=True)
    latitude: float = shown("Degrees north.")
    longitude: float = shown("Degrees east.")
    accuracy: float = shown("To how many metres the place is known.")
    office_id: UUID | None = shown("The nearest office.")
    distance: float | None = shown("Metres to it.")
    outside: bool | None = shown("Whether that is away from every office; null when there is none.", filterable=True)
    customer_id: Annotated[UUID, Ref("Customer", record="customer")] | None = shown(
        "Of a visit: the customer.", filterable=True
    )
    photo_id: UUID | None = shown("The file of a photo.")
    note: str | None = shown("What he noted.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class CompanyOfficeView:
    """A place where people of the company work."""

    id: UUID = shown("The id.")
    name: str = shown("What it is called.", sortable=True)
    latitude: float = shown("Degrees north.")
    longitude: float = shown("Degrees east.")


@office.query(AUTHENTICATED, returns=CheckInView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIns(ListQuery):
    """Where one was; with attendance.view_all where everybody was; latest first."""


@office.query(AUTHENTICATED, returns=CheckInView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInsByIds(GetQuery):
    """Check-ins by id."""


@office.query(AUTHENTICATED, returns=CompanyOfficeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOffices(ListQuery):
    """Where people of the company work, by name."""


@office.query(AUTHENTICATED, returns=CompanyOfficeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOfficesByIds(GetQuery):
    """Offices by id."""


@office.command(AUTHENTICATED, returns={"check_in": CheckInView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(Command):
    """Say that one is there, now. Outside of the offices' radius it is marked as outside, not refused."""

    kind: CheckInKind = given("What for.")
    latitude: Latitude = given("Degrees north.")
    longitude: Longitude = given("Degrees east.")
    accuracy: Annotated[float, Meta(ge=0)] = given(f"To how many metres the place is known; at most {MOST_METRES_OFF}.")
    customer_id: Annotated[UUID, Ref("Customer")] | None = given("Of a visit: the customer.", default=None)
    photo_id: UUID | None = given("The file of a photo.", default=None)
    note: Annotated[str, Meta(max_length=500)] | None = given("What to note.", default=None)


@office.command(EDIT_ATTENDANCE, returns={"office": CompanyOfficeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AddCompanyOffice(Command):
    """Say where people of the company work."""

    name: Name = given("What it is called.")
    latitude: Latitude = given("Degrees north.")
    longitude: Longitude = given("Degrees east.")


@office.command(EDIT_ATTENDANCE, returns={"removed_id": CompanyOfficeId})
@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCompanyOffice(Command):
    """People do not work there any more; what was checked in there stays as it is."""

    id: CompanyOfficeId = given("The office.")


@office.event("checkin.made", subject="check_in_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInMade(Event):
    """Somebody said that he is there."""

    check_in_id: UUID
    employee_id: UUID
    kind: CheckInKind
    at: datetime
    latitude: float
    longitude: float
    accuracy: float
    office_id: UUID | None
    outside: bool | None
    customer_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOfficeEvent(Event):
    """What every event of an office tells."""

    office_id: UUID
    name: str
    latitude: float
    longitude: float


@office.event("company_office.added", subject="office_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOfficeAdded(CompanyOfficeEvent):
    """There is another office."""


@office.event("company_office.removed", subject="office_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyOfficeRemoved(CompanyOfficeEvent):
    """There is an office less."""
