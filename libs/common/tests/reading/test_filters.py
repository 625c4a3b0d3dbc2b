"""Filters: what every operator finds, what is refused, and where."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import Code, CrmError


def found(company: Any, **conditions: Any) -> list[str]:
    return sorted(company.names(filter=conditions, first=100))


@pytest.mark.parametrize("special", ["%", "_", "\\", "\\%", "'", '"', "😀", "\ud7ff", "\U0010ffff", "{f0}", "%s"])
def test_texts_are_found_as_they_are_written(company: Any, special: str) -> None:
    company.person("other", nick="x-y-z")
    company.person("inside", nick=f"a{special}b")
    company.person("first", nick=f"{special}b")
    assert found(company, nick={"contains": special}) == ["first", "inside"]
    assert found(company, nick={"starts_with": special}) == ["first"]
    assert found(company, nick={"eq": f"{special}b"}) == ["first"]
    assert found(company, nick={"in": [f"a{special}b", "{", "}", ","]}) == ["inside"]


def test_upper_and_lower_case_differ(company: Any) -> None:
    company.person("Ann")
    assert found(company, name={"contains": "ann"}) == []
    assert found(company, name={"starts_with": "An"}) == ["Ann"]


def test_a_missing_value_is_not_equal_to_anything(company: Any) -> None:
    company.person("with", nick="x")
    company.person("without")
    assert found(company, nick={"eq": "x"}) == ["with"]
    assert found(company, nick={"ne": "x"}) == ["without"]
    assert found(company, nick={"not_in": ["x"]}) == ["without"]
    assert found(company, **{"not": {"nick": {"eq": "x"}}}) == ["without"]
    assert found(company, nick={"is_null": True}) == ["without"]


def test_what_is_empty_has_no_text(company: Any) -> None:
    for name, nick in (("with", "x"), ("blank", ""), ("without", None)):
        company.person(name, nick=nick)
    assert found(company, nick={"is_empty": True}) == ["blank", "without"]
    assert found(company, nick={"is_empty": False}) == ["with"]


def test_lists_have_some_all_or_none_of_what_is_asked(company: Any) -> None:
    for name, words in (("both", ["a", 'b,"}']), ("one", ["a"]), ("other", ["c"]), ("nothing", [])):
        company.person(name, words=words)
    assert found(company, words={"has_any": ["a", "c"]}) == ["both", "one", "other"]
    assert found(company, words={"has_all": ["a", 'b,"}']}) == ["both"]
    assert found(company, words={"has_none": ["a"]}) == ["nothing", "other"]
    assert found(company, words={"has_any": []}) == []
    assert found(company, words={"is_empty": True}) == ["nothing"]
    assert found(company, words={"is_empty": False, "has_none": ["c"]}) == ["both", "one"]


def test_empty_groups_are_neutral(company: Any) -> None:
    company.person("a")
    assert found(company) == found(company, **{"and": []}) == found(company, name={}) == ["a"]
    assert found(company, **{"or": []}) == found(company, **{"not": {}}) == []


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        ({"nothing": {"eq": 1}}, "filter.nothing"),
        ({"extra": {"eq": "x"}}, "filter.extra"),
        ({"words": {"eq": "x"}}, "filter.words.eq"),
        ({"words": {"has_any": "x"}}, "filter.words.has_any"),
        ({"words": {"has_all": [1]}}, "filter.words.has_all"),
        ({"team": {"eq": "x"}}, "filter.team.eq"),
        ({"boss": {"name": {"eq": "x"}}}, "filter.boss"),
        ({"labels": {"name": {"eq": "x"}}}, "filter.labels.name"),
        ({"labels": {"some": {"name": {"like": "x"}}}}, "filter.labels.some.name.like"),
        ({"labels": [{"name": {"eq": "x"}}]}, "filter.labels"),
        ({"or": [{"name": {"eq": "x"}}, {"name": {"like": "x"}}]}, "filter.or.1.name.like"),
        ({"active": {"lt": True}}, "filter.active.lt"),
        ({"name": {"eq": None}}, "filter.name.eq"),
        ({"name": {"eq": 1}}, "filter.name.eq"),
        ({"name": {"eq": ["x"]}}, "filter.name.eq"),
        ({"name": {"eq": "a\x00b"}}, "filter.name.eq"),
        ({"name": {"contains": "\ud800"}}, "filter.name.contains"),
        ({"name": {"in": "abc"}}, "filter.name.in"),
        ({"name": {"eq": "x" * 10_001}}, "filter.name.eq"),
        ({"name": {"in": [None]}}, "filter.name.in"),
        ({"name": {"is_null": "yes"}}, "filter.name.is_null"),
        ({"id": {"eq": "no uuid"}}, "filter.id.eq"),
        ({"level": {"eq": True}}, "filter.level.eq"),
        ({"level": {"eq": 2**63}}, "filter.level.eq"),
        ({"level": {"between": [1]}}, "filter.level.between"),
        ({"level": {"between": {"0": 1}}}, "filter.level.between"),
        ({"level": {"between": {"from": 1, "to": None}}}, "filter.level.between"),
        ({"price": {"eq": "NaN"}}, "filter.price.eq"),
        ({"price": {"eq": "1e200000"}}, "filter.price.eq"),
        ({"ratio": {"eq": "x"}}, "filter.ratio.eq"),
        ({"mood": {"eq": "ANGRY"}}, "filter.mood.eq"),
        ({"born_on": {"eq": "2026-02-30"}}, "filter.born_on.eq"),
        ({"joined_at": {"eq": "2026-01-01T00:00:00"}}, "filter.joined_at.eq"),
        ({"joined_at": {"within_last": "P7D"}}, "filter.joined_at.within_last"),
        ({"joined_at": {"within_last": {"amount": -1, "unit": "DAY"}}}, "filter.joined_at.within_last"),
        ({"joined_at": {"within_next": {"amount": 1}}}, "filter.joined_at.within_next"),
        ({"joined_at": {"older_than": {"amount": 1_001, "unit": "YEAR"}}}, "filter.joined_at.older_than"),
        ({"joined_at": {"older_than": {"amount": 1, "unit": "DAY", "of": 1}}}, "filter.joined_at.older_than"),
        ({"joined_at": {"in_period": "SOME_DAY"}}, "filter.joined_at.in_period"),
        ({"level": {"in_period": "TODAY"}}, "filter.level.in_period"),
        ({"level": {"is_empty": True}}, "filter.level.is_empty"),
        ({"nick": {"is_empty": 1}}, "filter.nick.is_empty"),
        ({"and": {"name": {"eq": "x"}}}, "filter.and"),
        ({"and": ["x"]}, "filter.and.0"),
        ({"not": []}, "filter.not"),
        ({"name": "x"}, "filter.name"),
        ({"name": None}, "filter.name"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place(company: Any, conditions: dict[str, Any], field: str) -> None:
    company.person("a")
    with pytest.raises(CrmError) as refused:
        company.people("name", filter=conditions)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)
    assert company.store.statements == 0


def nested(depth: int) -> dict[str, Any]:
    return {"name": {"eq": "x"}} if depth == 1 else {"not": nested(depth - 1)}


@pytest.mark.parametrize(
    ("fits", "exceeds"),
    [
        (nested(8), nested(9)),
        ({"and": [{"level": {"eq": 1}}] * 100}, {"and": [{"level": {"eq": 1}}] * 101}),
        ({"level": {"in": [1] * 1_000}}, {"level": {"in": [1] * 1_001}}),
    ],
)
def test_a_filter_has_bounds(company: Any, fits: dict[str, Any], exceeds: dict[str, Any]) -> None:
    company.people("name", filter=fits)
    with pytest.raises(CrmError) as refused:
        company.people("name", filter=exceeds)
    assert (refused.value.code, refused.value.rule) == (Code.LIMIT_EXCEEDED, "a_filter_is_too_large")
