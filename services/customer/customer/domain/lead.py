"""A lead (features §3.2): its states, who works on it, what it is worth."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.customer.lead_rules import LeadRules
from crm_common.protocol.customer.leads import (
    CreateLead,
    LeadStatus,
    ScoreField,
    ScoreRule,
    ScreenLead,
    UpdateLead,
    Verdict,
)
from crm_common.protocol.customer.people_rules import PeopleRules
from crm_common.protocol.customer.rules import CustomerRules
from customer.domain.names import cleaned

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
OPEN = frozenset({LeadStatus.NEW, LeadStatus.SCREENED, LeadStatus.ASSIGNED, LeadStatus.FOLLOWING})
WORKED_ON = frozenset({LeadStatus.ASSIGNED, LeadStatus.FOLLOWING})
GIVEN_OUT = frozenset({LeadStatus.SCREENED, LeadStatus.ASSIGNED, LeadStatus.FOLLOWING})
UNTOLD = ("id", "version", "created_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A lead as its row keeps it; ``phone`` is the mask."""

    id: UUID
    name: str
    company: str | None
    phone: str | None
    email: str | None
    status: LeadStatus
    source: str | None
    campaign: str | None
    region: str | None
    industry: str | None
    level: str | None
    remark: str | None
    score: int | None = None
    spam: bool = False
    owner_id: UUID | None = None
    invalid_reason: str | None = None
    next_contact_at: datetime | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    created_by: UUID | None = None
    version: int = field(default=1, compare=False)


KEPT_BY_IMPORTS = ("company", "source", "campaign", "region", "industry", "level", "remark")
"""What a row of an import may change of a lead that is there."""
_EDITED = ("name", *KEPT_BY_IMPORTS)


def created(lead_id: UUID, command: CreateLead, mask: str | None, by: UUID | None) -> Lead:
    """A new lead; ``mask`` is its phone's."""
    email = _text(command.email)
    if mask is None and email is None:
        raise LeadRules.a_lead_can_be_reached(field="phone")
    if email is not None and not _EMAIL.fullmatch(email):
        raise CustomerRules.an_email_has_a_name_and_a_host(field="email")
    return Lead(
        id=lead_id,
        name=cleaned(command.name),
        phone=mask,
        email=email,
        status=LeadStatus.NEW,
        company=_text(command.company),
        source=_text(command.source),
        campaign=_text(command.campaign),
        region=_text(command.region),
        industry=_text(command.industry),
        level=_text(command.level),
        remark=_text(command.remark),
        created_by=by,
    )


def looks_like_spam(hidden: str | None, message: str | None) -> bool:
    """Whether a program wrote it: it filled the field that people do not see, or there are links upon links."""
    return bool((hidden or "").strip()) or len(_LINK.findall(message or "")) >= 3


def edited(lead: Lead, command: UpdateLead) -> Lead:
    """The lead with other data."""
    expect_status(lead, OPEN)
    expect_version(lead.version, command.version)
    texts = {name: _text(chosen(getattr(command, name), getattr(lead, name))) for name in _EDITED if name != "name"}
    return replace(lead, name=cleaned(chosen(command.name, lead.name)), **texts)  # type: ignore[arg-type]


def screened(lead: Lead, command: ScreenLead, rules: Sequence[ScoreRule]) -> Lead:
    """NEW → SCREENED with a score, or → INVALID for a reason."""
    expect_status(lead, {LeadStatus.NEW})
    expect_version(lead.version, command.version)
    if command.verdict is Verdict.INVALID:
        return _invalid(lead, command.reason)
    return replace(lead, status=LeadStatus.SCREENED, score=score(lead, rules))


def assigned(lead: Lead, owner_id: UUID) -> Lead:
    """In somebody's name from now on."""
    expect_status(lead, GIVEN_OUT)
    return replace(lead, status=LeadStatus.ASSIGNED, owner_id=owner_id)


def followed(lead: Lead, next_contact_at: datetime | None, now: datetime) -> Lead:
    """ASSIGNED → FOLLOWING, with the next contact that was agreed on."""
    expect_status(lead, WORKED_ON)
    if next_contact_at is not None and (next_contact_at.tzinfo is None or next_contact_at <= now):
        raise PeopleRules.a_next_contact_lies_ahead(field="next_contact_at")
    at = None if next_contact_at is None else next_contact_at.astimezone(UTC)
    return replace(lead, status=LeadStatus.FOLLOWING, next_contact_at=at)


def given_up(lead: Lead, version: int, reason: str) -> Lead:
    """Good for nothing, as its owner found out."""
    expect_status(lead, WORKED_ON)
    expect_version(lead.version, version)
    return _invalid(lead, reason)


def converted(lead: Lead, customer_id: UUID, contact_id: UUID) -> Lead:
    """Final: a customer and a contact."""
    return replace(
        lead, status=LeadStatus.CONVERTED, customer_id=customer_id, contact_id=contact_id, next_contact_at=None
    )


def score(lead: Lead, rules: Sequence[ScoreRule]) -> int:
    """The sum of what the rules that fit give, within 0 and 100."""
    return max(0, min(100, sum(rule.points for rule in rules if _fits(lead, rule))))


def expect_status(lead: Lead, allowed: Collection[LeadStatus]) -> None:
    """``BAD_STATE`` for a lead in any other state."""
    if lead.status not in allowed:
        raise LeadRules.a_lead_is_not_in_this_state(field="id", status=lead.status.value)


def _fits(lead: Lead, rule: ScoreRule) -> bool:
    value: str | None = getattr(lead, ScoreField(rule.field).value.lower())
    return value is not None and (not rule.values_in or value in rule.values_in)


def _invalid(lead: Lead, reason: str | None) -> Lead:
    if _text(reason) is None:
        raise LeadRules.an_invalid_lead_has_a_reason(field="reason")
    return replace(lead, status=LeadStatus.INVALID, invalid_reason=_text(reason), next_contact_at=None)


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
