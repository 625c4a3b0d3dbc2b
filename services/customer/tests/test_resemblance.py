"""Which companies' names are near enough to be probably one company (CUS-45)."""

from __future__ import annotations

from uuid import UUID

import pytest

from crm_common.text_order import pinyin_key
from customer.domain.names import folded
from customer.domain.phone import invented
from customer.domain.resemblance import Named, alike


def named(*names: str) -> list[Named]:
    return [Named(UUID(int=place), folded(name), pinyin_key(name)) for place, name in enumerate(names)]


def scores(*names: str, least: int = 90) -> list[tuple[int, int, int]]:
    return [(each.first.int, each.second.int, each.score) for each in alike(named(*names), least)]


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        ("上海远望精密机械有限公司", "上海远望精密机械公司", 100),
        ("恒泰科技（中国）有限公司", "恒泰科技(中国)股份有限公司", 100),
        ("Acme Co., Ltd.", "ACME", 100),
        ("远望科技有限公司", "远旺科技有限公司", 95),
        ("苏州鼎盛医疗器械有限公司", "鼎盛医疗器械", 90),
        ("上海众合明德建筑工程设计有限公司", "上海众合明得建筑工程设计院有限公司", 84),
    ],
)
def test_cus_45_names_of_probably_one_company_meet(one: str, other: str, score: int) -> None:
    found = scores(one, other, least=80)
    assert found == ([(0, 1, score)] if score >= 90 else [])


def test_cus_45_one_sign_of_many_is_near_and_one_of_few_is_not() -> None:
    assert scores("华东电力工程勘察设计研究院", "华东电力工程勘探设计研究院") == [(0, 1, 92)]
    assert scores("鼎盛物流", "鼎新物流") == []
    assert scores("上海远望软件有限公司", "苏州远望软件有限公司") == []


def test_what_very_many_have_in_common_tells_nothing() -> None:
    assert scores(*["无名氏有限公司"] * 50) != []
    assert scores(*["无名氏有限公司"] * 51) == []


def test_numbers_that_count_or_repeat_are_invented() -> None:
    made_up = ("13800000000", "13912345678", "18698765432")
    assert [invented(each) for each in made_up] == [True] * 3
    assert [invented(each) for each in ("13800138000", "01065529988", "13912345687")] == [False] * 3
