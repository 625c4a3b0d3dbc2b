"""Takes phone numbers, e-mail addresses and tokens out of whatever is about to be logged, however deep it is nested."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

MAX_DEPTH = 12
MAX_ITEMS = 200
MAX_TEXT = 16_384

# Between the digits may stand what people, formats and attackers put there.
_GAP = r"[\s\-.()/\u00a0\u00ad\u2000-\u2015\u2060\u3000\ufeff\uff08\uff09\uff0d]{0,3}"
_SECRET_WORD = r"(?:password|passwd|pwd|secret|token|authorization|api_?key)"  # noqa: S105 - the word, not a secret
_HEX = "[0-9a-fA-F]"
_PATTERN = re.compile(
    rf"""
    (?P<id> (?<![0-9A-Za-z]) (?: {_HEX}{{8}} (?:-{_HEX}{{4}}){{3}} -{_HEX}{{12}} | {_HEX}{{32}} | {_HEX}{{16}} )
        (?![0-9A-Za-z]) )
    | (?P<token>
        (?i:\b (?:bearer|basic) \s+ [\w.~+/=-]{{6,}})                                    # an Authorization header
        | (?<![\w.-]) ey[A-Za-z0-9_-]{{8,}} \.[A-Za-z0-9_-]{{2,}} (?:\.[A-Za-z0-9_-]*)?  # a JWT
        | (?<=://) [^\s/@]{{1,256}} (?=@)                                                # user:password of a URL
        | (?i:(?<![a-z]) {_SECRET_WORD} ["']? \s*[:=]\s* ["']? (?:(?:bearer|basic)\s+)? (?!\s) [^\s"',;&}}]{{1,512}})
      )
    | (?P<phone>                               # mobile in China (but no IPv4), any with +, landline, service number
        (?<!\d) (?<!\d\.) (?!\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?!\d))
            (?:(?:[+＋]|00)?86{_GAP})? [(（]? 1{_GAP}[3-9](?:{_GAP}\d){{9}} (?!\d)
        | (?<!\w) [+＋] \d (?:{_GAP}\d){{6,14}} (?!\d)
        | (?<![\d.-]) [(（]?0\d{{2,3}}[)）]? {_GAP} \d{{3,4}} {_GAP} \d{{4}} (?!\d)
        | (?<![\d.-]) [48]00 {_GAP} \d{{3,4}} {_GAP} \d{{3,4}} (?!\d)
      )
    """,
    re.VERBOSE | re.ASCII,
)


class _Digits(dict[int, int]):
    """Digits of every script are read as ours; found out once for each character that comes along."""

    def __missing__(self, code: int) -> int:
        self[code] = found = ord("0") + unicodedata.digit(chr(code)) if chr(code).isdecimal() else code
        return found


_DIGITS = _Digits()
_EMAIL = re.compile(r"[\w.+%'-]{1,64}[@＠][\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_HIDDEN_KEY = re.compile(
    rf"(?i)(?:{_SECRET_WORD}|cookie|phones?|mobile|e?mails?|(?:^|[^a-z])(?:tel|t?otp))$",
)
_TEXTS = (UUID, date, time, timedelta)
_HARMLESS = 10_000_000
"""No phone number is shorter than eight digits."""


def mask_text(text: str) -> str:
    """``text`` with every phone number, e-mail address and token replaced by ``[phone]``, ``[email]``, ``[token]``.

    UUIDs and other hexadecimal ids stay. A text over ``MAX_TEXT`` characters is cut: a hostile one costs no more than
    a long one.
    """
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + "…"
    if not text.isascii():
        text = text.translate(_DIGITS)
    text = _PATTERN.sub(_replacement, text)
    if "@" in text or "＠" in text:
        text = _EMAIL.sub("[email]", text)
    return text


def mask(value: Any, depth: int = 0) -> Any:
    """A copy of ``value`` of plain, JSON-able parts with nothing personal in it.

    Mappings, sequences and sets are walked (keys too); values below a key that names a secret or a contact are
    ``[hidden]``; any other object is shown as its masked ``repr``. Depth and size are bounded, so cycles end.
    """
    if depth >= MAX_DEPTH:
        return "[deep]"
    if isinstance(value, Mapping):
        return _masked_mapping(value, depth)
    if isinstance(value, list | tuple | set | frozenset):
        return _masked_items(value, depth)
    return _masked_scalar(value)


def _masked_scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, int | float | Decimal):
        return _masked_number(value)
    if isinstance(value, _TEXTS):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return mask_text(bytes(value[:MAX_TEXT]).decode("utf-8", "replace"))
    return mask_text(_shown(value))


def _masked_number(value: float | Decimal) -> Any:
    if isinstance(value, int) and -_HARMLESS < value < _HARMLESS:
        return int(value)
    text = str(value)
    masked = mask_text(text)
    return value if masked == text and isinstance(value, int | float) else masked


def _masked_mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    masked: dict[str, Any] = {}
    for number, (key, item) in enumerate(value.items()):
        if number >= MAX_ITEMS:
            masked["…"] = len(value) - MAX_ITEMS
            break
        name = str(key.value) if isinstance(key, Enum) else key if isinstance(key, str) else _shown(key)
        hidden = item is not None and _HIDDEN_KEY.search(name) is not None
        masked[mask_text(name)] = "[hidden]" if hidden else mask(item, depth + 1)
    return masked


def _masked_items(value: Iterable[Any], depth: int) -> list[Any]:
    masked: list[Any] = []
    for number, item in enumerate(value):
        if number >= MAX_ITEMS:
            masked.append("…")
            break
        masked.append(mask(item, depth + 1))
    return masked


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except Exception as broken:  # noqa: BLE001 - a log line is never the reason why a request fails
        return f"<{type(value).__name__}: {type(broken).__name__}>"


def _replacement(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "id":
        return found.group()
    return f"[{kind}]"
