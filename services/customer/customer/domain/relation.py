"""Relations, needs and important dates: what may be said of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.customer.people_rules import PeopleRules
from crm_common.protocol.customer.relations import AddImportantDate, DateKind, NeedStatus, UpdateNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something a customer needs."""

    id: UUID
    customer_id: UUID
    content: str
    status: NeedStatus
    remark: str | None
    version: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantDate:
    """A day to think of."""

    id: UUID
    customer_id: UUID
    contact_id: UUID | None
    kind: DateKind
    title: str
    day: date
    yearly: bool
    version: int = field(default=1, compare=False)


UNTOLD = ("id", "customer_id", "version")


def refuse_a_circle(customer_id: UUID, above_parent: Collection[UUID]) -> None:
    """A parent is neither the customer itself nor below it; ``above_parent``: the parent and all of its parents."""
    if customer_id in above_parent:
        raise PeopleRules.a_company_is_not_its_own_ancestor(field="other_id")


def needed(need_id: UUID, customer_id: UUID, content: str, remark: str | None) -> Need:
    """A new need."""
    return Need(
        id=need_id, customer_id=customer_id, content=_said(content), status=NeedStatus.OPEN, remark=_text(remark)
    )


def changed(need: Need, command: UpdateNeed) -> Need:
    """The need with other words or another status."""
    expect_version(need.version, command.version)
    return replace(
        need,
        content=_said(chosen(command.content, need.content)),
        status=chosen(command.status, need.status),
        remark=_text(chosen(command.remark, need.remark)),
    )


def dated(date_id: UUID, command: AddImportantDate) -> ImportantDate:
    """A new important date."""
    title = command.title.strip()
    if not title:
        raise PeopleRules.a_date_has_a_title(field="title")
    return ImportantDate(
        id=date_id,
        customer_id=command.customer_id,
        contact_id=command.contact_id,
        kind=command.kind,
        title=title,
        day=command.day,
        yearly=command.yearly,
    )


def _said(content: str) -> str:
    if not content.strip():
        raise PeopleRules.a_need_says_something(field="content")
    return content.strip()


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
