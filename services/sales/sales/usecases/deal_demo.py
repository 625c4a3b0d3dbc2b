"""Deals of the demo company, from the opportunity to the delivered order, in its people's names by the real use cases.

Neighbours take part as they do in real deals, so each step is a transaction of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.changes import changing
from crm_common.context import Actor, ActorKind, Context
from crm_common.days import day_of
from crm_common.protocol.sales.deals_demo import DemoDeal, LoadDemoSales
from crm_common.protocol.sales.opportunities import Heat, LossReason
from crm_common.protocol.sales.opportunities_commands import (
    CreateOpportunity,
    EvaluateOpportunity,
    FollowUpOpportunity,
    LoseOpportunity,
    MoveOpportunity,
    OrderOpportunity,
    PlannedStep,
    PlanOpportunity,
)
from crm_common.protocol.sales.orders_commands import (
    CancelOrder,
    MarkOrderDelivered,
    OrderDecision,
    OrderedItem,
    PaymentVoucher,
    ReviewOrder,
    SignedContract,
    SubmitOrder,
)
from crm_common.runtime.host import ServiceHost
from sales.adapters.asked import Asked
from sales.domain.opportunity import Opportunity
from sales.store import opportunities as opportunity_rows
from sales.store import orders, products
from sales.usecases import opportunities, opportunity_orders, order_reviewing, order_submitting
from sales.usecases import orders as drafts

_SELLER = frozenset({"customer.view", "contract.view", "contract.register_signed", "order.view", "order.create",
                     "order.submit", "opp.view", "opp.create", "opp.edit", "opp.follow"})  # fmt: skip
_APPROVE, _REJECT = OrderDecision


@dataclass(frozen=True, slots=True)
class Invented:
    """A deal: what is sold, how far the opportunity comes (steps of `_COURSE`), and what becomes of its order."""

    name: str
    product: str
    quantity: int
    steps: int
    order: tuple[str, ...] = ()
    paid: str = "0.3"
    loss: LossReason | None = None
    abandoned: bool = False


_COURSE = ("EVALUATED", "FOLLOWING", "NEGOTIATING")
_SIGNED = ("submitted", "approved")
INVENTED = (
    Invented("新厂房数控车床采购", "CNC-001", 2, 3, _SIGNED),
    Invented("家庭养老年金配置", "INS-001", 3, 3, (*_SIGNED, "delivered"), paid="1"),
    Invented("激光切割产线升级", "LAS-001", 1, 3, ("submitted",), paid="0.5"),
    Invented("年度设备保养续签", "SRV-002", 2, 3, (*_SIGNED, "delivered"), paid="0.5"),
    Invented("焊接机器人工作站改造", "ROB-001", 1, 3, ("submitted", "rejected"), paid="0.1"),
    Invented("闲置资金稳健理财", "DEP-001", 12, 3, _SIGNED, paid="1"),
    Invented("立式加工中心比选", "CNC-002", 1, 3, ("drafted",)),
    Invented("旧机床搬迁与调试", "SRV-001", 3, 3, ("drafted", "cancelled")),
    Invented("企业主家族传承规划", "TRUST-002", 1, 3),
    Invented("员工团体寿险方案", "INS-002", 15, 2),
    Invented("二期产线自动化咨询", "ROB-001", 2, 2),
    Invented("稳健一号定期申购", "FUND-001", 200000, 1),
    Invented("信托产品配置意向", "TRUST-001", 1, 1),
    Invented("科创主题基金咨询", "FUND-003", 30000, 0),
    Invented("备用车床询价", "CNC-001", 1, 0),
    Invented("切割设备招标", "LAS-001", 2, 2, loss=LossReason.COMPETITOR),
    Invented("成长基金认购", "FUND-002", 50000, 1, loss=LossReason.NO_BUDGET, abandoned=True),
)
"""Deals in all stages that people lead them to, with orders in all states that these lead to."""


def load_demo_sales(host: ServiceHost, context: Context, command: LoadDemoSales) -> int:
    """All of them, once; how many there are."""
    with host.store.transaction() as connection:
        if orders.exist(connection):
            return 0
        ids = products.of_codes(connection, {each.product for each in INVENTED})
    reviewer = _acting(context, command.reviewer_id, frozenset({"order.view", "order.review"}))
    pairs = list(zip(INVENTED, command.deals, strict=False))
    for invented, deal in pairs:
        _Salesperson(host, _acting(context, deal.owner_id, _SELLER), reviewer, deal).work(invented, ids)
    return len(pairs)


def _acting(context: Context, employee_id: UUID, permissions: frozenset[str]) -> Context:
    scopes = {"order": "ALL"} if "order.review" in permissions else {}
    actor = Actor(kind=ActorKind.EMPLOYEE, id=employee_id, name="", permissions=permissions, scopes=scopes)
    return replace(context, actor=actor)


@dataclass(frozen=True, slots=True)
class _Salesperson:
    """Who leads a deal as far as it comes."""

    host: ServiceHost
    mine: Context
    reviewer: Context
    deal: DemoDeal

    def work(self, invented: Invented, ids: dict[str, UUID]) -> None:
        opportunity_id = self._opened(invented, ids[invented.product])
        if invented.loss is not None:
            known = self._seen(opportunity_id)
            rival = "华东联合" if invented.loss is LossReason.COMPETITOR else None
            said: dict[str, Any] = {"abandoned": invented.abandoned, "reason": invented.loss, "competitor": rival}
            self._do(opportunities.lose_opportunity, LoseOpportunity(id=opportunity_id, version=known.version, **said))
        if invented.order:
            order_id = self._do(opportunity_orders.order_opportunity, OrderOpportunity(id=opportunity_id))["order"]
            for step in invented.order:
                self._order(order_id, step, Decimal(invented.paid), invented.name)

    def _opened(self, invented: Invented, product_id: UUID) -> UUID:
        line = OrderedItem(product_id=product_id, quantity=Decimal(invented.quantity))
        begun = CreateOpportunity(
            customer_id=self.deal.customer_id, name=invented.name, source="老客户转介绍", heat=Heat.HOT,
            expected_on=self._day(20), lines=(line,),
        )  # fmt: skip
        own = Asked.of(lambda: self.deal.customer_id)
        with changing(self.host, self.mine) as change:
            made: UUID = opportunities.create_opportunity(own, change, begun)["opportunity"]
        for stage in _COURSE[: invented.steps]:
            self._advance(made, stage)
        return made

    def _advance(self, opportunity_id: UUID, stage: str) -> None:
        known: dict[str, Any] = {"id": opportunity_id, "version": self._seen(opportunity_id).version}
        if stage == "EVALUATED":
            self._do(opportunities.evaluate_opportunity, EvaluateOpportunity(**known, value=4, feasibility=4))
        elif stage == "FOLLOWING":
            step = PlannedStep(what="上门介绍方案并确认预算", due_on=self._day(3))
            self._do(opportunities.plan_opportunity, PlanOpportunity(**known, steps=(step,)))
        else:
            said = "客户认可方案，正在谈价格和付款方式。"
            self._do(opportunities.follow_up_opportunity, FollowUpOpportunity(**known, content=said))
        known["version"] = self._seen(opportunity_id).version
        self._do(opportunities.move_opportunity, MoveOpportunity(**known, stage=stage))

    def _order(self, order_id: UUID, step: str, share: Decimal, name: str) -> None:
        with self.host.store.transaction() as connection:
            found = orders.seen(connection, order_id)
        assert found is not None
        known: dict[str, Any] = {"id": order_id, "version": found.version}
        if step == "submitted":
            self._submit(known, name, (found.amount * share).quantize(Decimal("0.01")))
        elif step == "cancelled":
            self._do(drafts.cancel_order, CancelOrder(**known))
        elif step == "delivered":
            self._do(drafts.mark_order_delivered, MarkOrderDelivered(**known, note="客户已签收"))
        elif step != "drafted":
            decision, reason = (_APPROVE, None) if step == "approved" else (_REJECT, "打款凭证金额与合同首付不符")
            with changing(self.host, self.reviewer) as change:
                order_reviewing.review_order(change, ReviewOrder(**known, decision=decision, reason=reason))
            order_submitting.Desk(self.host, self.reviewer).let_go(order_id)

    def _submit(self, known: dict[str, Any], name: str, paid: Decimal) -> None:
        signed = SignedContract(name=f"{name}合同", signed_on=self._day(-4), signed_files=(self.deal.contract_id,))
        voucher = PaymentVoucher(document_id=self.deal.voucher_id, amount=paid, paid_on=self._day(-2))
        command = SubmitOrder(**known, contract=signed, vouchers=(voucher,))
        prepared = order_submitting.Desk(self.host, self.mine).prepare(known["id"], command)
        with changing(self.host, self.mine) as change:
            order_submitting.submit_order(Asked.of(lambda: prepared), change, command)

    def _do(self, usecase: Any, command: Any) -> dict[str, Any]:
        with changing(self.host, self.mine) as change:
            done: dict[str, Any] = usecase(change, command)
        return done

    def _seen(self, opportunity_id: UUID) -> Opportunity:
        with self.host.store.transaction() as connection:
            found = opportunity_rows.locked(connection, opportunity_id)
        assert found is not None
        return found

    def _day(self, days: int) -> date:
        return day_of(self.host.settings, self.host.clock.now()) + timedelta(days=days)
