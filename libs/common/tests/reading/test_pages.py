"""Pages: sizes, directions, totals, orders, cursors."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_common.errors import Code, CrmError
from crm_common.protocol.declare import Direction, OrderBy
from crm_common.reading import Reader
from crm_common.text_order import pinyin_key

BY_NAME = (OrderBy("name"),)


def refused(company: Any, **about: Any) -> tuple[Code, str, str | None]:
    with pytest.raises(CrmError) as error:
        company.people("name", **about)
    return error.value.code, error.value.rule, error.value.field


def letters(company: Any, count: int) -> list[str]:
    names = [f"p{index:03}" for index in range(count)]
    for name in names:
        company.person(name)
    return names


def test_a_page_has_20_records_when_nothing_is_said_and_100_at_most(company: Any) -> None:
    names = letters(company, 101)
    assert company.names(order_by=BY_NAME) == names[:20]
    assert company.names(order_by=BY_NAME, first=100) == names[:100]
    assert refused(company, first=101) == (Code.LIMIT_EXCEEDED, "a_page_is_too_large", "first")
    assert refused(company, last=101) == (Code.LIMIT_EXCEEDED, "a_page_is_too_large", "last")
    assert refused(company, first=-1) == (Code.VALIDATION, "a_value_has_the_wrong_shape", "first")
    assert refused(company, first=1, last=1) == (Code.VALIDATION, "a_page_is_read_in_one_direction", "last")


def test_a_page_costs_one_statement_with_all_it_carries(company: Any) -> None:
    letters(company, 3)
    company.people("name", total=True, cursors=True, filter={"name": {"starts_with": "p"}}, order_by=BY_NAME)
    assert company.store.statements == 1


def test_the_whole_answer_of_a_page(company: Any) -> None:
    letters(company, 3)
    page = company.people("name", first=2, total=True, cursors=True, order_by=BY_NAME)
    cursors = page.pop("cursors")
    assert page == {
        "nodes": [{"name": "p000"}, {"name": "p001"}],
        "has_next": True, "has_previous": False, "total": 3, "total_at_least": 3,
    }  # fmt: skip
    rest = company.people("name", after=cursors[1], order_by=BY_NAME)
    assert rest == {
        "nodes": [{"name": "p002"}], "cursors": None,
        "has_next": False, "has_previous": True, "total": None, "total_at_least": None,
    }  # fmt: skip


def test_nothing_selected_answers_every_value_and_an_empty_selection_none(company: Any) -> None:
    company.person("a", city="Wuhan")
    views = company.load(company.reader.page, company.query(select=None, first=1), company.viewer())
    assert {"id", "name", "words", "extra", "shout", "is_me"} <= views["nodes"][0].keys()
    assert "team" not in views["nodes"][0]
    assert company.people(first=1, total=True)["nodes"] == [{}]


def test_a_total_is_exact_up_to_the_limit_and_unknown_beyond(company: Any) -> None:
    letters(company, 4)
    for limit, expected in ((5, (4, 4)), (4, (4, 4)), (3, (None, 3))):
        reader = Reader(company.bindings, company.store, count_limit=partial(int, limit))
        page = company.load(reader.page, company.query(total=True), company.viewer())
        assert (page["total"], page["total_at_least"]) == expected


def test_chinese_names_sort_by_their_stored_pinyin(company: Any) -> None:
    for name in ["王芳", "张伟", "章子怡", "阿明", "李娜", "张三"]:
        company.person(name, name_key=pinyin_key(name))
    assert company.names(order_by=BY_NAME) == ["阿明", "李娜", "王芳", "张三", "张伟", "章子怡"]
    assert company.names(order_by=(OrderBy("name", Direction.DESC),))[0] == "章子怡"


def test_missing_values_come_last_in_both_directions(company: Any) -> None:
    company.person("a", nick="1")
    company.person("b", nick="2")
    company.person("c")
    assert company.names(order_by=(OrderBy("nick"),)) == ["a", "b", "c"]
    assert company.names(order_by=(OrderBy("nick", Direction.DESC),)) == ["b", "a", "c"]


@pytest.mark.parametrize("field", ["words", "team", "nothing", "name; DROP TABLE person", ""])
def test_only_sortable_fields_sort(company: Any, field: str) -> None:
    assert refused(company, order_by=(OrderBy(field),)) == (Code.VALIDATION, "a_field_is_unknown", "order_by.0.field")


def test_an_order_has_at_most_five_steps(company: Any) -> None:
    assert company.names(order_by=BY_NAME * 5) == []
    assert refused(company, order_by=BY_NAME * 6) == (Code.LIMIT_EXCEEDED, "an_order_is_too_long", "order_by")


def test_a_cursor_is_bound_to_view_filter_and_order(company: Any) -> None:
    letters(company, 3)
    about: dict[str, Any] = {"order_by": BY_NAME, "filter": {"level": {"eq": 1}, "name": {"starts_with": "p"}}}
    cursor = company.people("name", cursors=True, **about)["cursors"][0]
    turned = {"name": {"starts_with": "p"}, "level": {"eq": 1}}
    assert company.names(after=cursor, order_by=BY_NAME, filter=turned) == ["p001", "p002"]
    for other in ({"order_by": ()}, {"order_by": (OrderBy("name", Direction.DESC),)}, {"filter": {"level": {"eq": 2}}}):
        for end in ("after", "before"):
            found = refused(company, **{**about, **other, end: cursor})
            assert found == (Code.VALIDATION, "the_cursor_belongs_to_another_list", end)


def forged(parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_forged_cursor_is_refused_or_finds_what_one_may_see(company: Any) -> None:
    letters(company, 3)
    order = (OrderBy("name"), OrderBy("level"), OrderBy("joined_at"), OrderBy("price"))
    good = company.people("name", cursors=True, order_by=order)["cursors"][0]
    mark, name, level, joined, price, key = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    bad = [
        [], [mark], [mark, name], [mark, name, level, joined, price, key, key], {"mark": mark}, "x", None, 1,
        [mark, None, level, joined, price, key], [mark, name, "1; DROP", joined, price, key],
        [mark, name, str(2**64), joined, price, key], [mark, name, level, "yesterday", price, key],
        [mark, name, level, joined, "1e999999", key], [mark, name, level, joined, price, "not an id"],
        [mark, "a\x00", level, joined, price, key], [mark, 1, level, joined, price, key],
        [mark, name, level, joined, price, None], [mark, ["x"], level, joined, price, key],
    ]  # fmt: skip
    for parts in bad:
        assert refused(company, after=forged(parts), order_by=order)[0] is Code.VALIDATION
    hostile = [mark, "'; DROP TABLE person; --", level, joined, price, key]
    assert company.names(after=forged(hostile), order_by=order) == ["p000", "p001", "p002"]
    assert company.names(after=good, order_by=order) == ["p001", "p002"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
)
def test_no_text_given_as_a_cursor_does_more_than_be_refused(company: Any, cursor: str) -> None:
    assert refused(company, after=cursor)[0] is Code.VALIDATION
    assert company.store.statements == 0


def test_a_very_long_cursor_is_refused(company: Any) -> None:
    assert refused(company, after="A" * 1_000_000) == (Code.VALIDATION, "a_cursor_is_broken", "after")
