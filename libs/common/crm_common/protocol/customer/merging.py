"""Merging two customers that are one (CUS-45, BYD-11): everything moves to the survivor, and can be put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.customers import CustomerEvent, CustomerTurned, CustomerView
from crm_common.protocol.customer.service import VERSION_DOC, CustomerId, EmployeeId, Version, customer
from crm_common.protocol.declare import Command, ListQuery, given
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, child, shown

MERGE = needs("customer.merge")
MergeId = Annotated[UUID, Ref("CustomerMerge")]


class MergeRules(Rules):
    """Refusals of merging, and of taking it back."""

    a_customer_is_not_merged_into_itself = Rule(
        Code.VALIDATION, en="Name two different customers.", zh="请选择两个不同的客户。"
    )
    something_depends_on_the_merged_customer = Rule(
        Code.BAD_STATE,
        en="Something of the customer that is to be merged is open still: {reasons}.",
        zh="被合并的客户还有未结事项：{reasons}。",
    )
    a_merge_would_make_a_circle_of_parents = Rule(
        Code.BAD_STATE,
        en="Merged, the customer would be its own parent company; end that relation first.",
        zh="合并后客户将成为自身的上级公司，请先解除该关联。",
    )
    a_merge_is_taken_back_once = Rule(Code.BAD_STATE, en="This merge was taken back already.", zh="该合并已撤销。")


class MergeConflictKind(StrEnum):
    """What of a merge could not be put back as it was."""

    FIELD = "FIELD"
    """A value that the survivor got from the merged one was changed since: it stays."""
    RECORD = "RECORD"
    """A record that had moved was removed, or moved on, since: it does not come back."""
    RELATION = "RELATION"
    """A relation or share that both had cannot be made again: its other side is gone, or somebody made it anew."""
    CONTACT = "CONTACT"
    """The contact with the merged one's number was edited or removed since: it stays as it is."""
    OWNER = "OWNER"
    """The merged one's owner is not active any more: the survivor's owner has it now."""


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """Something that moved on since a merge, and so was not put back."""

    kind: MergeConflictKind
    """What it is."""
    name: str
    """Of a value the field, of a record its kind: contact, follow_up, need …"""
    record_id: UUID | None = None
    """The record's id."""


@customer.view(MERGE)
@dataclass(slots=True, kw_only=True)
class CustomerMergeView:
    """A merge of two customers; seen by whoever sees the survivor."""

    id: UUID = shown("The id.")
    survivor_id: CustomerId = shown("The customer that was kept.", filterable=True)
    survivor: CustomerView | None = child("The customer that was kept.")
    merged_id: CustomerId = shown("The customer that went into it.", filterable=True)
    merged_name: str = shown("Its name.")
    merged_at: datetime = shown("When.", filterable=True, sortable=True)
    merged_by: EmployeeId | None = shown("By whom.")
    merged_by_name: str | None = shown("His name, as this service knows it.")
    moved: int = shown("How many records moved to the survivor.")
    undone_at: datetime | None = shown("When it was taken back.", filterable=True)


@customer.query(MERGE, returns=CustomerMergeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMerges(ListQuery):
    """Merges of customers in the viewer's data scope, latest first."""


@customer.command(MERGE, returns={"survivor": CustomerView, "merged": CustomerView, "merge": CustomerMergeView})
@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCustomers(Command):
    """Merge a customer into another one, both in somebody's name and in one's data scope.

    The survivor keeps its name, phone and owner and takes over what it lacks; the other number becomes a contact.
    """

    survivor_id: CustomerId = given("The customer that is kept.")
    survivor_version: Version = given(VERSION_DOC)
    merged_id: CustomerId = given("The customer that goes into it.")
    merged_version: Version = given(VERSION_DOC)


@customer.command(
    MERGE,
    returns={"survivor": CustomerView, "customer": CustomerView, "conflicts": tuple[MergeConflict, ...]},
)
@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMerge(Command):
    """Take a merge back: everything goes where it was; what moved on meanwhile stays and is named."""

    id: MergeId = given("The merge.")


@customer.event("customer.merged", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMerged(CustomerTurned):
    """A customer went into another one: what belongs to it elsewhere belongs to the survivor now."""

    merge_id: UUID
    survivor_id: UUID
    moved: dict[str, list[UUID]]
    """Kind of record → those that belong to the survivor now."""


@customer.event("customer.absorbed", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAbsorbed(CustomerEvent):
    """A customer took another one in; its own changes."""

    merge_id: UUID
    merged_id: UUID


@customer.event("customer.unmerged", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUnmerged(CustomerTurned):
    """A customer came out of the one it had gone into."""

    merge_id: UUID
    survivor_id: UUID
    moved: dict[str, list[UUID]]
    """Kind of record → those that belong to it again."""
    conflicts: list[dict[str, Any]]
    """What moved on meanwhile and was not put back."""


@customer.event("customer.gave_back", subject="customer_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGaveBack(CustomerEvent):
    """A customer gave back what another one had brought; its own changes."""

    merge_id: UUID
    merged_id: UUID
