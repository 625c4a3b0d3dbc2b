"""Telemetry: JSON log lines without personal data, Prometheus metrics, OpenTelemetry traces; the hooks for all."""

from crm_common.telemetry.logs import bind, configure_logging, logger
from crm_common.telemetry.metrics import (
    REGISTRY,
    observe_job,
    observe_rpc,
    observe_statements,
    render_metrics,
    serve_metrics,
    set_inbox_backlog,
    set_outbox_backlog,
    set_projection_lag,
)
from crm_common.telemetry.statements import count_statement, counted_statements
from crm_common.telemetry.traces import configure_tracing, span, stop_tracing, tracing_is_on

__all__ = [
    "REGISTRY",
    "bind",
    "configure_logging",
    "configure_tracing",
    "count_statement",
    "counted_statements",
    "logger",
    "observe_job",
    "observe_rpc",
    "observe_statements",
    "render_metrics",
    "serve_metrics",
    "set_inbox_backlog",
    "set_outbox_backlog",
    "set_projection_lag",
    "span",
    "stop_tracing",
    "tracing_is_on",
]
