"""Records with what hangs on them: children, depth, arguments, policies, forms of values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_common.context import system_context
from crm_common.errors import Code, CrmError
from crm_common.protocol.selection import Selected

NAME = Selected("name", "name")


def below(key: str, *fields: Any, name: str | None = None, **arguments: Any) -> Selected:
    children = tuple(Selected(each, each) if isinstance(each, str) else each for each in fields)
    return Selected(key, name or key, arguments, children)


@pytest.fixture
def staff(company: Any) -> Any:
    number, tables = company.number, company.tables
    company.insert(
        tables["team"],
        {"id": number("root"), "name": "Root", "parent_id": None, "path": "/1/"},
        {"id": number("north"), "name": "North", "parent_id": number("root"), "path": "/1/1/"},
        {"id": number("south"), "name": "South", "parent_id": number("root"), "path": "/1/2/"},
    )
    company.person("Ann", department_id=number("root"))
    company.person(
        "Bob", department_id=number("north"), line=[number("Ann")], city="Wuhan", points=9_007_199_254_740_993,
        salary=Decimal("1234.50"), joined_at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), words=['a"b', "c,d"],
        extra={"deep": [1, None]}, born_on="2000-02-29", mood="CALM",
    )  # fmt: skip
    company.person("Cat", department_id=number("north"), line=[number("Bob"), number("Ann")], active=False)
    for name in ("red", "blue", "green"):
        company.insert(tables["label"], {"id": number(name), "name": name})
        company.insert(tables["person_label"], {"person_id": number("Bob"), "label_id": number(name)})
    for index, author in enumerate(["Ann", "Cat", "Ann"]):
        company.insert(
            tables["note"],
            {
                "id": number(f"note{index}"), "person_id": number("Bob"), "author_id": number(author),
                "text": f"note {index}", "written_at": datetime(2026, 1, 1 + index, tzinfo=UTC),
            },
        )  # fmt: skip
    return company


def one(company: Any, name: str, *fields: Any, context: Any = None) -> Any:
    query = company.get_query(ids=(company.number(name),), select=company.select(*fields))
    return company.load(company.reader.get, query, context or company.viewer())[0]


def test_values_leave_in_their_fixed_forms(staff: Any) -> None:
    fields = ("points", "salary", "joined_at", "words", "extra", "born_on", "mood", "active", "shout", "id")
    assert one(staff, "Bob", *fields) == {
        "points": "9007199254740993", "salary": "1234.50", "joined_at": "2026-01-02T03:04:05.000006Z",
        "words": ['a"b', "c,d"], "extra": {"deep": [1, None]}, "born_on": "2000-02-29", "mood": "CALM",
        "active": True, "shout": "BOB", "id": str(staff.number("Bob")),
    }  # fmt: skip


def test_nested_records_come_in_one_statement(staff: Any) -> None:
    found = one(
        staff, "Bob", "name",
        below("team", "name", below("parent", "name", below("parent", "name"))),
        below("boss", "name", below("team", "name")),
        below("labels", "name"),
        below("notes", "text", below("author", "name", below("team", "name"))),
        below("address", "city", "street"),
    )  # fmt: skip
    ann = {"name": "Ann", "team": {"name": "Root"}}
    assert found == {
        "name": "Bob",
        "team": {"name": "North", "parent": {"name": "Root", "parent": None}},
        "boss": {"name": "Ann", "team": {"name": "Root"}},
        "labels": [{"name": "blue"}, {"name": "green"}, {"name": "red"}],
        "notes": [
            {"text": "note 2", "author": ann},
            {"text": "note 1", "author": {"name": "Cat", "team": {"name": "North"}}},
            {"text": "note 0", "author": ann},
        ],
        "address": {"city": "Wuhan", "street": None},
    }
    assert staff.store.statements == 1


def test_what_is_not_there_is_null_or_empty(staff: Any) -> None:
    fields = [below("boss", "name"), below("address", "city"), below("labels", "name"), below("notes", "text")]
    assert one(staff, "Ann", *fields) == {"boss": None, "address": None, "labels": [], "notes": []}


def test_a_field_may_be_selected_twice_under_other_keys(staff: Any) -> None:
    long_key = "k" * 100
    found = one(
        staff, "Bob",
        Selected("a", "name"), Selected("b", "name"),
        Selected("__typename", "__typename"), Selected("what", "__typename"),
        below("t1", "name", name="team"), below("t2", Selected("__typename", "__typename"), name="team"),
        below("first_label", "name", name="labels", first=1), below("no_label", "name", name="labels", first=0),
        Selected(long_key, "name"), Selected(long_key + "2", "level"),
        below("j", Selected("j", "name"), name="team"),
    )  # fmt: skip
    assert found == {
        "a": "Bob", "b": "Bob", "__typename": "Staff", "what": "Staff",
        "t1": {"name": "North"}, "t2": {"__typename": "Team"},
        "first_label": [{"name": "blue"}], "no_label": [],
        long_key: "Bob", long_key + "2": 1, "j": {"j": "North"},
    }  # fmt: skip


def test_lists_keep_their_order_when_their_records_are_joined(staff: Any) -> None:
    for index in range(60):
        staff.insert(
            staff.tables["team"],
            {
                "id": staff.number(f"t{index}"),
                "name": f"t{index:02}",
                "parent_id": staff.number("south"),
                "path": f"/2/{index:02}/",
            },
        )
    query = staff.teams_query(
        select=staff.select("name", below("children", "name", below("parent", "name"), first=50)),
        filter={"name": {"eq": "South"}},
    )
    [south] = staff.load(staff.reader.page, query, staff.viewer())["nodes"]
    assert south["children"] == [{"name": f"t{index:02}", "parent": {"name": "South"}} for index in range(50)]


def test_a_list_below_has_20_records_unless_asked_and_no_more_than_its_limit(staff: Any) -> None:
    for index in range(40):
        staff.person(f"x{index:02}", department_id=staff.number("south"))
    teams = [below("people", "name"), below("people", "name", first=50), below("people", "name", first=51)]
    got = []
    for each in teams[:2]:
        query = staff.teams_query(select=staff.select(each), filter={"name": {"eq": "South"}})
        got.append(len(staff.load(staff.reader.page, query, staff.viewer())["nodes"][0]["people"]))
    assert got == [20, 40]
    with pytest.raises(CrmError) as refused:
        staff.reader.page(staff.teams_query(select=staff.select(teams[2])), staff.viewer())
    assert (refused.value.code, refused.value.field) == (Code.LIMIT_EXCEEDED, "select.people.first")


def test_records_by_id_are_aligned_with_the_ids(staff: Any) -> None:
    number = staff.number
    ids = (number("Cat"), number("nobody"), number("Ann"), number("Cat"))
    query = staff.get_query(ids=ids, select=staff.select("name", below("boss", "name")))
    cat = {"name": "Cat", "boss": {"name": "Bob"}}
    ann = {"name": "Ann", "boss": None}
    assert staff.load(staff.reader.get, query, staff.viewer()) == [cat, None, ann, cat]
    assert staff.load(staff.reader.get, staff.get_query(ids=(), select=None), staff.viewer()) == []
    assert staff.load(staff.reader.get, staff.get_query(ids=(number("nobody"),), select=None), staff.viewer()) == [None]
    assert staff.store.statements == 3
    with pytest.raises(CrmError) as refused:
        staff.reader.get(staff.get_query(ids=(number("Ann"),) * 1_001, select=None), staff.viewer())
    assert (refused.value.code, refused.value.details) == (Code.LIMIT_EXCEEDED, {"limit": 1_000})


def test_the_one_record_or_null(staff: Any) -> None:
    query = staff.one_query(select=staff.select("name", "is_me"))
    viewer = staff.viewer("Bob")
    assert staff.reader.one(query, viewer.actor.id, viewer) == b'{"name":"Bob","is_me":true}'
    assert staff.reader.one(query, staff.number("nobody"), viewer) == b"null"
    assert staff.reader.one(query, None, viewer) == b"null"


def test_a_field_whose_policy_is_not_met_is_null_everywhere(staff: Any) -> None:
    poor = staff.viewer(permissions={"people.view"})
    fields = ["salary", below("boss", "salary"), below("notes", "text")]
    assert one(staff, "Bob", *fields, context=poor) == {"salary": None, "boss": {"salary": None}, "notes": None}
    rich = one(staff, "Bob", *fields)
    assert (rich["salary"], len(rich["notes"])) == ("1234.50", 3)


@pytest.mark.parametrize(
    "about", [{"filter": {"salary": {"gt": "1"}}}, {"filter": {"not": {"salary": {"is_null": True}}}}, "order"]
)
def test_a_field_whose_policy_is_not_met_can_neither_filter_nor_sort(staff: Any, about: Any) -> None:
    wanted = {"order_by": (staff.order("salary"),)} if about == "order" else about
    with pytest.raises(CrmError) as refused:
        staff.people("name", context=staff.viewer(permissions={"people.view"}), **wanted)
    assert (refused.value.code, refused.value.details) == (Code.FORBIDDEN, {"permission": "pay.view"})
    assert staff.people("name", **wanted)["nodes"]


def test_the_view_s_own_policy_is_asked(staff: Any) -> None:
    stranger = staff.viewer(permissions=set())
    with pytest.raises(CrmError) as refused:
        staff.people("name", context=stranger)
    assert refused.value.code is Code.FORBIDDEN
    person = staff.views["Staff"]
    assert staff.reader.by_ids(person, [staff.number("Ann"), staff.number("Bob")], None, stranger) == b"[null,null]"
    assert one_by_ids(staff, staff.viewer()) == [{"name": "Ann"}]


def one_by_ids(staff: Any, context: Any) -> Any:
    person = staff.views["Staff"]
    return staff.load(staff.reader.by_ids, person, [staff.number("Ann")], staff.select("name"), context)


def test_a_system_actor_sees_everything(staff: Any) -> None:
    system = system_context("reading_test", correlation_id="test")
    found = one(staff, "Bob", "salary", below("notes", "text"), context=system)
    assert (found["salary"], len(found["notes"])) == ("1234.50", 3)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ([Selected("x", "nothing")], Code.VALIDATION, "select.x"),
        ([Selected("x", "name; DROP TABLE person")], Code.VALIDATION, "select.x"),
        ([Selected("team", "team")], Code.VALIDATION, "select.team"),
        ([Selected("name", "name", {}, (NAME,))], Code.VALIDATION, "select.name"),
        ([Selected("name", "name", {"first": 1})], Code.VALIDATION, "select.name"),
        ([below("team", "name", first=1)], Code.VALIDATION, "select.team.first"),
        ([below("labels", "name", after="x")], Code.VALIDATION, "select.labels.after"),
        ([below("labels", "name", first=-1)], Code.VALIDATION, "select.labels.first"),
        ([below("labels", "name", first="1; DROP TABLE person")], Code.VALIDATION, "select.labels.first"),
        ([below("labels", "name", first=True)], Code.VALIDATION, "select.labels.first"),
        ([below("labels", "name", first=None)], Code.VALIDATION, "select.labels.first"),
        ([NAME, NAME], Code.VALIDATION, "select"),
        ([Selected('x", (SELECT 1) AS "y', "name")], Code.VALIDATION, 'select.x", (SELECT 1) AS "y'),
        ([Selected("x'", "name")], Code.VALIDATION, "select.x'"),
        ([Selected("{me}", "name")], Code.VALIDATION, "select.{me}"),
        ([Selected("%s", "name")], Code.VALIDATION, "select.%s"),
        ([Selected("", "name")], Code.VALIDATION, "select."),
        ([Selected("名", "name")], Code.VALIDATION, "select.名"),
        ([Selected("a\n", "name")], Code.VALIDATION, "select.a\n"),
    ],
)
def test_what_is_no_selection_is_refused_with_its_place(staff: Any, fields: Any, code: Code, field: str) -> None:
    with pytest.raises(CrmError) as refused:
        staff.people(*fields)
    assert (refused.value.code, refused.value.field) == (code, field)
    with pytest.raises(CrmError) as refused:
        one(staff, "Bob", *fields)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert staff.store.statements == 0


def deep(levels: int) -> Selected:
    return below("boss", "name") if levels == 1 else below("boss", deep(levels - 1))


def test_a_selection_has_bounds(staff: Any) -> None:
    assert one(staff, "Cat", deep(11))["boss"]["boss"]["boss"] is None
    with pytest.raises(CrmError) as refused:
        one(staff, "Cat", deep(12))
    assert (refused.value.code, refused.value.rule) == (Code.LIMIT_EXCEEDED, "a_selection_is_too_large")
    wide = [Selected(f"k{index}", "name") for index in range(1_000)]
    assert len(one(staff, "Cat", *wide)) == 1_000
    with pytest.raises(CrmError):
        one(staff, "Cat", *wide, Selected("k1000", "name"))


def test_text_that_is_no_selection_is_refused(staff: Any) -> None:
    for text in ("", "x", "{}", '[["a"]]', "[1]", "[" * 10_000):
        with pytest.raises(CrmError) as refused:
            staff.reader.page(staff.query(select=text), staff.viewer())
        assert (refused.value.code, refused.value.field) == (Code.VALIDATION, "select")
