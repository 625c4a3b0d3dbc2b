"""A few approvals of a demo company, at different nodes, by its own people: loaded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.office.approvals import LoadDemoApprovals, StartApproval
from crm_common.protocol.office.approvals_states import ApprovalVerdict
from office.domain import approval_deciding as deciding
from office.domain.approval import Approval, open_tasks
from office.domain.approval_deciding import Acting, Decision
from office.store import approvals
from office.usecases import approval_told
from office.usecases.approval_asking import Desk, Prepared
from office.usecases.approvals import started

APPROVE, REJECT, RETURN = ApprovalVerdict


@dataclass(frozen=True, slots=True)
class Invented:
    """Something somebody asks for, and what those who are asked say to it in turn."""

    kind: str
    title: str
    form: dict[str, Any]
    said: tuple[tuple[ApprovalVerdict, str | None], ...] = ()
    days: dict[str, int] = field(default_factory=dict)
    """Days of the form, counted from the day of the loading."""


_LEAVE = {"leaveKind": "ANNUAL", "reason": "回老家探亲"}
INVENTED = (
    Invented("leave", "年假三天", _LEAVE, days={"from": 7, "to": 9}),
    Invented("leave", "病假", _LEAVE | {"leaveKind": "SICK", "reason": "感冒"},
             ((APPROVE, None),), {"from": 1, "to": 1}),
    Invented("leave", "婚假", _LEAVE | {"leaveKind": "MARRIAGE", "reason": "结婚"},
             ((APPROVE, "恭喜"), (APPROVE, None), (APPROVE, None)), {"from": 20, "to": 30}),
    Invented("business_trip", "拜访苏州客户", {"destination": "苏州", "reason": "新产品演示", "amount": "3200"},
             ((RETURN, "请补充拜访客户名单"),), {"from": 3, "to": 4}),
    Invented("expense", "客户招待费", {"category": "MEALS", "amount": "1860.50", "reason": "项目签约答谢"},
             ((APPROVE, None),), {"day": -2}),
    Invented("discount", "年度框架折扣",
             {"customer": "苏州精密机械", "amount": "480000", "percent": "25", "reason": "三年框架"},
             ((REJECT, "超出今年的折扣预算"),)),
    Invented("supplies", "打印纸与硒鼓", {"items": "A4 纸 10 包，硒鼓 2 支", "amount": "760"}),
)  # fmt: skip


def prepared(desk: Desk, initiator_ids: Sequence[UUID]) -> list[tuple[Invented, Prepared]]:
    """What is loaded, each for somebody else as far as there are people; asked before the transaction opens."""
    found: list[tuple[Invented, Prepared]] = []
    for place, each in enumerate(INVENTED if initiator_ids else ()):
        known = desk.to_start(each.kind, initiator_ids[place % len(initiator_ids)])
        if known is not None:
            found.append((each, known))
    return found


def load_demo_approvals(
    known: Sequence[tuple[Invented, Prepared]], change: Change, _command: LoadDemoApprovals
) -> dict[str, Any]:
    """Start them and let those who are asked say what they say, unless there are approvals already."""
    if approvals.exists(change.connection):
        return {"loaded": 0}
    for each, how in known:
        days = {key: (change.now + timedelta(days=number)).date().isoformat() for key, number in each.days.items()}
        command = StartApproval(kind=each.kind, title=each.title, form=each.form | days)
        approval = started(change, how, command, record=(None, None))
        for verdict, comment in each.said:
            approval = _said(change, approval, how, Decision(verdict=verdict, comment=comment))
    return {"loaded": len(known)}


def _said(change: Change, before: Approval, how: Prepared, decision: Decision) -> Approval:
    acting = Acting(actor_id=open_tasks(before)[0].approver_id)
    run = deciding.decided(before, decision, acting, how.asking, now=change.now, new_id=change.new_id)
    return approval_told.write_down(change, before, *run, how.asking)
