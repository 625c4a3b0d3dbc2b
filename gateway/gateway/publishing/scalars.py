"""Our scalars: what travels as text inside stays text outside; input is checked before a service is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

from graphql import FloatValueNode, GraphQLError, IntValueNode, StringValueNode, ValueNode
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition, scalar

_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,12})?")

JSON = NewType("JSON", object)


def _text(kind: str, write: Callable[[Any], str] | None = None, of: type = object) -> Any:
    """Text passes through; a value of the Python type (from a resolver written by hand) is written as text."""

    def serialize(value: Any) -> str:
        if isinstance(value, str):
            return value
        if write is not None and isinstance(value, of):
            return write(value)
        raise GraphQLError(f"{kind} cannot represent what the service answered")

    return serialize


def _read_decimal(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return value
    raise GraphQLError('Decimal is written as a string of digits ("12.50"), never as a float')


def _read_decimal_literal(node: ValueNode, _variables: Any = None) -> str:
    # a literal is read by its digits, so that 12.50 never becomes a float
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        return _read_decimal(node.value)
    raise GraphQLError('Decimal is written as a string of digits ("12.50")', node)


def _read_moment(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as broken:
        raise GraphQLError('DateTime is written in ISO 8601 ("2026-11-23T09:30:00Z")') from broken
    if moment.tzinfo is None:
        raise GraphQLError("DateTime needs a time zone: end it with Z or an offset")
    return moment.astimezone(UTC).isoformat()


def _read_day(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as broken:
        raise GraphQLError('Date is written in ISO 8601 ("2026-11-23")') from broken


def _anything(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: scalar(
        name="Decimal",
        description='An exact decimal number as a string, such as "12.50". Money is always a Decimal, never a float.',
        serialize=_text("Decimal", str, Decimal),
        parse_value=_read_decimal,
        parse_literal=_read_decimal_literal,
    ),
    datetime: scalar(
        name="DateTime",
        description='A moment in ISO 8601 with time zone, such as "2026-11-23T09:30:00Z". Answers are in UTC.',
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=_text("DateTime", datetime.isoformat, datetime),
        parse_value=_read_moment,
    ),
    date: scalar(
        name="Date",
        description='A day of the calendar in ISO 8601, such as "2026-11-23".',
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        serialize=_text("Date", date.isoformat, date),
        parse_value=_read_day,
    ),
    JSON: scalar(
        name="JSON",
        description="Any JSON value, where the shape is decided at run time.",
        serialize=_anything,
        parse_value=_anything,
    ),
}

# Scalars whose JSON text passes through as it is: the compiled selection need not call anything for them.
TEXTS = frozenset({"String", "Decimal", "DateTime", "Date"})


def config() -> StrawberryConfig:
    """Strawberry's settings for our schema: our scalars instead of its own."""
    return StrawberryConfig(scalar_map=SCALARS)
