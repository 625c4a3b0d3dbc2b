"""Commands about saved views (CUS-05): each user's own, checked against the view of the day when they are saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from msgspec import UnsetType

from crm_common import codec
from crm_common.changes import Change, Usecase
from crm_common.editing import chosen, difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.customers import CustomerView
from crm_common.protocol.customer.views_saved import (
    MOST,
    CreateSavedView,
    DeleteSavedView,
    SavedOrder,
    SavedViewCreated,
    SavedViewDeleted,
    SavedViewRules,
    SavedViewUpdated,
    UpdateSavedView,
)
from crm_common.protocol.declare import snake
from crm_common.protocol.views import shape_of
from crm_common.reading import Reader
from customer.domain.names import cleaned
from customer.store import saved_views
from customer.store.saved_views import Saved

_FIXED = ("id", "version", "employee_id")
_CUSTOM = "custom."


def create_saved_view(reader: Reader) -> Usecase:
    """A new view of the caller's."""

    def run(change: Change, command: CreateSavedView) -> dict[str, Any]:
        employee_id = change.context.authenticated().id
        there = saved_views.of(change.connection, employee_id)
        if len(there) >= MOST:
            raise SavedViewRules.saved_views_are_limited(limit=MOST)
        view = Saved(
            id=change.new_id(),
            employee_id=employee_id,
            list=command.list,
            name=cleaned(command.name),
            filter=command.filter,
            order_by=_order(command.order_by),
            columns=_columns(command.columns),
            version=1,
        )
        _expect_own_name(view, there)
        reader.kept_filter(CustomerView, view.filter)
        saved_views.save(change.connection, view, change.now)
        changes = difference(None, view, without=_FIXED)
        change.record(SavedViewCreated(saved_view_id=view.id, employee_id=employee_id, changes=changes))
        return {"saved_view": view.id}

    return run


def update_saved_view(reader: Reader) -> Usecase:
    """Another name, filter, order or columns for one's view."""

    def run(change: Change, command: UpdateSavedView) -> dict[str, Any]:
        before, there = _own(change, command.id)
        expect_version(before.version, command.version)
        after = replace(
            before,
            name=cleaned(chosen(command.name, before.name)),
            filter=chosen(command.filter, before.filter),
            order_by=before.order_by if isinstance(command.order_by, UnsetType) else _order(command.order_by),
            columns=before.columns if isinstance(command.columns, UnsetType) else _columns(command.columns),
        )
        changes = difference(before, after, without=_FIXED)
        if changes:
            _expect_own_name(after, there)
            reader.kept_filter(CustomerView, after.filter)
            saved_views.save(change.connection, replace(after, version=before.version + 1), change.now)
            told = SavedViewUpdated(saved_view_id=after.id, employee_id=after.employee_id, changes=changes)
            change.record(told)
        return {"saved_view": after.id}

    return run


def delete_saved_view(change: Change, command: DeleteSavedView) -> dict[str, Any]:
    """One's view is forgotten."""
    view, _ = _own(change, command.id)
    saved_views.delete(change.connection, view.id)
    changes = difference(view, None, without=_FIXED)
    change.record(SavedViewDeleted(saved_view_id=view.id, employee_id=view.employee_id, changes=changes))
    return {"deleted_id": view.id}


def _own(change: Change, view_id: UUID) -> tuple[Saved, list[Saved]]:
    there = saved_views.of(change.connection, change.context.authenticated().id)
    for each in there:
        if each.id == view_id:
            return each, there
    raise CommonRules.the_record_was_not_found(field="id")


def _expect_own_name(view: Saved, there: list[Saved]) -> None:
    if any(each.id != view.id and (each.list, each.name) == (view.list, view.name) for each in there):
        raise SavedViewRules.a_saved_view_has_a_name_of_its_own(field="name", name=view.name)


def _order(steps: tuple[SavedOrder, ...]) -> tuple[dict[str, Any], ...]:
    for step in steps:
        field = shape_of(CustomerView).fields.get(snake(step.field))
        if not step.field.startswith(_CUSTOM) and (field is None or not field.sortable):
            raise SavedViewRules.a_saved_view_is_ordered_by_a_sortable_field(field="order_by", name=step.field)
    return tuple(codec.to_builtins(step) for step in steps)


def _columns(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not name.startswith(_CUSTOM) and snake(name) not in shape_of(CustomerView).fields:
            raise CommonRules.a_field_is_unknown(field="columns", name=name)
    return tuple(dict.fromkeys(names))
