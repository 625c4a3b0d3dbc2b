"""What the ledger says: one aggregate, ``entry``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.protocol import declare
from crm_common.protocol.declare import Changes, Command, Event, Personal, ServiceProtocol, given
from crm_common.protocol.holds import HoldPlaced, HoldReleased
from crm_common.protocol.policy import AUTHENTICATED, PUBLIC
from crm_common.protocol.views import shown

ledger = ServiceProtocol("ledger", doc="Entries, for tests.")
# known to those who import it, and not to whoever lists the product's services in the same process
declare._SERVICES.pop("ledger")


@ledger.view(AUTHENTICATED)
@dataclass(slots=True)
class LedgerEntryView:
    """An entry."""

    id: UUID = shown("Its id.")
    amount: int = shown("Its amount.")


@ledger.event("entry.made", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMade(Event):
    """An entry was made."""

    entry_id: UUID
    changes: Changes


@ledger.event("entry.changed", subject="entry_id", version=2)
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanged(Event):
    """An entry was changed."""

    entry_id: UUID
    changes: Changes
    reason: str | None = None


@ledger.event("entry.deleted", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDeleted(Event):
    """An entry was deleted."""

    entry_id: UUID
    changes: Changes


@ledger.event("entry.signed", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySigned(Event):
    """Somebody signed an entry; who it was can be forgotten."""

    personal = Personal(of="signer_id", fields=("signer", "note"), changes=("signature", "custom."))
    entry_id: UUID
    signer_id: UUID
    signer: str
    note: str | None = None
    changes: Changes


@ledger.event("entry.held", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHeld(HoldPlaced):
    """Something begins to depend on an entry."""


@ledger.event("entry.hold_released", subject="record_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHoldReleased(HoldReleased):
    """Something no longer depends on an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared(Event):
    """An event that no protocol knows."""

    entry_id: UUID


@ledger.command(
    PUBLIC,
    returns={"entry": LedgerEntryView, "entries": list[LedgerEntryView], "secret": str, "total": int},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MakeEntry(Command):
    """Make an entry."""

    amount: int = given("Its amount.")
    name: str | None = given("Its unique name.", default=None)
    password: str | None = given("Something that nobody may guess from what is kept.", default=None)


make_entry = ledger.commands["make_entry"]


def changes_of(**fields: tuple[Any, Any]) -> Changes:
    """``changes`` as an event carries them."""
    return dict(fields)
