"""Whoever sold a service is told before it ends (SAL-42)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.office.message_kinds import Subject
from crm_common.protocol.office.renewal_messages import RenewalMessages
from crm_common.protocol.sales.renewals import RenewalDue
from office.domain.message import Parameter
from office.usecases.messages import tell


def tell_of_renewal(change: Change, event: RenewalDue) -> None:
    """To the salesperson, about the customer; once for each end."""
    about, key = Subject("Customer", event.customer_id), f"{event.bought_line_id}/{event.ends_on}"
    tell(change, to=[event.employee_id], kind=RenewalMessages.renewal_due, about=about, key=key, **_said(event))


def _said(event: RenewalDue) -> dict[str, Parameter]:
    return {"product": event.product_name, "customer": event.customer_name or "", "ends_on": event.ends_on}
