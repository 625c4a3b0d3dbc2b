"""A customer's record: what it is made of and what may be said of it (CUS-01, 02, 06)."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.editing import chosen, difference, expect_version
from crm_common.protocol.customer.customers import CustomerCreated, CustomerUpdated, NewCustomer, UpdateCustomer
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.customer.service import Channel, CustomerKind, Holding, PoolReason, Sex, Stage
from crm_common.protocol.declare import Changes
from customer.domain.names import cleaned

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Who a customer is and in whose hands, as it stands in the locked row."""

    id: UUID
    name: str
    holding: Holding
    owner_id: UUID | None
    queue_department_id: UUID | None
    version: int
    owned_since: datetime | None
    anchor_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a customer, apart from the phone: what an edit may change."""

    kind: CustomerKind
    name: str
    region: str | None
    industry: str | None
    nature: str | None
    source: str | None
    level: str | None
    address: str | None
    email: str | None
    fax: str | None
    website: str | None
    sex: Sex | None
    birth_date: date | None
    profession: str | None
    remark: str | None
    hobbies: str | None
    preferences: str | None
    pain_points: str | None
    preferred_channel: Channel | None
    preferred_time: str | None
    social_accounts: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """In whose hands a new customer is, and since when."""

    holding: Holding
    owner_id: UUID | None
    phone: str
    """The phone as others see it."""
    stage: Stage
    owned_since: datetime | None = None
    anchor_at: datetime | None = None
    pool_id: UUID | None = None
    pool_entered_at: datetime | None = None
    pool_reason: PoolReason | None = None
    times_in_pool: int = 0


FIELDS = tuple(each.name for each in fields(Profile))
_PERSONAL = ("sex", "birth_date", "profession")


def profile(given: NewCustomer, today: date) -> Profile:
    """The record that a command describes, in the form in which it is kept."""
    return _checked(Profile(**{name: getattr(given, name) for name in FIELDS}), today)


def owned_by(owner_id: UUID, mask: str, now: datetime) -> Beginning:
    """In somebody's name from now on."""
    return Beginning(
        holding=Holding.OWNED,
        owner_id=owner_id,
        phone=mask,
        stage=Stage.POTENTIAL,
        owned_since=now,
        anchor_at=now,
    )


def in_pool(pool_id: UUID, mask: str, now: datetime) -> Beginning:
    """In the pool from now on, for the first time."""
    return Beginning(
        holding=Holding.POOL,
        owner_id=None,
        phone=mask,
        stage=Stage.POTENTIAL,
        pool_id=pool_id,
        pool_entered_at=now,
        pool_reason=PoolReason.CREATED,
        times_in_pool=1,
    )


def created(customer_id: UUID, known: Profile, begun: Beginning, custom: Changes | None = None) -> CustomerCreated:
    """A customer is there; the event tells the phone as its mask."""
    changes = {name: each for name, each in difference(None, begun).items() if each[1] != 0}
    return CustomerCreated(
        customer_id=customer_id,
        name=known.name,
        owner_id=begun.owner_id,
        holding=begun.holding,
        changes=_said(difference(None, known)) | changes | (custom or {}),
    )


def told(held: Held) -> dict[str, Any]:
    """What every event of a customer tells that stays in the same hands."""
    return {"customer_id": held.id, "name": held.name, "owner_id": held.owner_id, "holding": held.holding}


def updated(
    held: Held, known: Profile, command: UpdateCustomer, today: date, custom: Changes
) -> tuple[Profile, CustomerUpdated | None]:
    """The record with other data; no event when nothing is different. The phone never changes, for nobody."""
    if command.phone is not UNSET:
        raise CustomerRules.the_phone_of_a_customer_cannot_be_changed(field="phone")
    expect_version(held.version, command.version)
    after = replace(known, **{name: chosen(getattr(command, name), getattr(known, name)) for name in FIELDS})
    after = _checked(after, today)
    changes = difference(known, after) | custom
    if not changes:
        return known, None
    event = CustomerUpdated(
        customer_id=held.id, name=after.name, owner_id=held.owner_id, holding=held.holding, changes=changes
    )
    return after, event


def _said(changes: Changes) -> Changes:
    return {name: change for name, change in changes.items() if change[1] != []}


def _checked(known: Profile, today: date) -> Profile:
    texts: dict[str, Any] = {
        name: value.strip() or None for name in FIELDS if isinstance(value := getattr(known, name), str)
    }
    own = {"kind": known.kind, "sex": known.sex, "preferred_channel": known.preferred_channel}
    tags = tuple(dict.fromkeys(tag for each in known.tags if (tag := " ".join(each.split()))))
    after = replace(known, **(texts | own | {"name": cleaned(known.name), "tags": tags}))
    if after.kind is not CustomerKind.PERSON:
        for name in _PERSONAL:
            if getattr(after, name) is not None:
                raise CustomerRules.only_a_person_has_this(field=name)
    if after.birth_date is not None and after.birth_date > today:
        raise CustomerRules.a_day_of_birth_has_passed(field="birth_date")
    if after.email is not None and not _EMAIL.fullmatch(after.email):
        raise CustomerRules.an_email_has_a_name_and_a_host(field="email")
    return after
