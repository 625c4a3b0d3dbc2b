"""Saved views (CUS-05): a list with its filter, order and columns, kept under a name by each user for himself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.customer.service import SEE_RECORD, VERSION_DOC, Name, Version, customer
from crm_common.protocol.declare import Changes, Command, Direction, Event, GetQuery, ListQuery, given
from crm_common.protocol.views import Ref, shown

SavedViewId = Annotated[UUID, Ref("SavedView")]
FieldName = Annotated[str, Meta(min_length=1, max_length=120)]
MOST = 100


class SavedList(StrEnum):
    """The list that a saved view is of."""

    CUSTOMERS = "CUSTOMERS"
    """customers."""
    MY_CUSTOMERS = "MY_CUSTOMERS"
    """myCustomers."""
    POOL_CUSTOMERS = "POOL_CUSTOMERS"
    """poolCustomers."""


class SavedViewRules(Rules):
    """Refusals of saved views."""

    a_saved_view_has_a_name_of_its_own = Rule(
        Code.DUPLICATE, en="You have a view {name} of this list already.", zh="该列表已有名为“{name}”的视图。"
    )
    saved_views_are_limited = Rule(
        Code.LIMIT_EXCEEDED, en="You can keep {limit} views.", zh="最多可保存 {limit} 个视图。"
    )
    a_saved_view_is_ordered_by_a_sortable_field = Rule(
        Code.VALIDATION, en="Lists cannot be ordered by {name}.", zh="列表不能按“{name}”排序。"
    )


@dataclass(frozen=True, slots=True)
class SavedOrder:
    """One step of the order of a saved view."""

    field: FieldName
    """A sortable field, as the schema names it (createdAt, custom.taxNo)."""
    direction: Direction = Direction.ASC
    """Direction."""


@customer.view(SEE_RECORD)
@dataclass(slots=True, kw_only=True)
class SavedViewView:
    """A view of a list, as its user saved it."""

    id: UUID = shown("The id.")
    list: SavedList = shown("The list it is of.", filterable=True)
    name: str = shown("Its name.", sortable=True)
    filter: Any = shown("The filter, as it was saved: send it as the list's filter.")
    order_by: Any = shown("The order: [{field, direction}].")
    columns: Any = shown("The columns shown, by the names of the schema; empty: those of the list.")
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(SEE_RECORD, returns=SavedViewView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViews(ListQuery):
    """The views that the viewer saved, by name."""


@customer.query(SEE_RECORD, returns=SavedViewView)
@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewsByIds(GetQuery):
    """Own saved views by id."""


@customer.command(SEE_RECORD, returns={"saved_view": SavedViewView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSavedView(Command):
    """Save a view of a list for oneself."""

    list: SavedList = given("The list.")
    name: Name = given("Its name.")
    filter: dict[str, Any] = given("The filter, as the list takes it.", default_factory=dict)
    order_by: tuple[SavedOrder, ...] = given("The order.", default=())
    columns: tuple[FieldName, ...] = given("The columns shown, by the names of the schema.", default=())


@customer.command(SEE_RECORD, returns={"saved_view": SavedViewView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSavedView(Command):
    """Change one's saved view."""

    id: SavedViewId = given("The view.")
    version: Version = given(VERSION_DOC)
    name: Name | UnsetType = given("Its name.", default=UNSET)
    filter: dict[str, Any] | UnsetType = given("The filter, as the list takes it.", default=UNSET)
    order_by: tuple[SavedOrder, ...] | UnsetType = given("The order.", default=UNSET)
    columns: tuple[FieldName, ...] | UnsetType = given("The columns shown.", default=UNSET)


@customer.command(SEE_RECORD, returns={"deleted_id": SavedViewId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSavedView(Command):
    """Forget one's saved view."""

    id: SavedViewId = given("The view.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewEvent(Event):
    """What every event of a saved view tells."""

    saved_view_id: UUID
    employee_id: UUID
    changes: Changes


@customer.event("saved_view.created", subject="saved_view_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewCreated(SavedViewEvent):
    """A view was saved."""


@customer.event("saved_view.updated", subject="saved_view_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewUpdated(SavedViewEvent):
    """A saved view was changed."""


@customer.event("saved_view.deleted", subject="saved_view_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SavedViewDeleted(SavedViewEvent):
    """A saved view was forgotten."""
