"""What the service says: firms that belong to somebody, people whom everybody sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol import declare
from crm_common.protocol.declare import Changes, Event, GetQuery, ListQuery, ServiceProtocol
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

finding = ServiceProtocol("finding", doc="Firms and people, for tests of search.")
# known to who runs the service, and not to whoever lists the product's in the same process
declare._SERVICES.pop("finding")

FIRMS, PEOPLE = needs("firm.view"), needs("person.view")


@contextmanager
def known() -> Iterator[None]:
    """Within the block, this process knows the protocol."""
    before = dict(declare.services())
    declare._SERVICES["finding"] = finding
    try:
        yield
    finally:
        declare._SERVICES.clear()
        declare._SERVICES.update(before)


@finding.view(FIRMS)
@dataclass(slots=True)
class BuyerView:
    """A firm."""

    id: UUID = shown("Its id.")
    name: str = shown("Its name.", filterable=True, sortable=True)
    about: str | None = shown("What is known of it.")
    phone: str | None = shown("Its number; whoever does not own the firm sees a part of it.")


@finding.view(PEOPLE)
@dataclass(slots=True)
class MemberView:
    """A person."""

    id: UUID = shown("The id.")
    name: str = shown("The name.", filterable=True, sortable=True)


finding.searchable(BuyerView, title="name", details=("phone",))
finding.searchable(MemberView, title="name")


@finding.query(FIRMS, returns=BuyerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Firms(ListQuery):
    """Firms."""


@finding.query(FIRMS, returns=BuyerView, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class FirmsByIds(GetQuery):
    """Firms by id."""


@finding.query(PEOPLE, returns=MemberView, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleByIds(GetQuery):
    """People by id."""


@finding.event("firm.changed", subject="firm_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class FirmChanged(Event):
    """A firm was made, changed or removed."""

    firm_id: UUID
    changes: Changes


@finding.event("person.changed", subject="person_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Event):
    """A person was made or changed."""

    person_id: UUID
    changes: Changes
