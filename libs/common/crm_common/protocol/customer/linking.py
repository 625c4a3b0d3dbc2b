"""One view of a customer that other systems know too (CUS-47): their ids of it, and records that they send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.customers import EDIT, CustomerEvent, CustomerView, NewCustomer
from crm_common.protocol.customer.service import SEE, CustomerId, EmployeeId, customer
from crm_common.protocol.declare import Command, Personal, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown

SEND = needs("customer.import")
System = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_.-]*$")]
External = Annotated[str, Meta(min_length=1, max_length=200)]
SYSTEM_DOC = "The other system, in small letters: shop, erp, wechat …"
_PERSONAL = Personal(of="customer_id", fields=("name", "external_id"), changes=("external_ids.",))


class LinkRules(Rules):
    """Refusals of linking."""

    an_external_id_is_of_one_customer = Rule(
        Code.DUPLICATE,
        en="{external_id} of {system} is another customer here.",
        zh="{system} 中的“{external_id}”已关联其他客户。",
    )


class LinkOutcome(StrEnum):
    """What became of a record that another system sent."""

    KNOWN = "KNOWN"
    """It was known by its id."""
    LINKED = "LINKED"
    """It was found by phone and name, and is known by its id from now on."""
    CREATED = "CREATED"
    """It is new."""


@customer.view(SEE)
@dataclass(slots=True, kw_only=True)
class ExternalIdView:
    """What another system calls a customer."""

    system: str = shown("The other system.", filterable=True)
    external_id: str = shown("Its id there.", filterable=True)
    linked_at: datetime = shown("Since when it is known.")


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCustomer(Command):
    """Note what another system calls a customer; the same again changes nothing."""

    id: CustomerId = given("The customer.")
    system: System = given(SYSTEM_DOC)
    external_id: External = given("Its id there; in one system one customer has it.")


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkCustomer(Command):
    """Forget what another system calls a customer."""

    id: CustomerId = given("The customer.")
    system: System = given(SYSTEM_DOC)
    external_id: External = given("Its id there.")


@customer.command(SEND, returns={"customer": CustomerView, "outcome": LinkOutcome})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertCustomer(NewCustomer):
    """Take a record that another system sends: found by its id there, else by phone and name, else new.

    Of a customer that is found, what is empty here is filled; nothing is overwritten. In the pool nothing changes.
    """

    system: System = given(SYSTEM_DOC)
    external_id: External = given("Its id there.")
    owner_id: EmployeeId | None = given("In whose name a new one is; absent: it goes to the pool.", default=None)


@customer.event("customer.linked", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLinked(CustomerEvent):
    """It is known what another system calls a customer."""

    personal = _PERSONAL
    system: str
    external_id: str


@customer.event("customer.unlinked", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUnlinked(CustomerEvent):
    """What another system calls a customer is forgotten."""

    personal = _PERSONAL
    system: str
    external_id: str
