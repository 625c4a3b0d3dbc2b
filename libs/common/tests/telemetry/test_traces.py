"""Traces: a span's context names it as the parent of what follows; off, they cost next to nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from crm_common import telemetry
from crm_common.context import Context, Seal
from crm_common.errors import CommonRules, CrmError

CONTEXT = Context(actor=None, correlation_id="c-1", deadline=time.time() + 60)
OUTSIDE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Tracing is on, and what is recorded is here."""
    found = InMemorySpanExporter()
    telemetry.configure_tracing("customer", exporter=found)
    yield found
    telemetry.stop_tracing()


def named(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def traceparent_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-{span.context.trace_flags:02x}"


def sampled(context: Context) -> bool:
    assert context.traceparent is not None
    return bool(int(context.traceparent[-2:], 16) & 1)


def test_without_configuration_nothing_is_recorded_and_the_context_stays() -> None:
    telemetry.configure_tracing("customer")
    assert not telemetry.tracing_is_on()
    known = replace(CONTEXT, traceparent=OUTSIDE)
    with telemetry.span("x", known, operation="y") as inner:
        assert inner is known


def test_switched_off_a_span_costs_next_to_nothing() -> None:
    began = time.process_time()
    for _ in range(10_000):
        with telemetry.span("x", CONTEXT, kind="server"):
            pass
    assert (time.process_time() - began) / 10_000 < 0.00001


def test_the_inner_context_names_the_span_as_parent(exporter: InMemorySpanExporter) -> None:
    with (
        telemetry.span("graphql query", CONTEXT, kind="server") as first,
        telemetry.span("identity.departments", first, kind="client") as second,
    ):
        assert second.correlation_id == "c-1"
    outer, inner = named(exporter)["graphql query"], named(exporter)["identity.departments"]
    assert (first.traceparent, second.traceparent) == (traceparent_of(outer), traceparent_of(inner))
    assert sampled(first)
    assert outer.parent is None
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert (outer.kind, inner.kind) == (SpanKind.SERVER, SpanKind.CLIENT)
    assert outer.attributes is not None
    assert outer.attributes["crm.correlation_id"] == "c-1"
    assert outer.resource.attributes["service.name"] == "customer"


def test_a_trace_goes_on_over_the_wire(exporter: InMemorySpanExporter) -> None:
    seal = Seal(b"x" * 32)
    with telemetry.span("call", replace(CONTEXT, traceparent=OUTSIDE), kind="client") as caller:
        arrived = seal.from_headers(seal.to_headers(caller))
        with telemetry.span("answer", arrived, kind="server"):
            pass
    spans = named(exporter)
    assert {f"{span.context.trace_id:032x}" for span in spans.values() if span.context} == {OUTSIDE.split("-")[1]}
    assert spans["call"].parent is not None
    assert f"{spans['call'].parent.span_id:016x}" == OUTSIDE.split("-")[2]
    assert spans["answer"].parent is not None
    assert spans["answer"].parent.span_id == spans["call"].context.span_id


def test_a_trace_that_was_not_sampled_elsewhere_is_not_recorded_here(exporter: InMemorySpanExporter) -> None:
    with telemetry.span("x", replace(CONTEXT, traceparent=OUTSIDE[:-2] + "00")) as inner:
        assert not sampled(inner)
    assert exporter.get_finished_spans() == ()


def test_a_share_of_the_traces_is_kept() -> None:
    exporter = InMemorySpanExporter()
    telemetry.configure_tracing("customer", exporter=exporter, ratio=0.0)
    with telemetry.span("x", CONTEXT) as inner:
        assert not sampled(inner)
    telemetry.stop_tracing()
    assert exporter.get_finished_spans() == ()


def test_a_garbled_parent_begins_a_new_trace(exporter: InMemorySpanExporter) -> None:
    with telemetry.span("x", replace(CONTEXT, traceparent="00-nonsense-01")):
        pass
    assert named(exporter)["x"].parent is None


def test_a_refusal_marks_the_span_with_its_code(exporter: InMemorySpanExporter) -> None:
    def refuse() -> None:
        raise CommonRules.the_right_is_missing(permission="customer.view")

    with pytest.raises(CrmError), telemetry.span("x", CONTEXT):
        refuse()
    span = named(exporter)["x"]
    assert span.attributes is not None
    assert span.attributes["crm.error.code"] == "FORBIDDEN"
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "the_right_is_missing")


def test_nothing_personal_enters_a_span(exporter: InMemorySpanExporter) -> None:
    def fail() -> None:
        raise ValueError("13812345678")

    with pytest.raises(ValueError, match="138"), telemetry.span("x", CONTEXT, about="call 13812345678", count=3):
        fail()
    text = named(exporter)["x"].to_json()
    assert "13812345678" not in text
    span = named(exporter)["x"]
    assert span.attributes is not None
    assert (span.attributes["about"], span.attributes["count"]) == ("call [phone]", 3)
    assert (span.status.description, span.events) == ("ValueError", ())
