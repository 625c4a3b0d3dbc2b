"""Whoever sold a service is told once before it ends (SAL-42)."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from crm_common.ids import to_global
from crm_common.protocol.sales.renewals import RenewalDue
from serving.alone import Alone, employee
from serving.hearing import deliver, envelope


def test_sal_42_the_salesperson_is_told_of_an_end_once(service: Alone) -> None:
    li = employee("renewal.li")
    due = RenewalDue(
        bought_line_id=uuid4(),
        order_id=uuid4(),
        customer_id=uuid4(),
        customer_name="恒泰贸易",
        employee_id=li.id,
        product_id=uuid4(),
        product_name="年度维护",
        ends_on=date(2027, 5, 31),
    )
    arriving = envelope(due, "run")
    deliver(service, [arriving])
    deliver(service, [arriving])

    [message] = service.call(li, "messages")["nodes"]
    assert (message["kind"], message["title"]) == ("renewal_due", "客户「恒泰贸易」的年度维护将于 2027-05-31 到期")
    assert message["about"] == to_global("Customer", due.customer_id)
