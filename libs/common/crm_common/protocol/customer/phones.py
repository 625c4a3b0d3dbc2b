"""Who read a phone in full without being its owner (CUS-14)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.customer.service import customer
from crm_common.protocol.declare import Event


@customer.event("phone.viewed", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneViewed(Event):
    """Somebody with customer.phone.view_all read a phone of somebody else's record in full; the actor is who."""

    record_id: UUID
    """The record whose phone it is."""
    record: str
    """What it is: customer, contact_phone, lead."""
