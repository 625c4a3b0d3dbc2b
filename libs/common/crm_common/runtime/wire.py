"""The formats on the wire, Nameko's own: names of exchanges and queues, calls, replies, events and their headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from crm_common import codec
from crm_common.context import Context, Seal
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.declare import Envelope, Event, services
from crm_common.protocol.runtime_rules import RuntimeRules

RPC_EXCHANGE = "nameko-rpc"
STREAM = "crm.events"
"""The stream that keeps every event of every service, bound to each event exchange with ``#``."""

CONTENT_TYPE = "application/json"
CONTENT_ENCODING = "utf-8"

ERROR_PATH = "crm_common.errors.CrmError"

_PREFIX = "nameko."
_DAY = 86_400
_OPENING, _CLOSING = b'{"result":', b',"error":null}'


def event_exchange(service: str) -> str:
    """Nameko's name of a service's event exchange (topic, durable)."""
    return f"{service}.events"


def rpc_queue(service: str) -> str:
    """Nameko's name of the queue that holds the calls of a service."""
    return f"rpc-{service}"


def event_queue(source: str, event_type: str, service: str, method: str) -> str:
    """Nameko's name of the queue in which the method of ``service`` finds the events of one type."""
    return f"evt-{source}-{event_type}--{service}.{method}"


def source_of(event: type[Event]) -> str:
    """The service that declares the event class; LookupError when none does."""
    for protocol in services().values():
        if protocol.events.get(event.event_type) is event:
            return protocol.name
    raise LookupError(f"{event.__name__} is declared by no service")


def event_sources() -> dict[str, tuple[str, ...]]:
    """Event type → names of the services that declare it (``field.changed``: several), over all protocols."""
    found: dict[str, tuple[str, ...]] = {}
    for protocol in services().values():
        for event_type in protocol.events:
            found[event_type] = (*found.get(event_type, ()), protocol.name)
    return found


# --- calls ---------------------------------------------------------------------------------------------------


def call_headers(context: Context, seal: Seal) -> dict[str, str]:
    """The context as message headers, prefixed as Nameko's context data."""
    return {_PREFIX + name: value for name, value in seal.to_headers(context).items()}


def plain_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Message headers without Nameko's prefix: what ``Seal.from_headers`` and worker contexts take."""
    return {name.removeprefix(_PREFIX): value for name, value in headers.items()}


def call_body(payload: dict[str, Any]) -> bytes:
    """A call with its fields by name."""
    return b'{"args":[],"kwargs":%b}' % codec.encode(payload)


def expiration(seconds: float) -> str:
    """How long the broker keeps a call or a reply. What is longer than a day is no deadline (and may be no number)."""
    return str(max(1, int(seconds * 1000))) if seconds < _DAY else str(_DAY * 1000)


def read_call(body: bytes | str) -> dict[str, Any]:
    """The fields of a call; ``VALIDATION`` when it is no call or passes something by position."""
    try:
        call = codec.decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise CommonRules.a_value_has_the_wrong_shape(problem=str(broken)) from broken
    if not isinstance(call, dict) or not isinstance(call.get("kwargs"), dict) or call.get("args"):
        raise RuntimeRules.fields_are_passed_by_name()
    kwargs: dict[str, Any] = call["kwargs"]
    return kwargs


# --- replies -------------------------------------------------------------------------------------------------


def reply_body(result: bytes) -> bytes:
    """A reply around the JSON text of a result, in the order that :func:`read_reply` takes apart without parsing."""
    return b"%b%b%b" % (_OPENING, result, _CLOSING)


def error_body(error: CrmError) -> bytes:
    """A reply that carries a refusal, in the form of Nameko's serialized exceptions."""
    return b'{"result":null,"error":%b}' % codec.encode(
        {"exc_type": "CrmError", "exc_path": ERROR_PATH, "exc_args": [error.to_wire()], "value": str(error)}
    )


def read_reply(service: str, body: bytes) -> bytes:
    """The JSON text of the result. Raises the ``CrmError`` that came instead, ``UNAVAILABLE`` for anything strange."""
    if body.startswith(_OPENING) and body.endswith(_CLOSING):
        return body[len(_OPENING) : -len(_CLOSING)]
    try:
        reply = msgspec.json.decode(body, type=_Reply)
    except msgspec.DecodeError as broken:
        raise CommonRules.the_service_is_unavailable(service=service) from broken
    if reply.error:
        raise error_from(service, reply.error)
    return bytes(reply.result)


class _Reply(msgspec.Struct):
    # as stock Nameko or any other responder writes it: any order, any white space
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: dict[str, Any] | None = None


def error_from(service: str, error: Mapping[str, Any]) -> CrmError:
    """The ``CrmError`` in a reply's ``error``; a foreign exception counts as a failure of the service."""
    arguments = error.get("exc_args")
    if error.get("exc_path") == ERROR_PATH and isinstance(arguments, list) and arguments:
        try:
            return CrmError.from_wire(codec.decode_json(codec.encode(arguments[0])))
        except (AttributeError, TypeError, ValueError, KeyError):
            pass
    return RuntimeRules.the_service_failed(service=service, correlation_id="")


# --- events --------------------------------------------------------------------------------------------------


def event_body(envelope: Envelope) -> bytes:
    """What a plain Nameko event handler receives: the event's data."""
    return codec.encode(envelope.data)


def event_headers(envelope: Envelope) -> dict[str, str]:
    """CloudEvents attributes and the trace, all as text; absent ones are left out."""
    headers = {
        "ce-specversion": "1.0",
        "ce-id": str(envelope.id),
        "ce-source": envelope.source,
        "ce-type": envelope.type,
        "ce-time": envelope.time.isoformat(),
        "ce-subject": envelope.subject,
        "ce-seq": str(envelope.seq),
        "ce-dataversion": str(envelope.data_version),
        "ce-actor": envelope.actor,
        "ce-correlationid": envelope.correlation_id,
        "ce-causationid": envelope.causation_id,
        "traceparent": envelope.traceparent,
        "nameko.correlation_id": envelope.correlation_id,
    }
    return {name: value for name, value in headers.items() if value is not None}


def read_event(headers: Mapping[str, Any], body: bytes | str) -> Envelope:
    """The event of a message; ValueError when it is none of ours (no CloudEvents attributes, broken JSON)."""
    try:
        return Envelope(
            id=UUID(headers["ce-id"]),
            type=headers["ce-type"],
            source=headers["ce-source"],
            subject=headers["ce-subject"],
            seq=int(headers["ce-seq"]),
            time=datetime.fromisoformat(headers["ce-time"]),
            data=codec.decode_json(body),
            data_version=int(headers.get("ce-dataversion", 1)),
            actor=headers.get("ce-actor"),
            correlation_id=headers.get("ce-correlationid"),
            causation_id=headers.get("ce-causationid"),
            traceparent=headers.get("traceparent"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise ValueError(f"not an event of ours: {broken!r}") from broken
