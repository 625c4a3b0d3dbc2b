"""What a question means: levels from the exact name down to a slip of a finger, the same for every store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from crm_common.search.tokens import (
    EXACT,
    NAME,
    NAME_WORD,
    READING,
    SPELLING,
    TEXT,
    TEXT_WORD,
    WHOLE_READING,
    han_runs,
    normal,
    pairs,
    slips,
    tokens,
    without_phones,
    words,
)

LONGEST_QUESTION = 200
"""Characters of a question that are looked at."""
_MOST_UNITS = 24


class Rank(IntEnum):
    """How well a document answers: exact name first, then phrase, then terms, then readings, then slips."""

    EXACT_NAME = 1000
    PHRASE_IN_NAME = 800
    PHRASE = 700
    WORDS_OF_NAME = 520
    TERMS_IN_NAME = 500
    WORDS = 420
    TERMS = 400
    WHOLE_READING = 350
    READING = 300
    SLIP = 100


@dataclass(frozen=True, slots=True)
class Level:
    """A document is of this rank if it has, of every group, one of the terms; and the phrase, where there is one.

    ``phrase`` is tokens joined by spaces; it stands in one of the names, or (``anywhere``) in a name or text.
    """

    rank: Rank
    groups: tuple[tuple[str, ...], ...]
    phrase: str | None = None
    anywhere: bool = False


Alternatives = Callable[[str], list[str]]


@lru_cache(maxsize=4096)
def levels(text: str) -> tuple[Level, ...]:
    """The levels of a question, the best first; none where it has no word in it."""
    plain = without_phones(normal(text[:LONGEST_QUESTION]))
    found = tokens(plain)
    if not found:
        return ()
    units = list(dict.fromkeys(_units(plain)))[:_MOST_UNITS]
    made = [Level(Rank.EXACT_NAME, ((EXACT + "".join(found),),))]
    if len(found) > 1:
        phrase, near = " ".join(found), list(dict.fromkeys(pairs(plain)))
        in_name = tuple((NAME + token,) for token in near)
        made.append(Level(Rank.PHRASE_IN_NAME, in_name, phrase))
        made.append(Level(Rank.PHRASE, tuple((NAME + token, TEXT + token) for token in near), phrase, anywhere=True))
    made.extend(Level(rank, _groups(units, alternatives)) for rank, alternatives in _RANKED)
    # a question without Latin letters has no readings: what asks the same again is left out
    best: dict[tuple[Any, ...], Level] = {}
    for each in made:
        best.setdefault((each.groups, each.phrase), each)
    return tuple(best.values())


def _units(plain: str) -> list[str]:
    """What all must be found: Latin words and numbers, and Chinese words in the smallest pieces they fall into."""
    units = [token for token in tokens(plain) if not han_runs(token)]
    for run in han_runs(plain):
        for word, inside in words(run):
            units.extend(_pieces(word, inside))
    return units


def _pieces(word: str, inside: Sequence[str]) -> list[str]:
    if len(word) <= 2:
        return [word]
    if not inside:
        return [word[start : start + 2] for start in range(len(word) - 1)]
    pieces: list[str] = []
    at = 0
    while at < len(word):
        piece = next((word[at : at + size] for size in (2, 3) if word[at : at + size] in inside), word[at])
        pieces.append(piece)
        at += len(piece)
    return [pair for piece in pieces for pair in (_pieces(piece, ()) if len(piece) > 2 else [piece])]


def _literal(*signs: str) -> Alternatives:
    return lambda unit: [sign + unit for sign in signs]


def _word(*signs: str) -> Alternatives:
    literal = {NAME_WORD: NAME, TEXT_WORD: TEXT}
    # a single character or a Latin word is a word by itself
    return lambda unit: [(sign if len(unit) > 1 and han_runs(unit) else literal[sign]) + unit for sign in signs]


def _is_latin(unit: str) -> bool:
    return unit.isascii() and unit.isalpha()


def _whole(unit: str) -> list[str]:
    return [NAME + unit, TEXT + unit, *([WHOLE_READING + unit] if _is_latin(unit) else [])]


def _read(unit: str) -> list[str]:
    return [*_whole(unit), *([READING + unit] if _is_latin(unit) else [])]


def _slipped(unit: str) -> list[str]:
    return [*_read(unit), *(SPELLING + each for each in slips(unit))]


_RANKED: tuple[tuple[Rank, Alternatives], ...] = (
    (Rank.WORDS_OF_NAME, _word(NAME_WORD)),
    (Rank.TERMS_IN_NAME, _literal(NAME)),
    (Rank.WORDS, _word(NAME_WORD, TEXT_WORD)),
    (Rank.TERMS, _literal(NAME, TEXT)),
    (Rank.WHOLE_READING, _whole),
    (Rank.READING, _read),
    (Rank.SLIP, _slipped),
)


def _groups(units: Sequence[str], alternatives: Alternatives) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(alternatives(unit)) for unit in units)
