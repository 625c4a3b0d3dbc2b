"""What the depot says: crates with custom fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from crm_common.protocol import declare
from crm_common.protocol.custom_fields import CustomOf, custom_fields, custom_values
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, ServiceProtocol, given
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, child, shown

depot = ServiceProtocol("depot", doc="Crates, for tests.")
# known to who runs it, and not to whoever lists the product's services in the same process
declare._SERVICES.pop("depot")

CRATE_FIELDS = custom_fields(depot, "Crate", see=AUTHENTICATED)
Custom = Annotated[dict[str, Any], CustomOf("Crate")]
CrateId = Annotated[UUID, Ref("Crate")]


@contextmanager
def known() -> Iterator[None]:
    """Within the block, this process knows the depot's protocol."""
    declare._SERVICES["depot"] = depot
    try:
        yield
    finally:
        del declare._SERVICES["depot"]


@depot.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class CrateView:
    """A crate."""

    id: UUID = shown("Its id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    custom: dict[str, Any] = custom_values()
    inside_id: CrateId | None = shown("The crate around it.")
    inside: CrateView | None = child("The crate around it.")


@depot.query(AUTHENTICATED, returns=CrateView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Crates(ListQuery):
    """Crates."""


@depot.query(AUTHENTICATED, returns=CrateView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CratesByIds(GetQuery):
    """Crates by id."""


@depot.command(AUTHENTICATED, returns={"crate": CrateView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCrate(Command):
    """Create a crate."""

    name: str = given("Its name.")
    custom: Custom | UnsetType = given("Its custom fields.", default=UNSET)
    inside_id: CrateId | None = given("The crate around it.", default=None)


@depot.command(AUTHENTICATED, returns={"crate": CrateView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCrate(Command):
    """Change a crate."""

    id: CrateId = given("Which one.")
    custom: Custom | UnsetType = given("Its custom fields.", default=UNSET)


@depot.event("crate.changed", subject="crate_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CrateChanged(Event):
    """A crate was made or changed."""

    crate_id: UUID
    changes: Changes
