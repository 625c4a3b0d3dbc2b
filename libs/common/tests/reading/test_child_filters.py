"""Filters by records below a row (CUS-05): of some, none, every one that the viewer may see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_common.errors import Code, CrmError
from crm_common.protocol.declare import OrderBy


@pytest.fixture
def staff(company: Any) -> Any:
    number, tables = company.number, company.tables
    company.insert(
        tables["team"],
        {"id": number("root"), "name": "Root", "parent_id": None, "path": "/1/"},
        {"id": number("north"), "name": "North", "parent_id": number("root"), "path": "/1/1/"},
    )
    company.person("Ann", department_id=number("root"), city="Wuhan")
    company.person("Bob", department_id=number("north"), city="Ningbo")
    company.person("Cat", department_id=number("north"), active=False)
    company.person("Dan")
    for person, names in {"Ann": ["red", "blue"], "Bob": ["red"]}.items():
        for name in names:
            company.insert(tables["person_label"], {"person_id": number(person), "label_id": number(name)})
    company.insert(tables["label"], *({"id": number(name), "name": name} for name in ("red", "blue")))
    for person, author, text in (("Ann", "Bob", "late"), ("Ann", "Cat", "ill"), ("Bob", "Cat", "late")):
        company.insert(
            tables["note"],
            {
                "id": number(person + author), "person_id": number(person), "author_id": number(author),
                "text": text, "written_at": datetime(2026, 1, 1, tzinfo=UTC),
            },
        )  # fmt: skip
    return company


def found(company: Any, context: Any = None, **conditions: Any) -> list[str]:
    return sorted(company.names(filter=conditions, context=context))


def test_some_none_and_every_of_the_records_below(staff: Any) -> None:
    red = {"name": {"eq": "red"}}
    assert found(staff, labels={"some": red}) == ["Ann", "Bob"]
    assert found(staff, labels={"none": red}) == ["Cat", "Dan"]
    assert found(staff, labels={"every": red}) == ["Bob", "Cat", "Dan"], "every holds where there is none"
    assert found(staff, labels={"some": red, "every": red}) == ["Bob"]
    assert found(staff, labels={"some": {}}) == ["Ann", "Bob"]
    assert found(staff, labels={"none": {}}) == ["Cat", "Dan"]
    assert found(staff, labels={}) == ["Ann", "Bob", "Cat", "Dan"]


def test_the_record_below_and_its_own(staff: Any) -> None:
    assert found(staff, team={"name": {"eq": "North"}}) == ["Bob", "Cat"]
    assert found(staff, team={"parent": {"name": {"eq": "Root"}}}) == ["Bob", "Cat"]
    assert found(staff, **{"not": {"team": {}}}) == ["Dan"]
    assert found(staff, team={"people": {"some": {"name": {"eq": "Bob"}}}}) == ["Bob", "Cat"]
    # whoever left is not shown as one of the team: neither is he found there
    assert found(staff, team={"people": {"some": {"name": {"eq": "Cat"}}}}) == []


def test_conditions_on_one_record_hold_for_one_and_the_same(staff: Any) -> None:
    late, bob = {"text": {"eq": "late"}}, {"author": {"name": {"eq": "Bob"}}}
    assert found(staff, notes={"some": late | bob}) == ["Ann"]
    assert found(staff, notes={"some": {"text": {"eq": "ill"}} | bob}) == []
    assert found(staff, **{"and": [{"notes": {"some": {"text": {"eq": "ill"}}}}, {"notes": {"some": bob}}]}) == ["Ann"]
    assert found(staff, **{"or": [{"notes": {"some": bob}}, {"labels": {"none": {}}}]}) == ["Ann", "Cat", "Dan"]


def test_a_record_of_the_same_row_needs_no_other(staff: Any) -> None:
    assert found(staff, address={"city": {"starts_with": "W"}}) == ["Ann"]
    assert found(staff, address={}) == ["Ann", "Bob"]
    assert found(staff, address={"city": {"is_null": True}}) == [], "where there is no address"
    assert "EXISTS" not in staff.store.last[0]


def test_only_records_in_the_viewer_s_scope_are_asked(staff: Any) -> None:
    late = {"some": {"text": {"eq": "late"}}}
    assert found(staff, notes=late) == ["Ann", "Bob"]
    own = staff.viewer("Bob", scopes={"people": "ALL", "note": "SELF"})
    assert found(staff, own, notes=late) == ["Ann"]
    assert found(staff, own, notes={"none": {}}) == ["Bob", "Cat", "Dan"]


def test_who_may_not_see_the_records_may_not_ask_by_them(staff: Any) -> None:
    without = staff.viewer(permissions=["people.view"])
    with pytest.raises(CrmError) as refused:
        found(staff, without, notes={"some": {}})
    assert (refused.value.code, refused.value.field) == (Code.FORBIDDEN, "filter.notes")
    with pytest.raises(CrmError) as refused:
        found(staff, without, team={"people": {"some": {"salary": {"gt": "1"}}}})
    assert (refused.value.code, refused.value.field) == (Code.FORBIDDEN, "filter.team.people.some.salary")


def test_pages_and_totals_follow_such_a_filter(staff: Any) -> None:
    about: dict[str, Any] = {"filter": {"labels": {"some": {}}}, "order_by": (OrderBy("name"),), "first": 1}
    first = staff.people("name", cursors=True, total=True, **about)
    assert (first["nodes"], first["total"], first["has_next"]) == ([{"name": "Ann"}], 2, True)
    second = staff.people("name", after=first["cursors"][0], **about)
    assert (second["nodes"], second["has_next"]) == ([{"name": "Bob"}], False)


def test_records_below_count_to_the_bounds(staff: Any) -> None:
    deep: dict[str, Any] = {}
    for _ in range(7):
        deep = {"parent": deep}
    staff.load(staff.reader.page, staff.teams_query(filter=deep), staff.viewer())
    too_large: tuple[dict[str, Any], ...] = ({"parent": deep}, {"or": [{"parent": {}}] * 101})
    for tree in too_large:
        with pytest.raises(CrmError) as refused:
            staff.load(staff.reader.page, staff.teams_query(filter=tree), staff.viewer())
        assert refused.value.rule == "a_filter_is_too_large"


NAMES = ["blue", "green", "red"]
HAS = {"a": [], "b": ["red"], "c": ["blue"], "d": ["blue", "red"], "e": ["blue", "green", "red"]}
OF_A_LABEL: Any = st.recursive(
    st.fixed_dictionaries({"name": st.sampled_from([{"eq": "red"}, {"ne": "red"}, {"in": ["blue", "red"]}])})
    | st.just({}),
    lambda inner: (
        st.fixed_dictionaries({"not": inner}) | st.fixed_dictionaries({"or": st.lists(inner, min_size=1, max_size=2)})
    ),
    max_leaves=3,
)
OF_A_PERSON: Any = st.recursive(
    st.fixed_dictionaries({"labels": st.dictionaries(st.sampled_from(["some", "none", "every"]), OF_A_LABEL)}),
    lambda inner: (
        st.fixed_dictionaries({"not": inner}) | st.fixed_dictionaries({"or": st.lists(inner, min_size=1, max_size=2)})
    ),
    max_leaves=3,
)


def holds(tree: dict[str, Any], subject: Any) -> bool:
    """A filter told in Python: of a person (what labels he has) or of a label (its name)."""
    return all(_part_holds(name, part, subject) for name, part in tree.items())


def _part_holds(name: str, part: Any, subject: Any) -> bool:
    if name == "not":
        return not holds(part, subject)
    if name == "or":
        return any(holds(each, subject) for each in part)
    if name == "labels":
        ways = {
            "some": lambda tree: any(holds(tree, each) for each in subject),
            "none": lambda tree: not any(holds(tree, each) for each in subject),
            "every": lambda tree: all(holds(tree, each) for each in subject),
        }
        return all(ways[word](tree) for word, tree in part.items())
    ((operator, value),) = part.items()
    return bool({"eq": subject == value, "ne": subject != value, "in": subject in value}[operator])


@pytest.fixture
def labelled(company: Any) -> Any:
    number, tables = company.number, company.tables
    company.insert(tables["label"], *({"id": number(name), "name": name} for name in NAMES))
    for person, names in HAS.items():
        company.person(person)
        for name in names:
            company.insert(tables["person_label"], {"person_id": number(person), "label_id": number(name)})
    return company


@settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(tree=OF_A_PERSON)
def test_any_filter_by_records_below_finds_what_it_says(labelled: Any, tree: dict[str, Any]) -> None:
    assert found(labelled, **tree) == [person for person, labels in HAS.items() if holds(tree, labels)]
