"""Names sort as in a Chinese address book, whatever the database's locale."""

from __future__ import annotations

from crm_common.pinyin import pinyin_key


def test_names_sort_by_pinyin_and_latin_ones_in_between() -> None:
    names = ["张三", "王五", "李四", "Wang", "阿明", "zhao", "赵六", "李四光", "10号", "2号"]

    assert sorted(names, key=pinyin_key) == [
        "10号",
        "2号",
        "阿明",
        "李四",
        "李四光",
        "Wang",
        "王五",
        "张三",
        "zhao",
        "赵六",
    ]


def test_the_same_sound_is_told_apart_by_tone_then_by_the_characters() -> None:
    assert pinyin_key("李丽") != pinyin_key("李力")
    assert pinyin_key("妈") < pinyin_key("马")


def test_width_and_case_decide_only_between_equals() -> None:
    assert sorted(["ＡＢ", "ab", "AA", "ac"], key=pinyin_key) == ["AA", "ab", "ＡＢ", "ac"]
