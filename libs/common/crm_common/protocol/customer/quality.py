"""Data cleaning (CUS-45): what a scan finds wrong with customers, as a report and as a list to work through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_common.protocol.customer.customers import CustomerView
from crm_common.protocol.customer.merging import MERGE
from crm_common.protocol.customer.service import CustomerId, EmployeeId, Reason, customer
from crm_common.protocol.declare import Command, Event, ListQuery, OneQuery, Setting, given
from crm_common.protocol.views import Ref, child, shown

NAME_SIMILARITY = customer.setting(
    Setting("quality.name_similarity", int, 90, "How near two companies' names are to be probably one, %.", 70, 100)
)
STALE_DAYS = customer.setting(
    Setting("quality.stale_days", int, 60, "After how many days without a sales record a customer is stale.", 1, 3650)
)
MIN_COMPLETENESS = customer.setting(
    Setting("quality.min_completeness", int, 50, "Records less complete than this are reported, %.", 0, 100)
)
FindingId = Annotated[UUID, Ref("QualityFinding")]


class FindingKind(StrEnum):
    """What is wrong with a customer's record."""

    DUPLICATE = "DUPLICATE"
    """There is another one that is probably the same."""
    PHONE = "PHONE"
    """Nobody has this phone number."""
    STALE = "STALE"
    """Nothing was said or sold for long."""
    INCOMPLETE = "INCOMPLETE"
    """Too little is known."""


class FindingReason(StrEnum):
    """What the scan went by."""

    SAME_PHONE = "SAME_PHONE"
    """Another customer has the same phone under another name."""
    NEAR_NAME = "NEAR_NAME"
    """Another company's name is spelt or read nearly the same."""
    SAME_PHONE_NEAR_NAME = "SAME_PHONE_NEAR_NAME"
    """Both."""
    INVALID_NUMBER = "INVALID_NUMBER"
    """No number is so today."""
    INVENTED_NUMBER = "INVENTED_NUMBER"
    """A row of one digit, or of digits that count up or down."""
    NO_SALES_RECORD = "NO_SALES_RECORD"
    """The last sales record is older than quality.stale_days."""
    FIELDS_MISSING = "FIELDS_MISSING"
    """The record is less complete than quality.min_completeness."""


@customer.view(MERGE)
@dataclass(slots=True, kw_only=True)
class QualityFindingView:
    """Something that is wrong with a customer; seen by who sees the customer, and the other one if there is one."""

    id: UUID = shown("The id.")
    kind: FindingKind = shown("What is wrong.", filterable=True)
    reason: FindingReason = shown("What the scan went by.", filterable=True)
    score: int = shown(
        "How sure it is, of 100; of a stale record 100, of an incomplete one what is lacking.",
        filterable=True,
        sortable=True,
    )
    customer_id: CustomerId = shown("The customer; of two the older one.", filterable=True)
    customer: CustomerView | None = child("The customer.")
    other_id: CustomerId | None = shown("Of a duplicate: the other one.", filterable=True)
    other: CustomerView | None = child("Of a duplicate: the other one.")
    found_at: datetime = shown("When it was first found.", filterable=True, sortable=True)
    dismissed_at: datetime | None = shown("When it was dismissed.", filterable=True)
    dismissed_by: EmployeeId | None = shown("By whom.")
    dismissed_by_name: str | None = shown("His name, as this service knows it.")
    dismissed_reason: str | None = shown("Why.")


@customer.view(MERGE)
@dataclass(slots=True, kw_only=True)
class DataQualityReportView:
    """What the latest scan of all customers in somebody's name found, in figures."""

    id: UUID = shown("The id.")
    made_at: datetime = shown("When.")
    scanned: int = shown("How many customers were looked at.")
    duplicates: int = shown("Pairs that are probably one customer.")
    invalid_phones: int = shown("Customers with a phone number that nobody has.")
    stale: int = shown("Customers without a sales record for long.")
    incomplete: int = shown("Customers of whom too little is known.")
    dismissed: int = shown("How many of these findings were dismissed before.")


@customer.query(MERGE, returns=DataQualityReportView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DataQualityReport(OneQuery):
    """The latest report of the company; null before the first scan (customer.data_quality, every Sunday night)."""


@customer.query(MERGE, returns=QualityFindingView)
@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFindings(ListQuery):
    """What the latest scan found of customers in the viewer's data scope, the surest first."""

    dismissed: bool = given("Those that were dismissed, instead of those that were not.", default=False)


@customer.command(MERGE, returns={"finding": QualityFindingView})
@dataclass(frozen=True, slots=True, kw_only=True)
class DismissFinding(Command):
    """Say that a finding is none: later scans do not show it again."""

    id: FindingId = given("The finding.")
    reason: Reason | None = given("Why.", default=None)


@customer.event("dataquality.report_ready", subject="report_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DataQualityReportReady(Event):
    """Customers were looked through; how many of each kind were found."""

    report_id: UUID
    scanned: int
    duplicates: int
    invalid_phones: int
    stale: int
    incomplete: int


@customer.event("dataquality.finding_dismissed", subject="finding_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDismissed(Event):
    """Somebody said that a finding is none."""

    finding_id: UUID
    kind: FindingKind
    customer_id: UUID
    other_id: UUID | None
    reason: str | None
