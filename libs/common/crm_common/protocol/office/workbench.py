"""The personal workbench (我的工作台, OFC-01): which lists of which services somebody begins his day with.

Each block is a list or value that its service offers anyway, under its own right; the gateway composes them of the
protocol, so that a block appears with the service that offers it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crm_common.protocol.office.approvals_states import ApprovalBox
from crm_common.protocol.office.tasks import TaskBox, TaskStatus

_TO_DO = [TaskStatus.ASSIGNED.value, TaskStatus.ACCEPTED.value, TaskStatus.IN_PROGRESS.value]
_BY_TODAY = [
    {"next_contact_at": {"in_period": "TODAY"}},
    {"next_contact_at": {"older_than": {"amount": 1, "unit": "HOUR"}}},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A field of the workbench: a query of a service, and what it is asked for besides what the viewer says."""

    name: str
    service: str
    query: str
    doc: str
    fixed: dict[str, Any] = field(default_factory=dict)


BLOCKS = (
    Block(name="schedule", service="office", query="upcoming_schedule", doc="What one has before one."),
    Block(name="unread_messages", service="office", query="unread_messages", doc="How many messages are not read."),
    Block(
        name="messages",
        service="office",
        query="messages",
        doc="Messages that are not read, latest first.",
        fixed={"filter": {"is_read": {"eq": False}}},
    ),
    Block(
        name="unread_notes", service="office", query="unread_notes", doc="How many notes of colleagues are not read."
    ),
    Block(name="announcements", service="office", query="announcements", doc="Announcements to one."),
    Block(
        name="tasks",
        service="office",
        query="tasks",
        doc="Tasks one has to do, first what is due first.",
        fixed={"box": TaskBox.MINE.value, "filter": {"status": {"in": _TO_DO}}},
    ),
    Block(
        name="approvals",
        service="office",
        query="my_approvals",
        doc="Approvals that wait for one's decision, latest first.",
        fixed={"box": ApprovalBox.TO_DO.value},
    ),
    Block(
        name="receipt_plans",
        service="finance",
        query="upcoming_receipt_plans",
        doc="Instalments that customers are to pay within a week, or should have paid, first what is due first.",
    ),
    Block(
        name="customers_warned",
        service="customer",
        query="warned_customers",
        doc="One's customers that go back to the pool soon.",
    ),
    Block(
        name="customers_to_contact",
        service="customer",
        query="my_customers",
        doc="One's customers whose next contact is due by the end of today, first what is due first.",
        fixed={"filter": {"or": _BY_TODAY}, "order_by": [{"field": "next_contact_at"}]},
    ),
)
"""In the order in which they are shown; those that nobody offers yet are absent."""
