"""Sharing a customer with named colleagues (CUS-48): to read, or to write follow-ups too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.customers import EDIT, CustomerEvent, CustomerView
from crm_common.protocol.customer.service import SEE, CustomerId, EmployeeId, customer
from crm_common.protocol.declare import Command, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import shown


class ShareRight(StrEnum):
    """What a collaborator may do."""

    READ = "READ"
    """See the customer."""
    FOLLOW = "FOLLOW"
    """See it and write follow-ups."""


class SharingRules(Rules):
    """Refusals of sharing."""

    a_customer_is_not_shared_with_its_owner = Rule(
        Code.VALIDATION, en="The customer is in this employee's name already.", zh="该员工已是客户负责人。"
    )
    a_customer_is_shared_with_active_colleagues = Rule(
        Code.VALIDATION,
        en="This employee is unknown or disabled.",
        zh="该员工不存在或已停用。",
    )


@customer.view(SEE)
@dataclass(slots=True, kw_only=True)
class CollaboratorView:
    """A colleague with whom the owner shares a customer, until it changes hands."""

    employee_id: EmployeeId = shown("The colleague.")
    employee_name: str | None = shown("His name, as this service knows it.")
    right: ShareRight = shown("What he may do.")
    sees_phone: bool = shown("Whether the owner lets him read phones in full.")
    shared_at: datetime = shown("Since when.")


@customer.query(needs("customer.view", "customer.follow"), returns=CustomerView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCustomers(ListQuery):
    """Customers that colleagues share with the viewer."""


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCustomer(Command):
    """Share one's customer with a colleague, or change what he may; it ends when the customer changes hands."""

    id: CustomerId = given("The customer.")
    employee_id: EmployeeId = given("The colleague.")
    right: ShareRight = given("What he may do.", default=ShareRight.READ)
    sees_phone: bool = given("Whether he reads phones in full.", default=False)


@customer.command(EDIT, returns={"customer": CustomerView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UnshareCustomer(Command):
    """Share one's customer with a colleague no longer."""

    id: CustomerId = given("The customer.")
    employee_id: EmployeeId = given("The colleague.")


@customer.event("customer.shared", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerShared(CustomerEvent):
    """The owner shares a customer with a colleague, or changed what he may."""

    employee_id: UUID
    right: ShareRight
    sees_phone: bool


@customer.event("customer.unshared", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUnshared(CustomerEvent):
    """The owner shares a customer with a colleague no longer."""

    employee_id: UUID
