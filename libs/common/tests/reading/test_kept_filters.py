"""Filters that are kept (saved views, CUS-05): one text for one filter, and checked against the view of today."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import Code, CrmError
from crm_common.protocol.views import shape_of
from crm_common.reading import filters

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
