"""How often customers are spoken to (CUS-49): at least so often by their class, and not more marketing than so much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.customer.consents import Purpose
from crm_common.protocol.customer.customers import CustomerView
from crm_common.protocol.customer.service import SEE, Channel, customer
from crm_common.protocol.declare import Command, Event, ListQuery, Personal, Setting
from crm_common.protocol.policy import INTERNAL

LEAST = customer.setting(
    Setting(
        "contact_plan.least",
        dict,
        {"high_value": 1},
        "How often customers of a class are spoken to within contact_plan.days, at least: {class: times}.",
        0,
        100,
    )
)
DAYS = customer.setting(Setting("contact_plan.days", int, 30, "Within how many days.", 1, 366))
MARKETING_MOST = customer.setting(
    Setting("contact_plan.marketing_most", int, 4, "Marketing messages to one customer, at most; 0: any.", 0, 100)
)
MARKETING_DAYS = customer.setting(Setting("contact_plan.marketing_days", int, 30, "Within how many days.", 1, 366))


@customer.query(SEE, returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPlanDue(ListQuery):
    """Customers in the viewer's data scope who were spoken to less often than their class asks for."""


@customer.command(INTERNAL, returns={"noted": bool}, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTouch(Command):
    """A message was sent to a customer; the same reference twice is noted once. It stands on the timeline."""

    customer_id: UUID
    channel: Channel
    purpose: Purpose
    at: datetime
    reference: Annotated[str, Meta(min_length=1, max_length=200)]
    """What was sent: ``<service>:<aggregate>/<uuid>``."""


@customer.event("contact_plan.due", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerNeglected(Event):
    """A customer was spoken to less often than its class asks for; told once within the days of the plan."""

    personal = Personal(of="customer_id", fields=("customer_name",))
    customer_id: UUID
    customer_name: str
    owner_id: UUID
    customer_class: str
    touches: int
    least: int
    days: int
