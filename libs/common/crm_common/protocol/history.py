"""What every service says of the past in the same words: the changes of a record, records as of a moment (BYD-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol import views
from crm_common.protocol.declare import GetQuery, given
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, ViewShape, shown


class HistoryRules(Rules):
    """Refusals of questions about the past."""

    a_field_is_not_kept_in_the_history = Rule(
        Code.VALIDATION,
        en="{name} is not kept in the history: leave it out when you ask as of another time.",
        zh="历史中不保存“{name}”，按时间点查询时请去掉此字段。",
    )


@dataclass(slots=True, kw_only=True)
class HistoryEntryView:
    """One change of a record: who made it, when and why, with the values before and after."""

    id: UUID = shown("The event's id.")
    occurred_at: datetime = shown("When.", filterable=True)
    type: str = shown("What happened: department.created.", filterable=True)
    actor_name: str | None = shown("The actor's name when it happened.")
    employee_id: Annotated[UUID, Ref("Employee")] | None = shown("The employee who did it; null: nobody in person.")
    reason: str | None = shown("Why, where a reason was given.")
    changes: dict[str, Any] | None = shown(
        "Each changed field with its values before and after; phone numbers are masked."
    )


# of no service: each that shows histories answers a list of these
views.declare(
    HistoryEntryView,
    ViewShape(HistoryEntryView, service="", policy=AUTHENTICATED, doc=str(HistoryEntryView.__doc__)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAsOfQuery(GetQuery):
    """Base of a look-up by id that also tells what a record was: see ``crm_common.journal.past``."""

    as_of: Annotated[datetime, Meta(tz=True)] | None = given(
        "What it was at this moment: its own fields as the history has them, and the ids of what belonged to it; seen"
        " with today's rights.",
        default=None,
    )
