"""The order of Chinese texts."""

from __future__ import annotations

import random

from crm_common.pinyin import numbered_syllables
from crm_common.text_order import _readings, pinyin_key


def test_names_sort_by_pinyin_then_tone_then_character() -> None:
    names = ["西安", "先生", "张伟", "章子", "张一", "李娜", "王芳", "掌声", "啊", "阿明"]
    assert sorted(names, key=pinyin_key) == [
        "阿明", "啊", "李娜", "王芳", "西安", "先生", "张伟", "张一", "章子", "掌声",
    ]  # fmt: skip


def test_case_and_width_do_not_count() -> None:
    assert pinyin_key("ＡＢＣ") == pinyin_key("abc") == pinyin_key(" ABC ")


def test_a_family_name_has_its_own_reading() -> None:
    assert pinyin_key("曾国藩", surname=True) == "zeng1 曾 guo2 国 fan1 藩 "
    assert pinyin_key("尉迟恭", surname=True).startswith("yu4 尉 chi2 迟 ")
    assert pinyin_key("曾经") == "ceng2 曾 jing1 经 "


def test_words_decide_the_reading() -> None:
    assert pinyin_key("重庆银行") == "chong2 重 qing4 庆 yin2 银 hang2 行 "


def test_what_has_no_reading_stands_for_itself() -> None:
    assert pinyin_key("a😀'; -- b") == "a😀'; -- b"
    assert not pinyin_key("")


def test_what_is_read_apart_is_read_as_in_one() -> None:
    signs, chance = "新岗位重庆长城的乐行银了得嗯〇𠮷a1 ，😀", random.Random(20)
    for _ in range(2_000):
        text = "".join(chance.choices(signs, k=chance.randrange(12)))
        assert _readings(text) == numbered_syllables(text)
