"""Metrics: what a process counts is in its exposition, under names and labels that dashboards rely on."""

from __future__ import annotations

import threading
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from crm_common import telemetry


def value(sample: str, **labels: str) -> float:
    """The value of a sample in what is exposed now."""
    text, content_type = telemetry.render_metrics()
    assert content_type.startswith("text/plain")
    for family in text_string_to_metric_families(text.decode()):
        for found in family.samples:
            if found.name == sample and labels.items() <= found.labels.items():
                return float(found.value)
    raise LookupError(sample)


@pytest.fixture
def service() -> str:
    """A service nobody counted for yet: the registry is the process's own."""
    return f"service-{uuid4().hex[:8]}"


def test_calls_are_counted_by_outcome(service: str) -> None:
    telemetry.observe_rpc(service, "claim", "ok", 0.004)
    telemetry.observe_rpc(service, "claim", "ok", 0.3)
    telemetry.observe_rpc(service, "claim", "LIMIT_EXCEEDED", 0.001)
    assert value("crm_rpc_seconds_count", service=service, method="claim", outcome="ok") == 2
    assert value("crm_rpc_seconds_sum", service=service, method="claim", outcome="ok") == pytest.approx(0.304)
    assert value("crm_rpc_seconds_bucket", service=service, outcome="ok", le="0.005") == 1
    assert value("crm_rpc_seconds_count", service=service, outcome="LIMIT_EXCEEDED") == 1


def test_backlogs_and_lags_show_their_last_value(service: str) -> None:
    telemetry.set_outbox_backlog(service, 7, 1.5)
    telemetry.set_inbox_backlog(service, 4, 1)
    telemetry.set_inbox_backlog(service, 2, 0)
    telemetry.set_projection_lag(service, "employees", 0.25)
    assert value("crm_outbox_backlog", service=service) == 7
    assert value("crm_outbox_oldest_seconds", service=service) == 1.5
    assert value("crm_inbox_backlog", service=service) == 2
    assert value("crm_inbox_parked", service=service) == 0
    assert value("crm_projection_lag_seconds", service=service, projection="employees") == 0.25


def test_runs_of_jobs_are_counted_by_outcome(service: str) -> None:
    telemetry.observe_job(f"{service}.tidy", "DONE", 2.0)
    telemetry.observe_job(f"{service}.tidy", "FAILED", 1.0)
    assert value("crm_job_runs_total", job=f"{service}.tidy", outcome="DONE") == 1
    assert value("crm_job_runs_total", job=f"{service}.tidy", outcome="FAILED") == 1
    assert value("crm_job_seconds_sum", job=f"{service}.tidy") == 3.0


def test_statements_are_counted_for_the_one_who_sends_them(service: str) -> None:
    telemetry.count_statement()  # nobody counts: no effect
    others = threading.Thread(target=telemetry.count_statement)
    with telemetry.counted_statements() as outer:
        telemetry.count_statement()
        with telemetry.counted_statements() as inner:
            telemetry.count_statement(2)
        others.start()
        others.join()
    assert (outer.total, inner.total) == (3, 2)
    telemetry.observe_statements(service, "departments", outer.total)
    assert value("crm_request_statements_bucket", service=service, le="3.0") == 1
    assert value("crm_request_statements_bucket", service=service, le="2.0") == 0


@pytest.mark.infra
def test_metrics_are_served_on_a_port_of_their_own(service: str) -> None:
    telemetry.observe_rpc(service, "claim", "ok", 0.004)
    server = telemetry.serve_metrics(0)
    try:
        answer = httpx.get(f"http://127.0.0.1:{server.server_port}/metrics")
        assert f'crm_rpc_seconds_count{{method="claim",outcome="ok",service="{service}"}} 1.0' in answer.text
    finally:
        server.shutdown()
        server.server_close()
