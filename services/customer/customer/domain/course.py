"""The lifecycle of a customer (CUS-31): which stage follows from which, by whose decision."""

from __future__ import annotations

from crm_common.protocol.customer.course import CourseRules
from crm_common.protocol.customer.service import Stage

_BY_THE_OWNER = {
    Stage.POTENTIAL: {Stage.INTERESTED, Stage.LOST},
    Stage.INTERESTED: {Stage.LOST},
    Stage.DEALT: {Stage.LOYAL, Stage.LOST},
    Stage.LOYAL: {Stage.LOST},
    Stage.LOST: {Stage.INTERESTED},
}


def expect_step(before: Stage, after: Stage, reason: str | None) -> None:
    """Refuse a step that the owner does not take."""
    if after is Stage.DEALT:
        raise CourseRules.a_deal_is_made_by_an_approved_order(field="stage")
    if after not in _BY_THE_OWNER[before]:
        raise CourseRules.a_stage_follows_from_its_predecessor(field="stage", before=before.value, after=after.value)
    if after is Stage.LOST and not (reason or "").strip():
        raise CourseRules.a_lost_customer_has_a_reason(field="reason")
