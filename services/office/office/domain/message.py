"""What a message says: a kind's templates, filled in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm_common.protocol.office.message_kinds import MessageKind, Words

Parameter = str | int | date | datetime | Words
LONGEST = 100
"""A name in a message is cut to this many characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of a message. ``several`` still has its place ``{count}``."""

    title: Words
    text: Words
    several: Words | None


def said(kind: MessageKind, parameters: Mapping[str, Parameter], zone: ZoneInfo) -> Said:
    """The kind's templates, filled; days and hours are those of ``zone``. KeyError for a place without a parameter."""
    fill = {language: {name: _shown(value, language, zone) for name, value in parameters.items()} for language in _BOTH}
    several = kind.several and _filled(kind.several, {lang: each | {"count": "{count}"} for lang, each in fill.items()})
    return Said(title=_filled(kind.title, fill), text=_filled(kind.text, fill), several=several)


_BOTH = ("en", "zh")


def _filled(template: Words, fill: Mapping[str, Mapping[str, str]]) -> Words:
    return Words(template.en.format_map(fill["en"]), template.zh.format_map(fill["zh"]))


def _shown(value: Any, language: str, zone: ZoneInfo) -> str:
    if isinstance(value, Words):
        return value.zh if language == "zh" else value.en
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
