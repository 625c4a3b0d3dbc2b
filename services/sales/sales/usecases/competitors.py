"""Commands about competitors (SAL-13)."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.days import day_of
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.sales.competitors import (
    CompetitorCreated,
    CompetitorRules,
    CompetitorUpdated,
    CreateCompetitor,
    LostOrderNoted,
    NoteLostOrder,
    UpdateCompetitor,
)
from sales.domain import competitor as domain
from sales.store import competitors


def create_competitor(change: Change, command: CreateCompetitor) -> dict[str, Any]:
    """A new competitor."""
    made = domain.entered(change.new_id(), command)
    if not competitors.insert(change.connection, made, change.now):
        raise CompetitorRules.a_competitor_is_known_once(field="name")
    change.record(CompetitorCreated(competitor_id=made.id, name=made.name, changes=difference(None, made)))
    return {"competitor": made.id}


def update_competitor(change: Change, command: UpdateCompetitor) -> dict[str, Any]:
    """Other data of a competitor."""
    before = competitors.locked(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    after = domain.edited(before, command)
    if after != before:
        if competitors.is_taken(change.connection, after):
            raise CompetitorRules.a_competitor_is_known_once(field="name")
        competitors.save(change.connection, after, change.now)
        told: dict[str, Any] = {"competitor_id": after.id, "name": after.name}
        change.record(CompetitorUpdated(**told, changes=difference(before, after)))
    return {"competitor": after.id}


def note_lost_order(change: Change, command: NoteLostOrder) -> dict[str, Any]:
    """An order went to a competitor."""
    found = competitors.locked(change.connection, command.id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    day, actor = domain.expect_lost(command, day_of(change.settings, change.now)), change.context.authenticated()
    said = {"product": command.product, "price": command.price, "currency": command.currency, "reason": command.reason}
    competitors.note(
        change.connection,
        id=change.new_id(),
        competitor_id=found.id,
        lost_on=day,
        noted_by=actor.id if actor.kind is ActorKind.EMPLOYEE else None,
        created_at=change.now,
        **said,
    )
    told = {name: (None, value) for name, value in (said | {"lost_on": day.isoformat()}).items()}
    change.record(LostOrderNoted(competitor_id=found.id, name=found.name, changes=told))
    return {"competitor": found.id}
