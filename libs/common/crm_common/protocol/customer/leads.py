"""Leads (CUS-40, 42, 43; features §3.2): created or captured, screened, scored, given out, followed up, converted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.customer.contacts import ContactView
from crm_common.protocol.customer.customers import Custom, CustomerView
from crm_common.protocol.customer.follow_ups import Attitude, Content, FollowUpType
from crm_common.protocol.customer.service import (
    VERSION_DOC,
    Code,
    ContactId,
    CustomerId,
    CustomerKind,
    EmployeeId,
    LeadId,
    Line,
    Name,
    Phone,
    Reason,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, Personal, Setting, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

SEE_LEADS = needs("lead.view", "lead.view_team", "lead.screen", "lead.assign")
SCREEN = needs("lead.screen")
AUTO_ASSIGN_SCORE = customer.setting(
    Setting("lead.auto_assign_score", int, 60, "From this score on a screened lead is given out by rule.", 0, 101)
)


class LeadStatus(StrEnum):
    """Where a lead stands (features §3.2)."""

    NEW = "NEW"
    """Came in, not looked at yet."""
    SCREENED = "SCREENED"
    """Reviewed and good (已审查)."""
    ASSIGNED = "ASSIGNED"
    """In a salesperson's name."""
    FOLLOWING = "FOLLOWING"
    """Being followed up."""
    CONVERTED = "CONVERTED"
    """Became a customer; final."""
    INVALID = "INVALID"
    """Good for nothing, for a reason."""


class Verdict(StrEnum):
    """What a screening comes to."""

    SCREENED = "SCREENED"
    """Worth the work."""
    INVALID = "INVALID"
    """Good for nothing; a reason is needed."""


class ScoreField(StrEnum):
    """What of a lead a score rule looks at."""

    SOURCE = "SOURCE"
    """Its source."""
    CAMPAIGN = "CAMPAIGN"
    """Its campaign."""
    REGION = "REGION"
    """Its region."""
    INDUSTRY = "INDUSTRY"
    """Its industry."""
    LEVEL = "LEVEL"
    """Its level."""
    PHONE = "PHONE"
    """Whether it has a phone."""
    EMAIL = "EMAIL"
    """Whether it has an e-mail address."""
    COMPANY = "COMPANY"
    """Whether it names a company."""


@customer.view(SEE_LEADS)
@dataclass(slots=True, kw_only=True)
class LeadFollowUpView:
    """What was said to a lead."""

    id: UUID = shown("The id.")
    author_id: EmployeeId = shown("Who wrote it.")
    author_name: str | None = shown("His name, as this service knows it.")
    type: FollowUpType = shown("By what way.")
    content: str = shown("What was said.")
    attitude: Attitude | None = shown("How the lead takes it.")
    stage: str | None = shown("How far things are, in the author's words.")
    next_contact_at: datetime | None = shown("When to be in touch next.")
    created_at: datetime = shown("When it was written.")


