"""Commands about credit (CUS-44): one writes, finance decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.customer.credit import (
    VALID_MONTHS,
    CreateCreditEvaluation,
    CreditEvaluated,
    CreditProposed,
    CreditRejected,
    CreditRules,
    ReviewCreditEvaluation,
    UpdateCreditEvaluation,
)
from customer.domain import credit as domain
from customer.domain.credit import Credit
from customer.domain.customer import Held
from customer.store import credit as store
from customer.store import held
from customer.usecases import access

_SECTION = "credit"


def create_credit_evaluation(change: Change, command: CreateCreditEvaluation) -> dict[str, Any]:
    """A new evaluation; it waits."""
    customer = _customer(change, command.customer_id, field="customer_id")
    if store.waits(change.connection, customer.id):
        raise CreditRules.an_evaluation_waits_already(field="customer_id")
    credit = domain.proposed(change.new_id(), customer.id, command, change.context.authenticated().id)
    store.insert(change.connection, credit, change.now)
    change.record(CreditProposed(**about(customer, None, credit)))
    return {"credit_evaluation": credit.id}


def update_credit_evaluation(change: Change, command: UpdateCreditEvaluation) -> dict[str, Any]:
    """An evaluation that waits, written anew."""
    customer, before = _evaluation(change, command.id)
    after = domain.rewritten(before, command, change.context.authenticated().id)
    if after != before:
        store.save(change.connection, after, change.now)
        change.record(CreditProposed(**about(customer, before, after)))
    return {"credit_evaluation": after.id}


def review_credit_evaluation(change: Change, command: ReviewCreditEvaluation) -> dict[str, Any]:
    """An evaluation approved or refused by somebody who did not write it."""
    customer, before = _evaluation(change, command.id)
    until = store.months_after(change.connection, change.now, change.settings.get(VALID_MONTHS))
    after = domain.decided(before, command, change.context.authenticated().id, now=change.now, until=until)
    store.save(change.connection, after, change.now)
    told = about(customer, before, after)
    if after.valid_until is None:
        change.record(CreditRejected(**told))
    else:
        line: dict[str, Any] = {"grade": after.grade, "credit_limit": after.credit_limit, "currency": after.currency}
        change.record(CreditEvaluated(**told, **line, valid_until=after.valid_until))
    return {"credit_evaluation": after.id}


def _evaluation(change: Change, credit_id: UUID) -> tuple[Held, Credit]:
    """The evaluation under its customer's lock, in the caller's data scope of credit."""
    customer_id = store.customer_of(change.connection, credit_id)
    if customer_id is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return _customer(change, customer_id), store.get(change.connection, credit_id)


def _customer(change: Change, customer_id: UUID, *, field: str = "id") -> Held:
    """The customer, locked, in somebody's name who is in the caller's data scope of credit."""
    found = held.locked(change.connection, [customer_id])
    if not found or not _reaches(change, found[0].owner_id):
        raise CommonRules.the_record_was_not_found(field=field)
    access.refuse_unless_owned(found[0], field=field)
    return found[0]


def _reaches(change: Change, owner: UUID | None) -> bool:
    actor = change.context.authenticated()
    scope = actor.scope(_SECTION)
    if owner is None:
        return scope == "ALL"
    return held.in_reach(change.connection, owner=owner, scope=scope, me=actor.id, department=actor.department_id)


def about(customer: Held, before: Credit | None, after: Credit) -> dict[str, Any]:
    """What every event of an evaluation says."""
    return {
        "evaluation_id": after.id,
        "customer_id": customer.id,
        "owner_id": customer.owner_id,
        "status": after.status,
        "changes": domain.changed(before, after),
    }
