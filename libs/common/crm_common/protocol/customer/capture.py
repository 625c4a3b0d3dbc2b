"""Online capture (CUS-41): forms anybody may post to, each with its key, its rate and a mark for spam."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.customer.service import VERSION_DOC, Code, Line, Name, Phone, Text, Version, customer
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import PUBLIC, needs
from crm_common.protocol.views import Ref, shown

EDIT_FORMS = needs("lead.edit", "lead.import")
CaptureFormId = Annotated[UUID, Ref("CaptureForm")]
PerMinute = Annotated[int, Meta(ge=1, le=10_000)]
FormKey = Annotated[str, Meta(min_length=1, max_length=64)]


@customer.view(EDIT_FORMS)
@dataclass(slots=True, kw_only=True)
class CaptureFormView:
    """A form by which leads come in."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    key: str = shown("The key that posts carry; it stands in the page and is no secret.")
    source: str = shown("The source its leads get.", filterable=True)
    campaign: str | None = shown("The campaign its leads get.", filterable=True)
    active: bool = shown("Whether it takes leads.", filterable=True)
    per_minute: int = shown("How many it takes in a minute.")
    created_at: datetime = shown("When it was made.", sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(EDIT_FORMS, returns=CaptureFormView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureForms(ListQuery):
    """Forms by which leads come in, latest first."""


@customer.query(EDIT_FORMS, returns=CaptureFormView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFormsByIds(GetQuery):
    """Forms by id."""


@customer.command(EDIT_FORMS, returns={"capture_form": CaptureFormView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCaptureForm(Command):
    """Make a form; its key is made with it."""

    name: Name = given("Its name.")
    source: Code = given("The source its leads get.", default="form")
    campaign: Line | None = given("The campaign its leads get.", default=None)
    per_minute: PerMinute = given("How many it takes in a minute.", default=60)


@customer.command(EDIT_FORMS, returns={"capture_form": CaptureFormView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCaptureForm(Command):
    """Change a form, or close it. Fields that are left out stay as they are."""

    id: CaptureFormId = given("The form.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    campaign: Line | UnsetType | None = given("The campaign its leads get.", default=UNSET)
    per_minute: PerMinute | UnsetType = given("How many it takes in a minute.", default=UNSET)
    active: bool | UnsetType = given("Whether it takes leads.", default=UNSET)


@customer.command(PUBLIC, returns={"accepted": bool})
@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLead(Command):
    """Post a form: what it says becomes a new lead. Nothing of what is known already is told to whoever posts."""

    form_key: FormKey = given("The form's key.")
    name: Name = given("One's name.")
    company: Line | None = given("One's company.", default=None)
    phone: Phone | None = given("One's phone. Without it an e-mail address is needed.", default=None)
    email: Line | None = given("One's e-mail address.", default=None)
    message: Text | None = given("What one wants to say.", default=None)
    homepage: Line | None = given("Stays empty: people do not see this field, programs fill it in.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFormEvent(Event):
    """What every event of a form tells."""

    form_id: UUID
    name: str
    changes: Changes


@customer.event("capture_form.created", subject="form_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFormCreated(CaptureFormEvent):
    """A form was made."""


@customer.event("capture_form.updated", subject="form_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFormUpdated(CaptureFormEvent):
    """A form was changed, closed or opened."""
