"""Which companies are probably one, by their names (CUS-45): spelt, or read, nearly the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import NamedTuple
from uuid import UUID

from rapidfuzz.distance import Levenshtein

IDENTICAL, READ_ALIKE, WITHOUT_PLACE = 100, 95, 90
"""How sure it is when the cores are the same, are read the same, differ by a leading place."""
_FORMS = re.compile(
    r"(集团|股份|有限|责任|公司|总公司|分公司|\(中国\)|（中国）|co\.?,? ?ltd\.?|limited|inc\.?|company)|[\W_]+"
)
_TONES = re.compile(r"[^a-z]+")
_PLACE = 2
"""Signs of a place before a name: 上海, 苏州."""
_LEAST = 4
"""Signs that must be left when a place is taken away."""
_COMMON = 50
"""What more companies than this have in common tells nothing of any two of them."""
_PLACES = 24
"""Bits for a company's place in the list."""


class Named(NamedTuple):
    """A company: its name folded, and the stored key by which it is sorted (its reading)."""

    id: UUID
    fold: str
    key: str


class Pair(NamedTuple):
    """Two companies, the one with the smaller id first, and how sure it is that they are one, of 100."""

    first: UUID
    second: UUID
    score: int


def core(fold: str) -> str:
    """What of a company's name is its own: without its legal form, blanks and signs; the name where nothing is left."""
    return _FORMS.sub("", fold) or fold


def alike(companies: Sequence[Named], least: int) -> list[Pair]:
    """The pairs that score ``least`` or more.

    Only what meets in a block is compared: names that are the same when one sign is left out of each, that are read the
    same, or that differ by a place before them. So the time grows with the names, not with the pairs of them.
    """
    cores = [core(each.fold) for each in companies]
    readings = [_TONES.sub("", each.key) if not each.fold.isascii() else "" for each in companies]
    found: list[Pair] = []
    for one, other in _meeting(cores, readings):
        score = _score(cores[one], cores[other], readings[one] == readings[other] != "")
        if score >= least:
            first, second = sorted((companies[one].id, companies[other].id))
            found.append(Pair(first, second, score))
    return sorted(found)


def _meeting(cores: Sequence[str], readings: Sequence[str]) -> set[tuple[int, int]]:
    """Places of companies that share a key. Key and place are packed in one number: a million sort in no time."""
    packed: list[int] = []
    for place, (name, reading) in enumerate(zip(cores, readings, strict=True)):
        packed += [(hash(key) << _PLACES) | place for key in _keys(name, reading)]
    packed.sort()
    pairs: set[tuple[int, int]] = set()
    for _, members in groupby(packed, key=lambda each: each >> _PLACES):
        block = sorted({each & ((1 << _PLACES) - 1) for each in members})
        if 1 < len(block) <= _COMMON:
            pairs.update(combinations(block, 2))
    return pairs


def _keys(name: str, reading: str) -> Iterator[str]:
    yield name
    if reading:
        yield f"/{reading}"
    if len(name) >= _PLACE + _LEAST:
        yield name[_PLACE:]
    if len(name) >= _LEAST:
        for place in range(len(name)):
            yield name[:place] + name[place + 1 :]


def _score(one: str, other: str, read_alike: bool) -> int:
    if one == other:
        return IDENTICAL
    if read_alike:
        return READ_ALIKE
    shorter, longer = sorted((one, other), key=len)
    if longer[_PLACE:] == shorter:
        return WITHOUT_PLACE
    return int(100 * Levenshtein.normalized_similarity(one, other))
