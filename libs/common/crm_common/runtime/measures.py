"""What the broker side of a process counts, beside the families that every process has."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from crm_common.telemetry import REGISTRY

connected = Gauge("crm_broker_connected", "1 while the connection stands.", ("connection",), registry=REGISTRY)
queue_missing = Counter(
    "crm_subscription_queue_missing",
    "A declared subscription had no queue: events may have passed it by. They are in the stream crm.events.",
    ("service", "queue"),
    registry=REGISTRY,
)
unreadable = Counter(
    "crm_events_unreadable", "Messages refused by a subscription as no events of ours.", ("queue",), registry=REGISTRY
)
unconfirmed = Counter(
    "crm_publish_unconfirmed",
    "Events that the broker did not confirm.",
    ("reason",),
    registry=REGISTRY,
)
calls_in_work = Gauge("crm_rpc_in_work", "Calls being answered now.", ("service",), registry=REGISTRY)
