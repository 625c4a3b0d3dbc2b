"""Keys that sort Chinese names as people expect: by pinyin, compared byte by byte, stored beside the name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=4096)
def pinyin_key(text: str) -> str:
    """The sort key of ``text``: pinyin with tones, then the text itself; width and case come last.

    Latin and digits stay in their place: ``pinyin_key("A1张三")`` begins ``a1 zhang1 san1``. For columns COLLATE "C".
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return f"{' '.join(lazy_pinyin(plain, style=Style.TONE3, neutral_tone_with_five=True))}\t{text}"
