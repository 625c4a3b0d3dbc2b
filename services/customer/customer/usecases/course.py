"""The course of a customer: stage (CUS-31), class (CUS-29), hot or not (CUS-35)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.editing import expect_version
from crm_common.protocol.customer.course import (
    CustomerClassChanged,
    CustomerHotSet,
    CustomerHotUnset,
    CustomerStageChanged,
    SetCustomerClass,
    SetCustomerHot,
    SetCustomerStage,
)
from crm_common.protocol.customer.dictionaries import Dictionary
from customer.domain.course import expect_step
from customer.domain.customer import told
from customer.store import course
from customer.usecases import access
from customer.usecases.dictionaries import expect_entries

_CLASSES = {"customer_class": Dictionary.CUSTOMER_CLASS}


def set_customer_stage(change: Change, command: SetCustomerStage) -> dict[str, Any]:
    """Another stage of one's own customer."""
    customer = access.owned(change, command.id, managers=False)
    expect_version(customer.version, command.version)
    before = course.of(change.connection, customer.id).stage
    if before is not command.stage:
        expect_step(before, command.stage, command.reason)
        by = change.context.authenticated().id
        course.step(
            change.connection,
            change.new_id(),
            customer.id,
            before,
            command.stage,
            by=by,
            reason=command.reason,
            now=change.now,
        )
        changes = {"stage": (before.value, command.stage.value)}
        event = CustomerStageChanged(
            **told(customer), changes=changes, before=before, after=command.stage, reason=command.reason
        )
        change.record(event)
    return {"customer": customer.id}


def set_customer_class(change: Change, command: SetCustomerClass) -> dict[str, Any]:
    """Another class by value, by the owner or his superior."""
    customer = access.owned(change, command.id)
    expect_version(customer.version, command.version)
    before, after = course.of(change.connection, customer.id).customer_class, command.customer_class
    if before != after:
        expect_entries(change, {"customer_class": after} if after is not None else {}, _CLASSES)
        course.set_class(change.connection, customer.id, after, change.now)
        changes = {"customer_class": (before, after)}
        change.record(CustomerClassChanged(**told(customer), changes=changes, by_rule=None))
    return {"customer": customer.id}


def set_customer_hot(change: Change, command: SetCustomerHot) -> dict[str, Any]:
    """Flag one's own customer, or take the flag away; doing it again changes nothing."""
    customer = access.owned(change, command.id, managers=False)
    before = course.of(change.connection, customer.id).hot
    if before is not command.hot:
        course.set_hot(change.connection, customer.id, command.hot)
        kind = CustomerHotSet if command.hot else CustomerHotUnset
        change.record(kind(**told(customer), changes={"hot": (before, command.hot)}))
    return {"customer": customer.id}
