"""A command's payload: what the use case returns, what is remembered under its key, what the caller reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, get_args, get_origin
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.protocol.declare import Operation
from crm_common.protocol.views import is_view


class Answers(Protocol):
    """Reads changed records back as their views; ``crm_common.reading.Reader`` is one."""

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        """A JSON list aligned with ``ids``, null where there is nothing to see."""
        ...


@dataclass(frozen=True, slots=True)
class Once:
    """A payload value that is answered the first time only and never stored (a secret, a token): null on a replay."""

    value: Any


def answered(operation: Operation, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload in JSON-able values, records as their ids; TypeError for a key the declaration does not name."""
    unknown = payload.keys() - operation.returns.keys()
    if unknown:
        raise TypeError(f"{operation.name} does not declare {', '.join(sorted(unknown))} in its payload")
    values = {key: value.value if isinstance(value, Once) else value for key, value in payload.items()}
    plain: dict[str, Any] = codec.to_builtins(values)
    return plain


def stored(operation: Operation, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as it is remembered: without what is answered only once."""
    return answered(operation, {key: None if isinstance(value, Once) else value for key, value in payload.items()})


def render(
    operation: Operation,
    payload: Mapping[str, Any],
    select: Mapping[str, str],
    answers: Answers | None,
    context: Context,
) -> bytes:
    """The JSON text of the payload; its records are read now, under the caller's rights of today."""
    parts = []
    for key, declared in operation.returns.items():
        value, view = payload.get(key), _view(declared)
        if view is None:
            text = codec.encode(value)
        elif value is None or key not in select or answers is None:
            text = b"null"
        elif isinstance(value, list):
            text = answers.by_ids(view, [UUID(one) for one in value], select[key], context)
        else:
            text = _only(answers.by_ids(view, [UUID(value)], select[key], context))
        parts.append(codec.encode(key) + b":" + text)
    return b"{" + b",".join(parts) + b"}"


def _view(declared: Any) -> type | None:
    inner = get_args(declared)[0] if get_origin(declared) is list else declared
    return inner if is_view(inner) else None


def _only(listed: bytes) -> bytes:
    # the text of a list with one element, without parsing what PostgreSQL has built
    return listed.strip()[1:-1].strip()
