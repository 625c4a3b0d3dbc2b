"""Traces from the GraphQL operation over rpc to the subscriber. Off by default: then a span is one small object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.telemetry.masking import mask_text

# The SDK is imported only where tracing is configured: it costs memory and start-up time.
_tracer: Any = None
_provider: Any = None


def tracing_is_on() -> bool:
    """Whether spans are recorded in this process."""
    return _tracer is not None


def configure_tracing(service: str, *, endpoint: str | None = None, exporter: Any = None, ratio: float = 1.0) -> None:
    """Record spans and send them to an OTLP/HTTP ``endpoint`` (or hand them to ``exporter`` at once, for tests).

    ``ratio`` is the share of traces begun here that are kept; a trace begun elsewhere keeps its own decision.
    Without endpoint and exporter nothing is recorded.
    """
    global _tracer, _provider
    if endpoint is None and exporter is None:
        return
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service}), sampler=ParentBased(TraceIdRatioBased(ratio))
    )
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _provider, _tracer = provider, provider.get_tracer("crm")


def stop_tracing() -> None:
    """Send what is recorded and switch tracing off."""
    global _tracer, _provider
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None


def span(
    name: str, context: Context, *, kind: str = "internal", **attributes: str | float
) -> AbstractContextManager[Context]:
    """A span around a piece of work; gives the context to pass on, whose ``traceparent`` names this span.

    ``kind`` is ``internal``, ``server``, ``client``, ``producer`` or ``consumer``; the parent ``context.traceparent``.
    A ``CrmError`` marks the span with its code; error texts are never recorded. Attributes are masked like log lines.
    With tracing off the context comes back as it is.
    """
    if _tracer is None:
        return nullcontext(context)
    return _recorded(name, context, kind, attributes)


@contextmanager
def _recorded(name: str, context: Context, kind: str, attributes: dict[str, Any]) -> Iterator[Context]:
    from opentelemetry.trace import SpanKind, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    propagator = TraceContextTextMapPropagator()
    parent = propagator.extract({"traceparent": context.traceparent} if context.traceparent else {})
    masked = {key: mask_text(value) if isinstance(value, str) else value for key, value in attributes.items()}
    current = _tracer.start_span(
        name,
        context=parent,
        kind=SpanKind[kind.upper()],
        attributes=masked | {"crm.correlation_id": context.correlation_id},
    )
    carrier: dict[str, str] = {}
    from opentelemetry.trace import set_span_in_context

    propagator.inject(carrier, set_span_in_context(current))
    try:
        yield replace(context, traceparent=carrier.get("traceparent"))
    except CrmError as error:
        current.set_attribute("crm.error.code", error.code.value)
        current.set_status(StatusCode.ERROR, error.rule)
        raise
    except BaseException as error:
        current.set_status(StatusCode.ERROR, type(error).__name__)
        raise
    finally:
        current.end()
