"""How Chinese is read: pypinyin, its table of words packed into a tenth of what Python's lists of lists take."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.resources import files
from sys import intern
from typing import Any

# what pypinyin lets be said before it is imported
_LEAN = {"PYPINYIN_NO_PHRASES": "1", "PYPINYIN_NO_DICT_COPY": "1"}
_said = {name: os.environ.get(name) for name in _LEAN}
os.environ.update(_LEAN)
try:
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT, RE_HANS
    from pypinyin.converter import UltimateConverter
    from pypinyin.core import Pinyin
    from pypinyin.seg.simpleseg import simple_seg
finally:
    for _name, _value in _said.items():
        if _value is None:
            del os.environ[_name]
        else:
            os.environ[_name] = _value

CHINESE = re.compile(RE_HANS.pattern.removeprefix("^").removesuffix("$"))
"""What is read together: a reading may depend on the characters beside it, never on what is not Chinese."""

# forty thousand characters share a few thousand readings
for _character in PINYIN_DICT:
    PINYIN_DICT[_character] = intern(PINYIN_DICT[_character])

_ENTRY = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
_CHARACTER = re.compile(r'\[\s*"([^"]+)"[^\]]*\]')


class _Words:
    """pypinyin's words with their readings: one text for all that begin with the same character."""

    def __init__(self) -> None:
        table: dict[str, list[str]] = {}
        text = (files("pypinyin") / "phrases_dict.json").read_text("utf-8")
        for entry in _ENTRY.finditer(text):
            word, readings = entry[1], _CHARACTER.findall(entry[2])
            table.setdefault(word[0], []).append(f"\n{word} {' '.join(readings)}")
        self._table = {first: "".join(lines) + "\n" for first, lines in table.items()}

    def reading(self, word: str) -> list[str] | None:
        """The first reading of each character with its tone's mark; None for what is no word of the table."""
        lines = self._table.get(word[0], "")
        start = lines.find(f"\n{word} ")
        if start < 0:
            return None
        return lines[start + len(word) + 2 : lines.index("\n", start + 1)].split(" ")

    def cut(self, run: str) -> Iterator[str]:
        """The run as the longest words from the left, else single characters: pypinyin's own way to cut."""
        while run:
            lines, longest, size = self._table.get(run[0], ""), 1, 1
            while size <= len(run) and f"\n{run[:size]}" in lines:
                longest = size if f"\n{run[:size]} " in lines else longest
                size += 1
            if size > len(run) and longest == 1:
                # the beginning of a word is not looked at again for others in it
                yield from run
                return
            yield run[:longest]
            run = run[longest:]


_words = _Words()


class _Converter(UltimateConverter):
    def _phrase_pinyin(self, phrase: str, style: Any, heteronym: bool, errors: Any, strict: bool) -> Any:
        known = _words.reading(phrase)
        if known is not None:
            return [[each] for each in known]
        return super()._phrase_pinyin(phrase, style, heteronym, errors, strict)


class _Reader(Pinyin):
    def get_seg(self, **_options: Any) -> Any:
        return _cut


def _cut(text: str) -> list[str]:
    found: list[str] = []
    for part in simple_seg(text):
        found.extend(_words.cut(part) if RE_HANS.match(part) else [part])
    return found


# what is not Chinese, a character each; the types of pypinyin do not know of it
_each: Any = list
_plain = _Reader(_Converter())
_numbered = _Reader(_Converter(neutral_tone_with_five=True))


def syllables(text: str) -> list[str]:
    """The reading of each character without its tone, ``lv`` for 吕; what is not Chinese is left as it is, a
    character each."""
    found: list[str] = _plain.lazy_pinyin(text, style=Style.NORMAL, errors=_each)
    return found


def numbered_syllables(text: str) -> list[str]:
    """As `syllables`, with the tone's number, 5 for none: ``lv3``."""
    found: list[str] = _numbered.lazy_pinyin(text, style=Style.TONE3, errors=_each)
    return found
