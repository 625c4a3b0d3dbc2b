"""Cuts texts into what is indexed and what is asked for: characters, words, numbers, and the readings of Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import rjieba

from crm_common.pinyin import syllables
from crm_common.text_order import SURNAMES

# What stands before a token in `Analysis.terms` says where it was found and how.
EXACT, NAME, TEXT, NAME_WORD, TEXT_WORD, WHOLE_READING, READING, SPELLING = "entvwqps"

LONGEST_TEXT = 100_000
"""Characters of one text that are looked at; the rest is not found."""
_LONGEST_TOKEN = 64
_LONGEST_NAME = 100
_READ_CHARACTERS = 32
_SYLLABLES = 4
_SPELT_FROM = 5

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_LATIN = re.compile(r"[a-z]+")
_GAP = r"[-\s.()‐-―]{0,2}"
# Mobile numbers, numbers with an area code, service numbers and whatever begins with a plus, however they are grouped.
_PHONE = re.compile(
    rf"(?<!\d)(?:\+{_GAP}\d(?:{_GAP}\d){{6,16}}|(?:86{_GAP})?(?:1[3-9](?:{_GAP}\d){{9}}|"
    rf"\(?0\d{{2,3}}(?:{_GAP}\d){{7,8}}|[48]00(?:{_GAP}\d){{7}}))(?!\d)"
)
_ONLY_NUMBER = re.compile(r"\+?[\d\s().‐-―-]+")


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the index holds of a document. ``names`` and ``texts`` are tokens joined by spaces, one text each.

    ``terms`` are tokens, each behind the sign of where and how it stands there; ``length`` counts the title's tokens.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    terms: tuple[str, ...]
    length: int


def normal(text: str) -> str:
    """The text without width, case and composition: what is compared."""
    return unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold()


def without_phones(text: str) -> str:
    """A `normal` text with a gap wherever a phone number stood: none is ever indexed."""
    return _PHONE.sub(" / ", text)


def tokens(text: str) -> list[str]:
    """The tokens of a `normal` text in order: each Chinese character by itself, other letters and digits in runs."""
    return [token[:_LONGEST_TOKEN] for token in _TOKEN.findall(text)]


def phone_in(text: str) -> str | None:
    """The phone number that the text is or has in it, or, where it is nothing but a number of 5 digits or more, that.

    Digits only, with the plus where it was written.
    """
    plain = normal(text)
    found = _PHONE.search(plain)
    if found is None and not _ONLY_NUMBER.fullmatch(plain.strip()):
        return None
    digits = re.sub(r"[^\d+]", "", found[0] if found else plain)
    return digits if len(digits) >= 5 else None


@lru_cache(maxsize=65_536)
def words(run: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words of a run of Chinese characters, each with the shorter words of two and three characters in it."""
    return tuple((word, _inside(word)) for word in rjieba.cut(run))


def _inside(word: str) -> tuple[str, ...]:
    sizes = [size for size in (2, 3) if size < len(word)]
    parts = (word[start : start + size] for size in sizes for start in range(len(word) - size + 1))
    return tuple(part for part in parts if rjieba.has_word(part))


def han_runs(text: str) -> list[str]:
    """The runs of Chinese characters in a `normal` text."""
    return _HAN_RUN.findall(text)


def pairs(text: str) -> list[str]:
    """The tokens of a `normal` text and every two Chinese characters that follow one another."""
    found = tokens(text)
    return found + [one + other for one, other in pairwise(found) if _is_han(one) and _is_han(other)]


def _is_han(token: str) -> bool:
    return _HAN_RUN.fullmatch(token) is not None


def readings(name: str) -> tuple[set[str], set[str]]:
    """How a `normal` name is typed without Chinese input: whole readings and spellable words, and parts of readings.

    Whole: pinyin and initials of each run (``zhangsan``, ``zs``), pinyin of its words, Latin words. Parts: pinyin of up
    to four characters that follow one another, and their initials.
    """
    whole: set[str] = set()
    parts: set[str] = set()
    for run in han_runs(name):
        for read in _syllables(run[:_READ_CHARACTERS]):
            whole.add("".join(read))
            if len(read) > 1:
                whole.add("".join(each[0] for each in read))
            parts |= _grams(read)
    return whole, parts


