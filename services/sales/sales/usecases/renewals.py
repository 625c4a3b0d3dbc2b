"""Ends of bought services are told in time (SAL-42); rules say what buyers are offered next (SAL-39)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.sales.renewals import (
    RENEWAL_DAYS,
    CreateCrossSellingRule,
    CrossSellingRuleCreated,
    CrossSellingRuleDeleted,
    CrossSellingRules,
    DeleteCrossSellingRule,
    RenewalDue,
)
from sales.store import renewals as store


def tell_renewals(run: JobRun) -> None:
    """Whoever sold a service that ends within the days is told once, unless it was bought again."""
    with run.change() as change:
        today = day_of(change.settings, change.now)
        until = today + timedelta(days=change.settings.get(RENEWAL_DAYS))
        due = store.ending(change.connection, today, until)
        change.record(*(RenewalDue(**each) for each in due))
        run.report["told"] = len(due)


def create_cross_selling_rule(change: Change, command: CreateCrossSellingRule) -> dict[str, Any]:
    """Buyers of one product are offered another."""
    products = (command.product_id, command.recommended_id)
    if command.product_id == command.recommended_id:
        raise CrossSellingRules.a_product_does_not_recommend_itself(field="recommended_id")
    known = store.known_products(change.connection, products)
    for field, product in zip(("product_id", "recommended_id"), products, strict=True):
        if product not in known:
            raise CommonRules.the_record_was_not_found(field=field)
    made = change.new_id()
    if not store.insert_rule(change.connection, (made, *products, command.note.strip()), change.now):
        raise CrossSellingRules.there_is_such_a_recommendation(field="recommended_id")
    changes = {"note": (None, command.note.strip())}
    about = {"rule_id": made, "product_id": command.product_id, "recommended_id": command.recommended_id}
    change.record(CrossSellingRuleCreated(**about, changes=changes))
    return {"rule": made}


def delete_cross_selling_rule(change: Change, command: DeleteCrossSellingRule) -> dict[str, Any]:
    """They are no longer."""
    row = store.rule(change.connection, command.id)
    if row is None:
        raise CommonRules.the_record_was_not_found(field="id")
    store.delete_rule(change.connection, row.id)
    about = {"rule_id": row.id, "product_id": row.product_id, "recommended_id": row.recommended_id}
    change.record(CrossSellingRuleDeleted(**about, changes={}))
    return {"deleted": True}
