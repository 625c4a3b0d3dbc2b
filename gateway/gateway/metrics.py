"""What the gateway measures of itself, in the process's one registry. Labels come from closed lists only."""

from __future__ import annotations

from graphql import OperationType
from prometheus_client import Counter, Gauge, Histogram

from crm_common.telemetry import REGISTRY
from gateway.execution import Answer

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_seconds = Histogram(
    "crm_gateway_operation_seconds",
    "Time from the request's head to its answer.",
    ("kind", "outcome"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
_refusals = Counter(
    "crm_gateway_refusals", "Requests answered without executing them, by HTTP status.", ("status",), registry=REGISTRY
)
LIVE = Gauge("crm_gateway_live_connections", "Open sockets and event streams.", ("transport",), registry=REGISTRY)
SUBSCRIPTIONS = Gauge("crm_gateway_subscriptions", "Running subscriptions on sockets.", registry=REGISTRY)

# labels() costs more than observe(): the few combinations there are are looked up once
_by_outcome = {
    (kind, outcome): _seconds.labels(kind.value, outcome)
    for kind in OperationType
    for outcome in ("ok", "errors", "invalid")
}


def observe_operation(kind: OperationType, answer: Answer, seconds: float) -> None:
    """One answered operation: ``ok``, ``errors`` (some field failed) or ``invalid`` (not executed)."""
    outcome = "invalid" if not answer.executed else "errors" if answer.errors else "ok"
    _by_outcome[kind, outcome].observe(seconds)


def observe_refusal(status: int) -> None:
    """One request that was not executed."""
    _refusals.labels(str(status)).inc()
