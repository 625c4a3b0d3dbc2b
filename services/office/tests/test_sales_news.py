"""What sales tells becomes messages, each once (SAL-11, 12, 18; features §14.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from crm_common.changes import changing
from crm_common.context import Actor, system_context
from crm_common.ids import to_global
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.declare import Event
from crm_common.protocol.sales.opportunities_events import BigDealFound, OpportunityStalled
from crm_common.protocol.sales.orders_events import OrderRejected, OrderSubmitted
from office.store import role_holders
from office.usecases.sales_news import REVIEW
from serving.alone import Alone, employee
from serving.hearing import deliver, envelope

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_KNOWN = """
INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)
VALUES (%s, 1, %s, true, %s, '销售部', '/', %s) ON CONFLICT (id) DO NOTHING
"""


def person(service: Alone, name: str, *line: Actor) -> Actor:
    who = employee(name)
    with service.store.transaction() as connection:
        connection.exec_driver_sql(_KNOWN, (who.id, name, uuid4(), [each.id for each in line]))
    return who


def told(service: Alone, who: Actor) -> list[tuple[str, str, str]]:
    found = service.call(who, "messages")["nodes"]
    return [(each["kind"], each["title"], each["about"]) for each in found]


def twice(service: Alone, event: Event) -> None:
    arriving = envelope(event, str(uuid4()))
    deliver(service, [arriving])
    deliver(service, [arriving])


def order(owner: Actor) -> dict[str, Any]:
    about: dict[str, Any] = {"order_id": uuid4(), "number": "SO1", "customer_id": uuid4(), "owner_id": owner.id}
    return about | {"amount": Decimal("120000.00")}


def test_whoever_may_review_is_told_of_an_order_that_waits_but_not_its_submitter(service: Alone) -> None:
    li, fu = person(service, "news.li"), person(service, "news.fu")
    host = service.runtime.services["office"].host
    with changing(host, system_context("office", correlation_id="test")) as change:
        role_holders.save(change.connection, REVIEW, [fu.id, li.id])
    about = order(li)
    record: dict[str, Any] = {"record": SalesRecord.ORDER, "at": NOW, "contract_id": uuid4(), "submitted_by": li.id}
    twice(service, OrderSubmitted(**about, **record))
    expected = ("order_waiting", "订单 SO1（120,000.00 CNY）待审核", to_global("Order", about["order_id"]))
    assert told(service, fu) == [expected]
    assert told(service, li) == []

    rejected: dict[str, Any] = {"reason": "凭证不清", "reviewed_by": fu.id, "submitted_by": li.id}
    twice(service, OrderRejected(**about, **rejected))
    assert [each[:2] for each in told(service, li)] == [("order_rejected", "您的订单 SO1 被驳回")]


def test_sal_11_the_reporting_line_is_told_of_a_big_deal_once(service: Alone) -> None:
    top, head = person(service, "news.top"), person(service, "news.head")
    he = person(service, "news.he", head, top)
    about: dict[str, Any] = {"record_id": uuid4(), "record_type": "Opportunity", "customer_id": uuid4()}
    big = BigDealFound(**about, owner_id=he.id, amount=Decimal("100000.00"), currency="CNY")
    twice(service, big)
    deliver(service, [envelope(big, "again")])
    for each in (top, head):
        assert [one[:2] for one in told(service, each)] == [("big_deal", "news.he 有一笔 100,000.00 CNY 的大额业务")]
    assert told(service, he) == []


def test_sal_12_owner_and_head_are_told_of_what_stands_still(service: Alone) -> None:
    top, head = person(service, "still.top"), person(service, "still.head")
    he = person(service, "still.he", head, top)
    about: dict[str, Any] = {"opportunity_id": UUID(int=5), "name": "年度采购", "customer_id": uuid4(), "changes": {}}
    about |= {"owner_id": he.id, "stage": "FOLLOWING", "amount": Decimal(1), "currency": "CNY", "since": NOW}
    twice(service, OpportunityStalled(**about))
    for each in (he, head):
        assert [one[0] for one in told(service, each)] == ["opportunity_stalled"]
    assert told(service, top) == []
