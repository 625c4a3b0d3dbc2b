"""The past of a customer (BYD-06): its history as the journal tells it, and going back to what it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.customers import EDIT, CustomerView
from crm_common.protocol.customer.service import SEE_RECORD, VERSION_DOC, CustomerId, Version, customer
from crm_common.protocol.declare import Command, ListQuery, given
from crm_common.protocol.history import HistoryEntryView
from crm_common.protocol.views import Ref

EntryId = Annotated[UUID, Ref("HistoryEntry")]


class PastRules(Rules):
    """Refusals of going back."""

    the_record_was_not_there_then = Rule(
        Code.VALIDATION, en="At that time the customer was not there yet.", zh="该时间点客户尚不存在。"
    )
    a_change_is_none_of_this_record = Rule(
        Code.VALIDATION, en="The history of this customer has no such change.", zh="该客户的历史中没有此变更。"
    )


@customer.query(SEE_RECORD, returns=HistoryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHistory(ListQuery):
    """Every change of a customer, latest first: who, when, from what to what."""

    id: CustomerId = given("The customer.")


@dataclass(frozen=True, slots=True)
class LaterChange:
    """A change of a field that came after what the caller knew of."""

    event_id: EntryId
    """The entry of the history."""
    type: str
    """What happened: customer.updated …"""
    at: datetime
    """When."""
    by: str | None
    """Who did it, by his name of that time."""
    value: Any | None
    """What the field became."""


@dataclass(frozen=True, slots=True)
class RevertConflict:
    """A field that somebody changed meanwhile: it stays as it is, unless one says overwrite."""

    field: str
    """Which one."""
    then: Any | None
    """What it was at the moment."""
    now: Any | None
    """What it is."""
    since: list[LaterChange]
    """Who changed it, earliest first."""


@customer.command(
    EDIT,
    returns={"customer": CustomerView, "reverted": tuple[str, ...], "conflicts": tuple[RevertConflict, ...]},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RevertCustomer(Command):
    """Make fields of a customer what they were at a moment (BYD-06), as far as one may edit them; never the phone.

    What was changed after the last change that the caller knows of is a conflict: it stays, and it is told who changed
    it. Fields are named as the history names them: address, preferred_channel, custom.taxNo.
    """

    id: CustomerId = given("The customer.")
    version: Version = given(VERSION_DOC)
    as_of: Annotated[datetime, Meta(tz=True)] = given("The moment.")
    fields: Annotated[tuple[str, ...], Meta(max_length=200)] = given(
        "Only these fields; none: all that an edit can change.", default=()
    )
    known_id: EntryId | None = given(
        "The last entry of the history that one has seen; absent: none since the moment.", default=None
    )
    overwrite: bool = given("Take what was then even where somebody changed it since.", default=False)