@customer.view(SEE_LEADS)
@dataclass(slots=True, kw_only=True)
class LeadView:
    """A lead; whose leads one sees is the data scope of the section lead, before they are given out their creators'."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("The person's name.", filterable=True, sortable=True)
    company: str | None = shown("The company's name.", filterable=True)
    phone: str | None = shown(
        "The phone: in full for the lead's owner, masked for the others.", masked=True, filterable=True
    )
    email: str | None = shown("The e-mail address.", filterable=True)
    status: LeadStatus = shown("Where it stands.", filterable=True, sortable=True)
    source: str | None = shown("Where it comes from.", filterable=True, sortable=True)
    campaign: str | None = shown("The campaign it comes from.", filterable=True)
    region: str | None = shown("Region, a code of the dictionary region.", filterable=True)
    industry: str | None = shown("Industry, a code of the dictionary industry.", filterable=True)
    level: str | None = shown("Level, a code of the dictionary level.", filterable=True)
    remark: str | None = shown("What else is known.", filterable=True)
    score: int | None = shown("0 to 100 by the score rules; null before its screening.", filterable=True, sortable=True)
    spam: bool = shown("Whether it looks like spam.", filterable=True)
    owner_id: EmployeeId | None = shown("In whose name it is.", filterable=True)
    owner_name: str | None = shown("His name, as this service knows it.")
    invalid_reason: str | None = shown("Why it is invalid.")
    last_follow_up_at: datetime | None = shown("The latest follow-up.", filterable=True, sortable=True)
    next_contact_at: datetime | None = shown("When it is to be contacted next.", filterable=True, sortable=True)
    customer_id: CustomerId | None = shown("The customer it became.", filterable=True)
    contact_id: ContactId | None = shown("The contact it became.")
    created_at: datetime = shown("When it came in.", filterable=True, sortable=True)
    created_by: EmployeeId | None = shown("Who entered it; null when it was captured.", filterable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")
    follow_ups: list[LeadFollowUpView] = child("What was said to it, latest first.", limit=100)


customer.searchable(LeadView, title="name", details=("company", "phone"))


@customer.view(SCREEN)
@dataclass(slots=True, kw_only=True)
class LeadScoreRuleView:
    """A rule that gives a lead points when it is screened; the sum, from 0 to 100, is its score."""

    id: UUID = shown("Its id.")
    field: ScoreField = shown("What it looks at.")
    values_in: list[str] = shown("Values that count; none: any value does.")
    points: int = shown("What it gives, or takes.")


@customer.query(SEE_LEADS, returns=LeadView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Leads(ListQuery):
    """Leads that one sees, latest first."""


@customer.query(SEE_LEADS, returns=LeadView)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsByIds(GetQuery):
    """Leads by id."""


@customer.query(SCREEN, returns=LeadScoreRuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadScoreRules(ListQuery):
    """The rules that score leads, in their order."""


@customer.command(needs("lead.create"), returns={"lead": LeadView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLead(Command):
    """Enter a lead; with its phone and with its e-mail address it is the only open one (CUS-40)."""

    name: Name = given("The person's name.")
    company: Line | None = given("The company's name.", default=None)
    phone: Phone | None = given("The phone. Without it an e-mail address is needed.", default=None)
    email: Line | None = given("The e-mail address.", default=None)
    source: Code | None = given("Where it comes from.", default=None)
    campaign: Line | None = given("The campaign it comes from.", default=None)
    region: Code | None = given("Region, a code of the dictionary region.", default=None)
    industry: Code | None = given("Industry, a code of the dictionary industry.", default=None)
    level: Code | None = given("Level, a code of the dictionary level.", default=None)
    remark: Text | None = given("What else is known.", default=None)


@customer.command(needs("lead.edit"), returns={"lead": LeadView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLead(Command):
    """Edit an open lead. Fields that are left out stay as they are; its phone and e-mail address always do."""

    id: LeadId = given("The lead.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("The person's name.", default=UNSET)
    company: Line | UnsetType | None = given("The company's name.", default=UNSET)
    source: Code | UnsetType | None = given("Where it comes from.", default=UNSET)
    campaign: Line | UnsetType | None = given("The campaign it comes from.", default=UNSET)
    region: Code | UnsetType | None = given("Region, a code of the dictionary region.", default=UNSET)
    industry: Code | UnsetType | None = given("Industry, a code of the dictionary industry.", default=UNSET)
    level: Code | UnsetType | None = given("Level, a code of the dictionary level.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is known.", default=UNSET)


@customer.command(SCREEN, returns={"lead": LeadView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLead(Command):
    """Review a new lead: good ones get their score, and from lead.auto_assign_score on an owner by rule (CUS-42)."""

    id: LeadId = given("The lead.")
    version: Version = given(VERSION_DOC)
    verdict: Verdict = given("What it comes to.")
    reason: Reason | None = given("Why it is invalid.", default=None)


@customer.command(needs("lead.assign"), returns={"lead": LeadView})
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignLead(Command):
    """Give a screened lead to a salesperson."""

    id: LeadId = given("The lead.")
    version: Version = given(VERSION_DOC)
    owner_id: EmployeeId = given("In whose name from now on.")


@customer.command(needs("lead.follow"), returns={"lead": LeadView})
@dataclass(frozen=True, slots=True, kw_only=True)
class FollowLead(Command):
    """Write down what was said to a lead of one's own, as with customers (CUS-12)."""

    id: LeadId = given("The lead.")
    type: FollowUpType = given("By what way.")
    content: Content = given("What was said.")
    attitude: Attitude | None = given("How the lead takes it.", default=None)
    stage: Line | None = given("How far things are, in one's own words.", default=None)
    next_contact_at: datetime | None = given("When to be in touch next.", default=None)


