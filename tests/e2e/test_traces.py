"""One trace from the GraphQL operation over the call to the subscriber, in both modes; the broker's over real OTLP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from copying.neighbourhood import in_one_process, on_the_broker
from crm_common import telemetry
from infra.postgres import SharedPostgres
from ledger.waiting import until

CHANGE = """mutation($in: ChangeSettingInput!) {
    changeSetting(input: $in) { setting { value } userErrors { code message field } } }"""
TOLD = "13812345678"


@dataclass(frozen=True)
class Seen:
    """A span, wherever it was recorded."""

    service: str
    name: str
    trace: str
    span: str
    parent: str | None


class Collector(ThreadingHTTPServer):
    """Takes OTLP/HTTP as a collector does, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.bodies: list[bytes] = []

    def spans(self) -> list[Seen]:
        """Every span so far."""
        found = []
        for body in list(self.bodies):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
                for scope in resource.scope_spans:
                    found += [
                        Seen(service, s.name, s.trace_id.hex(), s.span_id.hex(), s.parent_span_id.hex() or None)
                        for s in scope.spans
                    ]
        return found


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        collector.shutdown()
        thread.join()
        collector.server_close()


def chain(spans: list[Seen], last: str) -> list[tuple[str, str]]:
    """``(service, name)`` from the first span of a trace down to the ``last``, by parents; empty while incomplete."""
    by_id = {span.span: span for span in spans}
    found = next((span for span in spans if span.name == last), None)
    line: list[tuple[str, str]] = []
    while found is not None:
        line.insert(0, (found.service, found.name))
        if found.parent is None:
            return line
        found = by_id.get(found.parent)
    return []


def test_over_the_broker_the_trace_leads_from_the_operation_to_the_subscriber(
    postgres_server: SharedPostgres, rabbitmq_vhost: str, tmp_path: Path
) -> None:
    with collecting() as collector:
        environment = {
            "CRM_TRACES_ENDPOINT": f"http://127.0.0.1:{collector.server_port}/v1/traces",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with on_the_broker(postgres_server, rabbitmq_vhost, tmp_path, environment) as neighbours:
            assert neighbours.system is not None
            admin = neighbours.system.admin()
            admin.ask(CHANGE, **{"in": {"key": "auth.lock_minutes", "value": "20", "reason": f"call {TOLD}"}})
            subscriber = "copying.projection_settings"
            line = until(lambda: chain(collector.spans(), subscriber), "the whole trace", seconds=30)
        assert line == [
            ("gateway", "graphql mutation"),
            ("identity", "identity.change_setting"),
            ("copying", subscriber),
        ]
        (trace,) = {span.trace for span in collector.spans() if span.name in ("identity.change_setting", subscriber)}
        logged = [json.loads(line) for line in (tmp_path / "copying.log").read_text().splitlines() if line[:1] == "{"]
        assert {line["service"] for line in logged} == {"copying"}
        assert [line for line in logged if line["level"] == "error"] == []
        assert len(trace) == 32
        assert not any(TOLD.encode() in body for body in collector.bodies)


def test_in_one_process_the_trace_leads_from_the_call_to_the_subscriber(postgres_server: SharedPostgres) -> None:
    exporter = InMemorySpanExporter()
    telemetry.configure_tracing("crm", exporter=exporter)
    try:
        with in_one_process(postgres_server) as neighbours:
            neighbours.call("change_setting", key="auth.lock_minutes", value="20")

            def seen() -> list[tuple[str, str]]:
                return chain([_seen(span) for span in exporter.get_finished_spans()], "copying.projection_settings")

            line = until(seen, "the whole trace")
    finally:
        telemetry.stop_tracing()
    assert line == [("crm", "identity.change_setting"), ("crm", "copying.projection_settings")]


def _seen(span: ReadableSpan) -> Seen:
    assert span.context is not None
    parent = f"{span.parent.span_id:016x}" if span.parent else None
    return Seen("crm", span.name, f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}", parent)
