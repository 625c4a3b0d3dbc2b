"""What a table's columns are for: declared once by a service, used by template, mapping, reading and writing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column's cells hold."""

    TEXT = "TEXT"
    CODE = "CODE"
    """Numbers that are names: codes, card numbers. No digit may be lost or added."""
    PHONE = "PHONE"
    NUMBER = "NUMBER"
    INTEGER = "INTEGER"
    DATE = "DATE"
    DATETIME = "DATETIME"
    BOOLEAN = "BOOLEAN"
    CHOICE = "CHOICE"
    CHOICES = "CHOICES"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a closed list with the words people write for it."""

    value: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column by its ``key`` (the field's name; of a custom field ``custom.<key>``) and its headings."""

    key: str
    en: str
    zh: str
    kind: Kind = Kind.TEXT
    needed: bool = False
    also: tuple[str, ...] = ()
    """Further headings under which people send it."""
    note_en: str = ""
    note_zh: str = ""
    choices: tuple[Choice, ...] = ()
    example: str = ""

    def heading(self, language: str) -> str:
        """The heading in ``zh`` or (any other language) English."""
        return self.zh if language.startswith("zh") else self.en

    def note(self, language: str) -> str:
        """What to know about the column, in the language."""
        return self.note_zh if language.startswith("zh") else self.note_en


_NOISE = re.compile(r"[\s*＊_\-:：.。/、]|[(（\[【].*?[)）\]】]")


def _plain(heading: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading)).casefold()


def guess(header: Sequence[str], columns: Sequence[Column]) -> list[str | None]:
    """The column's key for each heading, None where none fits. No column is given twice; the first heading wins.

    Compared are key, headings in both languages and ``also``, without marks, brackets, spaces and case.
    """
    known: dict[str, str] = {}
    for column in columns:
        for name in (column.zh, column.en, column.key, column.key.removeprefix("custom."), *column.also):
            known.setdefault(_plain(name), column.key)
    mapping: list[str | None] = []
    for heading in header:
        key = known.get(_plain(heading))
        mapping.append(None if key in mapping else key)
    return mapping
