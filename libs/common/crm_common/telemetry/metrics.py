"""Prometheus metrics of one process: one registry, all families declared here, labels only from closed lists."""

from __future__ import annotations

from functools import cache
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server
from prometheus_client.exposition import CONTENT_TYPE_LATEST

REGISTRY = CollectorRegistry()
"""Everything this process measures. A service of the one-process product is told apart by the label ``service``."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STATEMENTS = (1, 2, 3, 5, 8, 13, 21, 50, 100)

_rpc_seconds = Histogram(
    "crm_rpc_seconds",
    "Time a service took to answer.",
    ("service", "method", "outcome"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
_statements = Histogram(
    "crm_request_statements",
    "SQL statements one request sent.",
    ("service", "method"),
    buckets=_STATEMENTS,
    registry=REGISTRY,
)
_outbox = Gauge("crm_outbox_backlog", "Events that no broker has confirmed yet.", ("service",), registry=REGISTRY)
_outbox_age = Gauge(
    "crm_outbox_oldest_seconds", "Age of the oldest unconfirmed event.", ("service",), registry=REGISTRY
)
_inbox = Gauge("crm_inbox_backlog", "Messages waiting in the inbox.", ("service",), registry=REGISTRY)
_parked = Gauge(
    "crm_inbox_parked", "Messages that failed to the end and wait for a person.", ("service",), registry=REGISTRY
)
_job_runs = Counter("crm_job_runs", "Finished runs of scheduled jobs.", ("job", "outcome"), registry=REGISTRY)
_job_seconds = Histogram("crm_job_seconds", "Time a run of a job took.", ("job",), buckets=_SECONDS, registry=REGISTRY)
_projection_lag = Gauge(
    "crm_projection_lag_seconds", "Age of the last change on arrival.", ("service", "projection"), registry=REGISTRY
)  # fmt: skip


# looking a series up costs more than adding to it; there are as many as operations and outcomes
_rpc_of = cache(_rpc_seconds.labels)
_statements_of = cache(_statements.labels)


def observe_rpc(service: str, method: str, outcome: str, seconds: float) -> None:
    """One answered call. ``outcome`` is ``ok`` or the error's code; ``method`` must be a declared operation."""
    _rpc_of(service, method, outcome).observe(seconds)


def observe_statements(service: str, method: str, number: int) -> None:
    """How many SQL statements one call sent (see ``counted_statements``)."""
    _statements_of(service, method).observe(number)


def set_outbox_backlog(service: str, waiting: int, oldest_seconds: float) -> None:
    """What the relay still has to publish."""
    _outbox.labels(service).set(waiting)
    _outbox_age.labels(service).set(oldest_seconds)


def set_inbox_backlog(service: str, waiting: int, parked: int) -> None:
    """What the inbox still has to work on, and what waits for a person."""
    _inbox.labels(service).set(waiting)
    _parked.labels(service).set(parked)


def observe_job(job: str, outcome: str, seconds: float) -> None:
    """One finished run of a job; ``outcome`` is a ``crm_common.jobs.Outcome``."""
    _job_runs.labels(job, outcome).inc()
    _job_seconds.labels(job).observe(seconds)


def set_projection_lag(service: str, projection: str, seconds: float) -> None:
    """How old the change was when it reached the projection."""
    _projection_lag.labels(service, projection).set(seconds)


def render_metrics() -> tuple[bytes, str]:
    """The exposition text and its content type, for a process that already serves HTTP."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST


def serve_metrics(port: int, address: str = "127.0.0.1") -> WSGIServer:
    """Serve ``/metrics`` in a thread of its own; ``shutdown()`` on the answer ends it. Port 0 takes a free one."""
    server, _ = start_http_server(port, address, REGISTRY)
    return server
