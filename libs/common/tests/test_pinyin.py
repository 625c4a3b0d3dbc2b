"""Chinese is read as pypinyin reads it, with less memory."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from importlib.resources import files

from crm_common.pinyin import numbered_syllables, syllables

_STOCK = """
import json, sys
from pypinyin import Style, lazy_pinyin
texts = json.load(sys.stdin)
plain = [lazy_pinyin(text, errors=list) for text in texts]
told = [lazy_pinyin(text, style=Style.TONE3, errors=list, neutral_tone_with_five=True) for text in texts]
json.dump([plain, told], sys.stdout)
"""


def texts() -> list[str]:
    """Words of pypinyin's table, their beginnings in a row, and anything."""
    words = list(json.loads((files("pypinyin") / "phrases_dict.json").read_text("utf-8")))
    chance = random.Random(7)
    some = chance.sample(words, 3_000)
    rows = ["".join(each[: chance.randrange(1, 4)] for each in chance.sample(words, 4)) for _ in range(3_000)]
    signs = [*"".join(words[::100]), *"a〇𠮷龘，1"]
    return [
        *some,
        *rows,
        *("".join(chance.choices(signs, k=chance.randrange(9))) for _ in range(3_000)),
        "朝阳",
        "那些",
    ]


def test_texts_are_read_as_by_pypinyin_itself() -> None:
    given = texts()
    done = subprocess.run(
        [sys.executable, "-c", _STOCK], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    plain, told = json.loads(done.stdout)
    assert [syllables(text) for text in given] == plain
    assert [numbered_syllables(text) for text in given] == told