def spellings(name: str) -> set[str]:
    """The Latin words of a `normal` name and the pinyin of its runs and words: what `slips` are compared with."""
    found = {word for word in tokens(name) if _LATIN.fullmatch(word)}
    for run in han_runs(name):
        for read in _syllables(run[:_READ_CHARACTERS]):
            found.add("".join(read))
            start = 0
            for word, _ in words(run[:_READ_CHARACTERS]):
                found.add("".join(read[start : start + len(word)]))
                start += len(word)
    return {each for each in found if len(each) >= _SPELT_FROM - 1}


@lru_cache(maxsize=65_536)
def _syllables(run: str) -> tuple[tuple[str, ...], ...]:
    """The readings of a run, one syllable a character: by itself, word by word, and with a family name in front."""
    # 市长江 is read otherwise than 市 and 长江
    ways = ([run], [word for word, _ in words(run)])
    found = {tuple(syllable for part in way for syllable in syllables(part)): None for way in ways}
    for family, reading in SURNAMES.items():
        if run.startswith(family):
            front = tuple(re.sub(r"\d", "", reading).split())
            found |= {front + usual[len(family) :]: None for usual in list(found)}
    # 吕 is typed lv, and by others lu
    for each in list(found):
        found[tuple(syllable.replace("v", "u") for syllable in each)] = None
    return tuple(each for each in found if len(each) == len(run) and all(each))


def _grams(read: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(len(read)):
        for size in range(1, _SYLLABLES + 1):
            part = read[start : start + size]
            if len(part) == size:
                found.add("".join(part))
                if size > 1:
                    found.add("".join(each[0] for each in part))
    return found


@lru_cache(maxsize=4096)
def slips(word: str) -> tuple[str, ...]:
    """Every spelling one slip away from a word of Latin letters (one letter missing, more, wrong, two swapped).

    The first letter is right in all of them. None for short words and for what is no Latin word.
    """
    if len(word) < _SPELT_FROM or len(word) > _READ_CHARACTERS or not _LATIN.fullmatch(word):
        return ()
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = {word}
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        found |= {head + letter + tail for letter in letters}
        if tail:
            found.add(head + tail[1:])
            found |= {head + letter + tail[1:] for letter in letters}
        if len(tail) > 1:
            found.add(head + tail[1] + tail[0] + tail[2:])
    return tuple(sorted(found))


def analyse(names: Iterable[str | None], texts: Iterable[str | None] = ()) -> Analysis:
    """What is indexed of a document. The first name is its title; names are also found by their readings."""
    terms: set[str] = set()
    named = [without_phones(normal(name[:_LONGEST_NAME])) for name in names if name]
    for name in named:
        found = tokens(name)
        if found:
            terms.add(EXACT + "".join(found))
        terms |= {NAME + token for token in pairs(name)}
        terms |= {NAME_WORD + part for part in _all_words(name)}
        whole, parts = readings(name)
        terms |= {WHOLE_READING + each for each in whole} | {READING + each for each in parts}
        terms |= {SPELLING + each for each in spellings(name)}
    written = [without_phones(normal(text)) for text in texts if text]
    for text in written:
        terms |= {TEXT + token for token in pairs(text)}
        terms |= {TEXT_WORD + part for part in _all_words(text)}
    as_tokens = [" ".join(tokens(each)) for each in named]
    return Analysis(
        tuple(each for each in as_tokens if each),
        tuple(each for text in written if (each := " ".join(tokens(text)))),
        tuple(sorted(terms)),
        len(tokens(named[0])) if named else 0,
    )


def _all_words(text: str) -> Iterator[str]:
    for run in han_runs(text):
        for word, inside in words(run):
            yield word
            yield from inside
