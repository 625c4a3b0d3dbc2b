"""Takes phone numbers, e-mail addresses and tokens out of whatever is about to be logged, however deep it is nested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

MAX_DEPTH = 12
MAX_ITEMS = 200
MAX_TEXT = 16_384

# Digits of every script count (\d), and so do the separators people and formats put between them.
_SEP = r"[\s\-.()\u200b-\u200f\u2060\u00ad\ufeff]{0,3}"
_PATTERN = re.compile(
    rf"""
    (?P<uuid>(?<![0-9A-Za-z])[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}(?![0-9A-Za-z]))
    | (?P<token>
        (?i:\b(?:bearer|basic)\s+[\w.~+/=-]{{6,}})
        | (?<![\w.-])ey[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9_-]{{2,}}(?:\.[A-Za-z0-9_-]*)?
        | (?<=://)[^\s/@]{{1,256}}(?=@)
        | (?i:(?<![a-z])(?:password|passwd|pwd|secret|token|authorization|api_?key)["']?\s*[:=]\s*["']?(?!\s)[^\s"',;&}}]{{1,512}})
      )
    | (?P<phone>
        (?<!\d)(?<!\d\.)(?:(?:\+|00)?86{_SEP})?1[3-9](?:{_SEP}\d){{9}}(?!\d)
        | (?<!\w)\+(?:\d{_SEP}){{7,15}}(?!\d)
        | (?<![\d.-])\(?0\d{{2,3}}\)?{_SEP}[2-9]\d{{2,3}}{_SEP}\d{{4}}(?!\d)
        | (?<![\d.-])[48]00{_SEP}\d{{3,4}}{_SEP}\d{{3,4}}(?!\d)
      )
    """,
    re.VERBOSE,
)
_EMAIL = re.compile(r"[\w.+%'-]{1,64}[@＠][\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_HIDDEN_KEY = re.compile(
    r"(?i)(?:^|[_.\- ])(?:password|passwd|pwd|secret|token|authorization|cookie|api_?key|otp|totp|phone|phones|mobile|tel|e?mail|emails)$"
)
_SAFE = (bool, type(None), UUID, datetime, date, time, timedelta)


def mask_text(text: str) -> str:
    """``text`` with every phone number, e-mail address and token replaced by ``[phone]``, ``[email]``, ``[token]``.

    UUIDs stay. A text over ``MAX_TEXT`` characters is cut, so that a hostile one costs no more than a long one.
    """
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + "…"
    text = _PATTERN.sub(_replacement, text)
    if "@" in text or "＠" in text:
        text = _EMAIL.sub("[email]", text)
    return text


def mask(value: Any, depth: int = 0) -> Any:
    """A copy of ``value`` of plain, JSON-able parts with nothing personal in it.

    Mappings, sequences and sets are walked (keys too); values below a key that names a secret or a contact are
    ``[hidden]``; any other object is shown as its masked ``repr``. Depth and size are bounded, so cycles end.
    """
    if isinstance(value, str):
        return mask_text(value) if not isinstance(value, Enum) else mask_text(str(value.value))
    if isinstance(value, _SAFE):
        return value if isinstance(value, bool | None) else str(value)
    if isinstance(value, int | float | Decimal):
        return _masked_number(value)
    if depth >= MAX_DEPTH:
        return "[deep]"
    if isinstance(value, Mapping):
        return _masked_mapping(value, depth)
    if isinstance(value, list | tuple | set | frozenset):
        return _masked_items(value, depth)
    if isinstance(value, bytes | bytearray | memoryview):
        return mask_text(bytes(value[:MAX_TEXT]).decode("utf-8", "replace"))
    return mask_text(_shown(value))


def _masked_number(value: float | Decimal) -> Any:
    if -10_000_000 < value < 10_000_000:
        return value
    text = str(value)
    masked = mask_text(text)
    return value if masked == text else masked


def _masked_mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    masked: dict[str, Any] = {}
    for number, (key, item) in enumerate(value.items()):
        if number >= MAX_ITEMS:
            masked["…"] = len(value) - MAX_ITEMS
            break
        name = key if isinstance(key, str) else _shown(key)
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
    if kind == "uuid":
        return found.group()
    return f"[{kind}]"
