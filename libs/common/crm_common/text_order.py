"""The order of Chinese texts: a key that is stored beside a name and sorted by code point, on any server."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from crm_common.pinyin import CHINESE, numbered_syllables

# Characters that are read differently when they are a family name.
SURNAMES = {
    "单": "shan4", "曾": "zeng1", "仇": "qiu2", "解": "xie4", "任": "ren2", "区": "ou1", "朴": "piao2", "查": "zha1",
    "盖": "ge3", "乐": "yue4", "缪": "miao4", "翟": "zhai2", "召": "shao4", "折": "she2", "黑": "he4", "种": "chong2",
    "繁": "po2", "员": "yun4", "华": "hua4", "宁": "ning4", "尉迟": "yu4 chi2", "万俟": "mo4 qi2",
    "长孙": "zhang3 sun1",
}  # fmt: skip


def pinyin_key(text: str, *, surname: bool = False) -> str:
    """The key by which ``text`` is sorted: store it in a column with COLLATE "C" and bind it as the field's ``sort``.

    Chinese goes by pinyin, then tone, then character (张 and 章 do not mix); other letters by themselves, without
    case and width. ``surname``: the text is a person's name, whose first characters have the family name's reading
    (曾 is zeng). Equal texts have equal keys; the key is longer than the text (up to nine times).
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    readings = _readings(plain)
    if surname:
        for family, reading in SURNAMES.items():
            if plain.startswith(family):
                readings[: len(family)] = reading.split()
                break
    # the space is less than every letter: xi an comes before xian
    return "".join(
        character if reading == character else f"{reading} {character} "
        for character, reading in zip(plain, readings, strict=True)
    )


def _readings(text: str) -> list[str]:
    """One reading per character; the character itself where it has none."""
    readings = list(text)
    for run in CHINESE.finditer(text):
        readings[run.start() : run.end()] = _read(run[0])
    return readings


# Looking readings up is a good part of what writing a short record costs; much of what names are made of comes back.
@lru_cache(maxsize=4096)
def _read(run: str) -> tuple[str, ...]:
    found = numbered_syllables(run)
    return tuple(found if len(found) == len(run) else run)
