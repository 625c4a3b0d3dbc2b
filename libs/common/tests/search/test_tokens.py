"""One tokenizer: what is indexed of a text, how Chinese is read, and that phone numbers are not in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_common.search.ranking import LONGEST_QUESTION, Rank, levels
from crm_common.search.tokens import READING, WHOLE_READING, analyse, normal, pairs, phone_in, slips, tokens, words


def of(name: str, sign: str) -> set[str]:
    return {term[1:] for term in analyse([name]).terms if term[0] == sign}


def test_width_case_and_composition_do_not_matter() -> None:
    assert tokens(normal("ＡＢＣ 咨询㈱ Café 12号")) == ["abc", "咨", "询", "株", "café", "12", "号"]
    assert tokens(normal("Cafe\u0301")) == ["café"]


def test_chinese_falls_into_words_and_the_shorter_words_in_them() -> None:
    assert words("基金投资") == (("基金", ()), ("投资", ()))
    assert words("上海有限公司") == (("上海", ()), ("有限公司", ("有限", "公司")))


def test_every_two_characters_that_follow_one_another_are_found_over_signs_too() -> None:
    assert pairs("华·信ab") == ["华", "信", "ab", "华信"]


def test_a_name_is_read_in_pinyin_and_initials_in_whole_and_in_part() -> None:
    assert of("张三", WHOLE_READING) == {"zhangsan", "zs"}
    assert of("张三", READING) == {"zhang", "san", "zhangsan", "zs"}
    assert {"huaxin", "hx", "shhx"} <= of("上海华信", READING) | of("上海华信", WHOLE_READING)


@pytest.mark.parametrize(
    ("name", "read"), [("曾国平", "zengguoping"), ("吕布", "lvbu"), ("吕布", "lubu"), ("重庆", "chongqing")]
)
def test_family_names_and_words_have_their_own_readings(name: str, read: str) -> None:
    assert read in of(name, WHOLE_READING)


@pytest.mark.parametrize(
    "number",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678", "8613812345678", "１３８１２３４５６７８",
     "021-58881234", "(010) 88886666", "400-820-8820", "+1 (415) 555-0100"],
)  # fmt: skip
def test_a_phone_number_is_never_indexed_however_it_is_written(number: str) -> None:
    made = analyse([f"张三 {number}"], [f"电话：{number}，请早上打"])

    digits = [term for term in made.terms if any(sign.isdigit() for sign in term)]
    assert digits == []
    assert made.names == ("张 三",)
    assert made.texts == ("电 话 请 早 上 打",)
    assert levels(number) == ()


def test_other_numbers_are_found() -> None:
    assert tokens(normal("91310115MA1K3XYZ0P 合同2026-0012 价3000")) == [
        "91310115ma1k3xyz0p", "合", "同", "2026", "0012", "价", "3000",
    ]  # fmt: skip
    assert "t91310115ma1k3xyz0p" in analyse([], ["税号91310115MA1K3XYZ0P"]).terms


@pytest.mark.parametrize(
    ("text", "number"),
    [("13812345678", "13812345678"), ("张三 138-1234-5678", "13812345678"), ("+86 138 1234 5678", "+8613812345678"),
     ("58881234", "58881234"), ("138 12", "13812"), ("1381", None), ("张三", None), ("a4 12345", None)],
)  # fmt: skip
def test_a_whole_number_is_recognised_in_a_question(text: str, number: str | None) -> None:
    assert phone_in(text) == number


def test_a_character_between_two_words_is_read_by_either() -> None:
    assert {"changjiang", "shizhang"} <= of("南京市长江大桥", READING)


def test_slips_are_one_letter_away_and_keep_the_first() -> None:
    found = set(slips("zhangsan"))

    assert {"zhagsan", "zhangsen", "zhangsann", "zhnagsan", "zhangsan"} <= found
    assert all(each[0] == "z" for each in found)
    assert "hangsan" not in found
    assert slips("zs") == ()
    assert slips("华信") == ()


def test_a_question_has_its_levels_from_the_exact_name_down() -> None:
    assert [level.rank for level in levels("投资基金")] == [
        Rank.EXACT_NAME, Rank.PHRASE_IN_NAME, Rank.PHRASE, Rank.WORDS_OF_NAME, Rank.TERMS_IN_NAME,
        Rank.WORDS, Rank.TERMS,
    ]  # fmt: skip
    assert [level.rank for level in levels("zhangsan")] == [
        Rank.EXACT_NAME, Rank.WORDS_OF_NAME, Rank.WORDS, Rank.WHOLE_READING, Rank.READING, Rank.SLIP,
    ]  # fmt: skip
    assert levels("？！ …") == ()


@given(st.text(max_size=300))
def test_any_text_is_cut_without_fail_and_found_by_itself(text: str) -> None:
    made = analyse([text], [text])

    assert all(term == term.strip() and not set(term) & set('{},"\\ ') for term in made.terms)
    assert not any("\n" in line for line in (*made.names, *made.texts))
    if len(text) <= 100 < LONGEST_QUESTION and made.names:
        best = levels(text)[0]
        assert set(made.terms) & set(best.groups[0])