@customer.command(needs("lead.follow"), returns={"lead": LeadView})
@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpLead(Command):
    """Declare a lead of one's own invalid."""

    id: LeadId = given("The lead.")
    version: Version = given(VERSION_DOC)
    reason: Reason = given("Why.")


@customer.command(
    needs("lead.convert"),
    returns={"lead": LeadView, "customer": CustomerView, "contact": ContactView, "linked": bool},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertLead(Command):
    """Make a customer and a contact of a lead of one's own (CUS-43).

    Where the customer exists already the lead is linked to it if it is in somebody's name in one's data scope; else
    the answer is ``DUPLICATE``.
    """

    id: LeadId = given("The lead.")
    version: Version = given(VERSION_DOC)
    kind: CustomerKind | None = given(
        "A person or a company; absent: a company where the lead names one.", default=None
    )
    phone: Phone | None = given("The phone, for a lead without one.", default=None)
    custom: Custom | UnsetType = given(
        "Custom fields of the new customer; what is linked to a known customer leaves that one's as they are.",
        default=UNSET,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """Points for a lead, by what it is."""

    field: ScoreField = given("What it looks at.")
    values_in: Annotated[tuple[Line, ...], Meta(max_length=100)] = given("Values that count; none: any.", default=())
    points: Annotated[int, Meta(ge=-100, le=100)] = given("What it gives, or takes.")


@customer.command(SCREEN, returns={"lead_score_rules": list[LeadScoreRuleView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class SetLeadScoreRules(Command):
    """Say by what rules leads are scored, instead of those there are; they hold for leads screened from now on."""

    rules: Annotated[tuple[ScoreRule, ...], Meta(max_length=100)] = given("All rules.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadEvent(Event):
    """What every event of a lead tells. No phone, ever."""

    personal = Personal(
        of="lead_id", fields=("name",), changes=("name", "company", "phone", "email", "remark", "invalid_reason")
    )
    lead_id: UUID
    name: str
    status: LeadStatus
    owner_id: UUID | None
    changes: Changes


@customer.event("lead.created", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCreated(LeadEvent):
    """A lead was entered."""


@customer.event("lead.captured", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCaptured(LeadEvent):
    """A lead came in by a form (CUS-41)."""

    form_id: UUID


@customer.event("lead.updated", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadUpdated(LeadEvent):
    """A lead was edited."""


@customer.event("lead.screened", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadScreened(LeadEvent):
    """A lead was reviewed."""


@customer.event("lead.assigned", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAssigned(LeadEvent):
    """A lead came into a salesperson's name."""

    rule_id: UUID | None = None


@customer.event("lead.followed", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFollowed(LeadEvent):
    """A lead was followed up."""

    follow_up_id: UUID


@customer.event("lead.invalidated", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadInvalidated(LeadEvent):
    """A lead's owner gave it up."""


@customer.event("lead.deleted", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDeleted(LeadEvent):
    """An import was undone: the lead, which nobody had touched since, is gone. Nothing else deletes one."""


@customer.event("lead.converted", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConverted(LeadEvent):
    """A lead became a customer and a contact, or was linked to a customer that existed."""

    customer_id: UUID
    contact_id: UUID
    linked: bool
    """Whether the customer was there already."""
    source: str | None = None
    campaign: str | None = None
    """Where it came from: what an opportunity made of it begins with."""


@customer.event("lead.erased", subject="lead_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadErased(LeadEvent):
    """A lead's personal data was erased, with the customer that it became."""


@customer.event("lead.score_rules_changed", subject="rules_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class LeadScoreRulesChanged(Event):
    """Leads are scored by other rules from now on. The subject is the same for all such events."""

    rules_id: UUID
    changes: Changes
