"""Filters that are kept (saved views, CUS-05): one text for one filter, and checked against the view of today."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from crm_common.errors import Code, CrmError
from crm_common.ids import to_global
from crm_common.protocol.views import shape_of
from crm_common.reading import filters, outside

TREE = {
    "name": {"starts_with": "张"},
    "or": [
        {"level": {"between": {"from": 1, "to": 3}}},
        {"not": {"joined_at": {"older_than": {"amount": 30, "unit": "DAY"}}}},
        {"labels": {"some": {"name": {"in": ["red"]}}}, "address": {"city": {"is_empty": False}}},
    ],
    "born_on": {"in_period": "THIS_MONTH"},
    "salary": {"gt": "10.50"},
}


def shape(company: Any) -> Any:
    return shape_of(company.views["Staff"])


def test_a_kept_filter_comes_back_as_it_was(company: Any) -> None:
    text = filters.dump(TREE)
    assert filters.load(shape(company), text) == TREE
    assert filters.dump(dict(reversed(TREE.items()))) == text
    company.person("张三")
    company.people("name", filter=filters.load(shape(company), text))


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"nothing": {"eq": 1}}, "filter.nothing"),
        ({"or": [{"name": {"eq": "x"}}, {"level": {"like": 1}}]}, "filter.or.1.level.like"),
        ({"labels": {"some": {"name": {"eq": 1}}}}, "filter.labels.some.name.eq"),
        ({"labels": {"all": {}}}, "filter.labels.all"),
        ({"address": {"city": {"in": "x"}}}, "filter.address.city.in"),
        ({"mood": {"eq": "ANGRY"}}, "filter.mood.eq"),
        ({"joined_at": {"within_last": {"amount": 1, "unit": "EON"}}}, "filter.joined_at.within_last"),
        ([], "filter"),
        (None, "filter"),
    ],
)
def test_what_is_no_filter_of_the_view_is_named(company: Any, broken: Any, field: str) -> None:
    with pytest.raises(CrmError) as refused:
        filters.validate(shape(company), broken)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)


def test_a_text_that_is_no_json_is_refused(company: Any) -> None:
    with pytest.raises(CrmError) as refused:
        filters.load(shape(company), "{")
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "filter")


def test_a_kept_filter_has_the_bounds_of_every_filter(company: Any) -> None:
    with pytest.raises(CrmError) as refused:
        filters.validate(shape(company), {"and": [{"level": {"eq": 1}}] * 101})
    assert refused.value.code is Code.LIMIT_EXCEEDED


def test_a_filter_in_the_words_of_the_schema_becomes_one_of_ours(company: Any) -> None:
    ann = company.number("Ann")
    assert outside.read(
        shape(company),
        {
            "id": {"in": [to_global("Staff", ann)], "isNull": False},
            "bornOn": {
                "between": {"from": "2026-01-01", "to": "2026-02-01"},
                "withinLast": {"amount": 3, "unit": "DAY"},
            },
            "or": [{"mood": {"notIn": ["CALM"]}}, {"not": {"nick": {"isEmpty": True, "startsWith": "x"}}}],
            "labels": {"none": {"name": {"eq": "red"}}},
            "team": {"parent": {"id": {"eq": to_global("Team", ann)}}},
            "joinedAt": {"inPeriod": "THIS_WEEK"},
            "words": {"hasAll": ["x"], "isEmpty": False},
        },
    ) == {
        "id": {"in": [str(ann)], "is_null": False},
        "born_on": {"between": {"from": "2026-01-01", "to": "2026-02-01"}, "within_last": {"amount": 3, "unit": "DAY"}},
        "or": [{"mood": {"not_in": ["CALM"]}}, {"not": {"nick": {"is_empty": True, "starts_with": "x"}}}],
        "labels": {"none": {"name": {"eq": "red"}}},
        "team": {"parent": {"id": {"eq": str(ann)}}},
        "joined_at": {"in_period": "THIS_WEEK"},
        "words": {"has_all": ["x"], "is_empty": False},
    }


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"born_on": {"eq": "2026-01-01"}}, "filter.born_on"),
        ({"bornOn": {"eq": "x"}}, "filter.born_on.eq"),
        ({"id": {"in": ["x"]}}, "filter.id.in.0"),
        ({"id": {"eq": to_global("Team", UUID(int=1))}}, "filter.id.eq"),
        ({"id": {"eq": None}}, "filter.id.eq"),
        ({"mood": {"eq": "calm"}}, "filter.mood.eq"),
        ({"mood": {"in": [["CALM"]]}}, "filter.mood.in.0"),
        ({"bornOn": {"withinLast": "P7D"}}, "filter.born_on.within_last"),
        ({"labels": {"some": {"name": {"iLike": "x"}}}}, "filter.labels.some.name.i_like"),
        ({"labels": {"all": {}}}, "filter.labels.all"),
        ({"words": {"eq": "x"}}, "filter.words.eq"),
        ({"words": {"hasAny": "x"}}, "filter.words.has_any"),
        ({"extra": {"eq": "x"}}, "filter.extra"),
        ({"and": {}}, "filter.and"),
        ({"not": None}, "filter.not"),
        ({"name": 1}, "filter.name"),
        ("x", "filter"),
    ],
)
def test_faults_in_the_words_of_the_schema_are_named(company: Any, broken: Any, field: str) -> None:
    with pytest.raises(CrmError) as refused:
        outside.read(shape(company), broken)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)


def test_however_deep_it_is_nested_it_is_refused_at_its_bound(company: Any) -> None:
    tree: Any = {}
    for _ in range(5_000):
        tree = {"not": tree}
    with pytest.raises(CrmError) as refused:
        outside.read(shape(company), tree)
    assert refused.value.code is Code.LIMIT_EXCEEDED
