"""Cursors: the sort values and key of a row, bound to the list they were made for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.reading_rules import ReadingRules
from crm_common.reading.orders import Steps

MAX_LENGTH = 65_536
_stable = msgspec.json.Encoder(order="deterministic", enc_hook=str)
_decoder = msgspec.json.Decoder(list[str | None])


def fingerprint(view: str, *parts: Any) -> str:
    """A short mark of a list: its view, filter, order and the service's own condition. It only tells lists apart."""
    return hashlib.blake2b(_stable.encode((view, parts)), digest_size=6).hexdigest()


def expression(steps: Steps, mark: str = "{mark}") -> str:
    """The SQL that makes a row's cursor: base64url, without padding, of the JSON list [mark, values…, key]."""
    values = ", ".join(step.bound.kind.text.format(step.bound.sql) for step in steps)
    plain = f"convert_to(json_build_array({mark}::text, {values})::text, 'UTF8')"
    # encode() breaks its lines
    return f"translate(encode({plain}, 'base64'), E'+/=\\n', '-_')"


@dataclass(frozen=True, slots=True)
class Position:
    """A cursor read back: its values as texts to bind, None where null, in the order of the steps."""

    texts: tuple[str | None, ...]

    @property
    def nulls(self) -> tuple[bool, ...]:
        """Which of them are null: part of the statement's shape."""
        return tuple(text is None for text in self.texts)

    def values(self, name: str) -> dict[str, str]:
        """The values under ``<name>0``, ``<name>1`` …, as `orders.keyset` names them."""
        return {f"{name}{index}": text for index, text in enumerate(self.texts) if text is not None}


def read(cursor: str, mark: str, steps: Steps, field: str) -> Position:
    """The position in ``cursor``; VALIDATION on ``field`` when it is broken or of another list. Nothing is trusted."""
    made_for, *found = _parts(cursor, field)
    if made_for != mark:
        raise CommonRules.the_cursor_belongs_to_another_list(field=field)
    if len(found) != len(steps):
        raise _broken(field)
    texts: list[str | None] = []
    for text, step in zip(found, steps, strict=True):
        if text is None and not step.bound.nullable:
            raise _broken(field)
        try:
            texts.append(None if text is None else step.bound.kind.bind(text, lax=True))
        except ValueError as wrong:
            raise _broken(field) from wrong
    return Position(tuple(texts))


def _parts(cursor: str, field: str) -> list[str | None]:
    if len(cursor) > MAX_LENGTH:
        raise _broken(field)
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = _decoder.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError) as wrong:
        raise _broken(field) from wrong
    if not parts:
        raise _broken(field)
    return parts


def _broken(field: str) -> CrmError:
    return ReadingRules.a_cursor_is_broken(field=field)
