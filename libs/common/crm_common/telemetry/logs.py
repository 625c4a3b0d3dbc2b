"""Logging: one JSON object a line, from structlog and from the standard library alike, with nothing personal in it."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, TextIO

import msgspec
import structlog

from crm_common.context import Context
from crm_common.telemetry.masking import mask

_encoder = msgspec.json.Encoder(decimal_format="string")
_FIRST = ("time", "level", "service", "event", "correlation_id", "actor")


def logger(service: str | None = None) -> structlog.stdlib.BoundLogger:
    """A logger; ``service`` names the one that speaks where several share a process. Values go by keyword:
    ``log.info("relay.connected", exchange=name)``."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger()
    return found.bind(service=service) if service else found


class bind:  # noqa: N801 - used as a function; every call enters it, and a generator costs three times as much
    """Every line written in the block carries the correlation id, the actor's id (never a name) and ``values``."""

    __slots__ = ("_said", "_token")

    def __init__(self, context: Context, *, service: str | None = None, **values: Any) -> None:
        self._said = (context, service, values)

    def __enter__(self) -> None:
        self._token = _bound.set((*_bound.get(), self._said))

    def __exit__(self, *_: object) -> None:
        _bound.reset(self._token)


# Every request binds, hardly any writes a line: the values are put together when one does.
_bound: ContextVar[tuple[tuple[Context, str | None, dict[str, Any]], ...]] = ContextVar("what lines carry", default=())


def merge_bound(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The first processor: what `bind` said, the innermost last; the line's own values stand."""
    for context, service, values in reversed(_bound.get()):
        for name, value in values.items():
            line.setdefault(name, value)
        line.setdefault("correlation_id", context.correlation_id)
        if context.actor is not None:
            line.setdefault("actor", str(context.actor.id))
        if service:
            line.setdefault("service", service)
    return line


def configure_logging(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every line of this process, also those of libraries, as JSON to ``stream`` (default: standard error)."""
    shared: list[Any] = [
        merge_bound,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _Named(service),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _error_text, masked_line],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Named:
    def __init__(self, service: str) -> None:
        self.service = service

    def __call__(self, _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line.setdefault("service", self.service)
        return line


def _error_text(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    rendered: MutableMapping[str, Any] = structlog.processors.format_exc_info(_logger, _method, line)
    return rendered


def masked_line(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> str:
    """The last processor: the line as JSON text, masked from end to end. Own fields come first, in a fixed order."""
    ordered = {key: line[key] for key in _FIRST if key in line}
    ordered.update((key, value) for key, value in line.items() if key not in ordered)
    return _encoder.encode(mask(ordered)).decode()
