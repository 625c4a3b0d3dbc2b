"""What was done with some of the demo company's customers: consent, credit, a plan; and what a scan finds of all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.customer.consents import RecordConsent
from crm_common.protocol.customer.credit import (
    CreateCreditEvaluation,
    CreditEvaluated,
    CreditGrade,
    CreditProposed,
    ReviewCreditEvaluation,
)
from crm_common.protocol.customer.quality import NAME_SIMILARITY
from crm_common.protocol.customer.service import Channel
from crm_common.protocol.customer.solutions import Comparison, CreateSolutionPlan
from customer.domain import credit as domain
from customer.domain.resemblance import alike
from customer.store import credit as store_credit
from customer.store import held, quality
from customer.store.quality import EVERYBODY, Scan
from customer.usecases import consents, solutions
from customer.usecases.credit import about
from customer.usecases.quality import finish, look_at

_WORDS = ((Channel.SMS, False, "电话中要求不再发送短信"), (Channel.EMAIL, True, "展会登记表"))
_PLAN = {
    "title": "产线数字化改造",
    "situation": "三条产线，各用一套系统。",
    "problem": "产能不足，交付常常延误。",
    "obstacles": "停产改造的时间有限。",
    "benefit": "交付周期缩短三成。",
    "solution": "分两期改造，先上排产系统。",
}
_COMPARED = (Comparison(competitor="甲方案", ours="分期实施，不停产", theirs="价格较低"),)


def work(change: Change, ids: list[UUID], owners: tuple[UUID, ...]) -> None:
    """Do it: with the first of the customers, who are in salespeople's names."""
    for customer_id, (channel, agreed, source) in zip(ids, _WORDS, strict=False):
        word = RecordConsent(customer_id=customer_id, channel=channel, agreed=agreed, source=source)
        consents.record_consent(change, word)
    plan: dict[str, Any] = dict(_PLAN)
    solutions.create_solution_plan(change, CreateSolutionPlan(customer_id=ids[0], comparisons=_COMPARED, **plan))
    _credit(change, ids[0], owners[0], approved_by=owners[-1] if len(owners) > 1 else None)
    _credit(change, ids[1], owners[0], approved_by=None)
    scan = Scan(change.connection, scan_id := change.new_id(), change.now)
    scan.same_phones()
    scan.near_names(alike(quality.companies(change.connection), change.settings.get(NAME_SIMILARITY)))
    look_at(change, scan, EVERYBODY)
    finish(change, scan, scan_id)


def _credit(change: Change, customer_id: UUID, writer: UUID, *, approved_by: UUID | None) -> None:
    """An evaluation by one, approved by another or waiting still."""
    said = CreateCreditEvaluation(
        customer_id=customer_id,
        grade=CreditGrade.B,
        credit_limit=Decimal(200_000),
        outline="成立十二年，员工约二百人。",
        payment_record="近两年均按期付款。",
        verdict="经营稳定。",
        advice="建议授信二十万元，账期三十天。",
    )
    [customer] = held.locked(change.connection, [customer_id])
    proposed = domain.proposed(change.new_id(), customer_id, said, writer)
    store_credit.insert(change.connection, proposed, change.now)
    change.record(CreditProposed(**about(customer, None, proposed)))
    if approved_by is None:
        return
    review = ReviewCreditEvaluation(id=proposed.id, version=1, approve=True)
    until = change.now + timedelta(days=365)
    approved = domain.decided(proposed, review, approved_by, now=change.now, until=until)
    store_credit.save(change.connection, approved, change.now)
    line: dict[str, Any] = {
        "grade": approved.grade,
        "credit_limit": approved.credit_limit,
        "currency": approved.currency,
    }
    change.record(CreditEvaluated(**about(customer, proposed, approved), **line, valid_until=until))
