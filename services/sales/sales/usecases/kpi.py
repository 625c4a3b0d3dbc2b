"""Key figures (SAL-36): schemes, what people did, and assessments with grade and bonus."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.errors import CommonRules
from crm_common.money import HOME_CURRENCY
from crm_common.protocol.customer.customers import CustomerCreated
from crm_common.protocol.customer.follow_ups import FollowUpCreated, FollowUpType
from crm_common.protocol.sales.kpi import CreateKpiScheme, EvaluateKpis, KpiEvaluated, KpiRules, KpiSchemeCreated
from sales.domain import kpi as domain
from sales.domain.target import span
from sales.store import kpi as store


def create_kpi_scheme(change: Change, command: CreateKpiScheme) -> dict[str, Any]:
    """Another way to assess people."""
    domain.expect_scheme(command)
    if store.is_named(change.connection, command.name.strip()):
        raise KpiRules.a_scheme_has_a_name_of_its_own(field="name")
    made = change.new_id()
    store.insert(change.connection, made, command, change.new_id, change.now)
    change.record(
        KpiSchemeCreated(
            scheme_id=made,
            name=command.name.strip(),
            period=command.period,
            figures=command.figures,
            grades=command.grades,
        )
    )
    return {"scheme": made}


def evaluate_kpis(change: Change, command: EvaluateKpis) -> dict[str, Any]:
    """Everybody who had a target or did something in the period is assessed, anew where he was already."""
    scheme = store.scheme(change.connection, command.scheme_id)
    if scheme is None:
        raise CommonRules.the_record_was_not_found(field="scheme_id")
    first, last = span(scheme.period, command.day)
    count = 0
    for person in store.done(change.connection, scheme, (first, last), HOME_CURRENCY):
        found = domain.assessed(scheme.figures, scheme.grades, person.values, person.target)
        if found is None:
            continue
        values = {"scheme": scheme.id, "employee": person.employee_id, "first": first, "last": last}
        more = {"currency": HOME_CURRENCY, "now": change.now}
        kept = store.keep(change.connection, values | more, found, change.new_id)
        change.record(
            KpiEvaluated(
                evaluation_id=kept,
                scheme_id=scheme.id,
                employee_id=person.employee_id,
                begins_on=first,
                ends_on=last,
                score=found.score,
                grade=found.grade,
                bonus=found.bonus,
                currency=HOME_CURRENCY,
                proposal=found.proposal,
            )
        )
        count += 1
    return {"evaluated": count}


def note_follow_up(change: Change, event: FollowUpCreated) -> None:
    """Somebody spoke to a customer."""
    way = event.changes.get("type", (None, None))[1]
    call, visit = way == FollowUpType.PHONE.value, way == FollowUpType.VISIT.value
    day = day_of(change.settings, change.now)
    store.active(change.connection, event.author_id, day, (1, int(call), int(visit), 0))


def note_customer(change: Change, event: CustomerCreated) -> None:
    """A customer was created, in somebody's name."""
    if event.owner_id is not None:
        store.active(change.connection, event.owner_id, day_of(change.settings, change.now), (0, 0, 0, 1))
