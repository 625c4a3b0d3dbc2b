"""Partners, suppliers and agents (CUS-52): kept as customers are, but in nobody's name and never in the pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.errors import Code as ErrorCode
from crm_common.errors import Rule, Rules
from crm_common.protocol.customer.service import (
    VERSION_DOC,
    Code,
    EmployeeId,
    Line,
    Name,
    Phone,
    Text,
    Version,
    customer,
)
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

VIEW = needs("partner.view", "partner.edit")
EDIT = needs("partner.edit")
PartnerId = Annotated[UUID, Ref("Partner")]


class PartnerType(StrEnum):
    """What somebody outside is to the company."""

    PARTNER = "PARTNER"
    """Partner (合作伙伴)."""
    SUPPLIER = "SUPPLIER"
    """Supplier (供应商)."""
    AGENT = "AGENT"
    """Agent (代理商)."""


class PartnerRules(Rules):
    """Refusals about partners."""

    a_partner_with_this_phone_and_name_exists = Rule(
        ErrorCode.DUPLICATE,
        en="There is a partner with this phone and name already.",
        zh="已存在相同电话和名称的合作伙伴。",
    )


@customer.view(VIEW)
@dataclass(slots=True, kw_only=True)
class PartnerView:
    """A partner, supplier or agent: seen in full by whoever may see partners."""

    id: UUID = shown("The id.", filterable=True)
    type: PartnerType = shown("What it is to the company.", filterable=True, sortable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    phone: str = shown("Its phone; found by the whole number only.", filterable=True, masked=True)
    contact_name: str | None = shown("Whom to ask for.", filterable=True)
    email: str | None = shown("Its e-mail address.", filterable=True)
    address: str | None = shown("Its address.", filterable=True)
    region: str | None = shown("Region, a code of the dictionary region.", filterable=True, sortable=True)
    industry: str | None = shown("Industry, a code of the dictionary industry.", filterable=True, sortable=True)
    responsible_id: EmployeeId | None = shown("Who looks after it.", filterable=True)
    responsible_name: str | None = shown("His name, as this service knows it.")
    remark: str | None = shown("What else is known.", filterable=True)
    archived: bool = shown("Whether it is worked with no longer.", filterable=True)
    created_at: datetime = shown("When it was created.", filterable=True, sortable=True)
    updated_at: datetime = shown("When it was last changed.", filterable=True, sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(VIEW, returns=PartnerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Partners(ListQuery):
    """Partners, suppliers and agents by name."""


@customer.query(VIEW, returns=PartnerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersByIds(GetQuery):
    """Partners by id."""


@customer.command(EDIT, returns={"partner": PartnerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePartner(Command):
    """Add a partner, supplier or agent."""

    type: PartnerType = given("What it is to the company.")
    name: Name = given("Its name.")
    phone: Phone = given("Its phone; together with the name it is unique.")
    contact_name: Line | None = given("Whom to ask for.", default=None)
    email: Line | None = given("Its e-mail address.", default=None)
    address: Line | None = given("Its address.", default=None)
    region: Code | None = given("Region, a code of the dictionary region.", default=None)
    industry: Code | None = given("Industry, a code of the dictionary industry.", default=None)
    responsible_id: EmployeeId | None = given("Who looks after it.", default=None)
    remark: Text | None = given("What else is known.", default=None)


@customer.command(EDIT, returns={"partner": PartnerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePartner(Command):
    """Change a partner; one that is worked with no longer is archived, never deleted."""

    id: PartnerId = given("The partner.")
    version: Version = given(VERSION_DOC)
    type: PartnerType | UnsetType = given("What it is to the company.", default=UNSET)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    contact_name: Line | UnsetType | None = given("Whom to ask for.", default=UNSET)
    email: Line | UnsetType | None = given("Its e-mail address.", default=UNSET)
    address: Line | UnsetType | None = given("Its address.", default=UNSET)
    region: Code | UnsetType | None = given("Region, a code of the dictionary region.", default=UNSET)
    industry: Code | UnsetType | None = given("Industry, a code of the dictionary industry.", default=UNSET)
    responsible_id: EmployeeId | UnsetType | None = given("Who looks after it.", default=UNSET)
    remark: Text | UnsetType | None = given("What else is known.", default=UNSET)
    archived: bool | UnsetType = given("Whether it is worked with no longer.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEvent(Event):
    """What every event of a partner tells. No phone, ever."""

    partner_id: UUID
    type: PartnerType
    name: str
    changes: Changes


@customer.event("partner.created", subject="partner_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCreated(PartnerEvent):
    """A partner was added."""


@customer.event("partner.updated", subject="partner_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerUpdated(PartnerEvent):
    """A partner was changed, archived or taken back."""
