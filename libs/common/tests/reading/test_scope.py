"""Data scope (IDN-19): the same query by actors of every scope, on people and on what they own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crm_common.context import Context, system_context
from crm_common.protocol.declare import OrderBy
from crm_common.protocol.selection import Selected
from crm_common.reading import Where
from crm_common.reading.reach import Seen
from crm_common.reading.scope import Reach


@pytest.fixture
def office(company: Any) -> Any:
    number = company.number
    north, east, south = (number(each) for each in ("north", "east", "south"))
    chief, head, member, other = (number(each) for each in ("chief", "head", "member", "other"))
    company.person("chief", department_id=number("root"), department_path="/1/")
    company.person("head", department_id=north, department_path="/1/2/", line=[chief])
    company.person("member", department_id=north, department_path="/1/2/", line=[head, chief])
    company.person("deep", department_id=east, department_path="/1/2/4/", line=[head, chief])
    company.person("other", department_id=south, department_path="/1/20/", line=[chief])
    for name in ("chief", "head", "member", "deep", "other"):
        company.insert(
            company.tables["note"],
            {
                "id": number(f"by {name}"), "person_id": member, "author_id": number(name),
                "text": f"by {name}", "written_at": datetime(2026, 1, 1, tzinfo=UTC),
            },
        )  # fmt: skip
    assert other
    return company


WHO = {
    "SELF": {"head"},
    "TEAM": {"head", "member", "deep"},
    "DEPT": {"head", "member"},
    "DEPT_TREE": {"head", "member", "deep"},
    "ALL": {"chief", "head", "member", "deep", "other"},
}


def head(office: Any, people: str = "ALL", note: str = "ALL", **about: Any) -> Context:
    about.setdefault("department_id", office.number("north"))
    context: Context = office.viewer("head", scopes={"people": people, "note": note}, **about)
    return context


@pytest.mark.parametrize("scope", WHO)
def test_a_list_its_total_and_records_by_id_show_the_same(office: Any, scope: str) -> None:
    context = head(office, people=scope)
    page = office.people("name", context=context, total=True)
    assert ({node["name"] for node in page["nodes"]}, page["total"]) == (WHO[scope], len(WHO[scope]))
    ids = tuple(office.number(name) for name in WHO["ALL"])
    found = office.load(office.reader.get, office.get_query(ids=ids, select=office.select("name")), context)
    assert [each and each["name"] for each in found] == [name if name in WHO[scope] else None for name in WHO["ALL"]]
    singly = [
        office.load(office.reader.by_ids, office.views["Staff"], [each], office.select("name"), context)[0]
        for each in ids
    ]
    assert singly == found


@pytest.mark.parametrize("scope", WHO)
def test_what_hangs_on_a_record_is_narrowed_by_its_own_scope(office: Any, scope: str) -> None:
    notes = Selected("notes", "notes", {}, (Selected("text", "text"),))
    query = office.get_query(ids=(office.number("member"),), select=office.select(notes))
    [member] = office.load(office.reader.get, query, head(office, note=scope))
    assert {note["text"] for note in member["notes"]} == {f"by {name}" for name in WHO[scope]}


def test_a_record_above_that_is_out_of_scope_is_null(office: Any) -> None:
    boss = Selected("boss", "boss", {}, (Selected("name", "name"),))
    found = office.people("name", boss, context=head(office, people="DEPT"))["nodes"]
    assert {each["name"]: each["boss"] for each in found} == {"head": None, "member": {"name": "head"}}


@pytest.mark.parametrize("scope", ["DEPT", "DEPT_TREE"])
def test_who_has_no_department_sees_himself(office: Any, scope: str) -> None:
    assert office.names(context=head(office, people=scope, department_id=None)) == ["head"]


def test_a_scope_that_nobody_knows_is_the_narrowest(office: Any) -> None:
    assert office.names(context=head(office, people="EVERYTHING")) == ["head"]
    assert office.names(context=office.viewer("head", scopes={})) == ["head"]


def test_a_tree_is_not_confused_by_paths_that_begin_alike(office: Any) -> None:
    # /1/20/ begins with /1/2 but is not below /1/2/
    assert "other" not in office.names(context=head(office, people="DEPT_TREE"))


def test_an_actor_who_is_no_employee_sees_nobody_s_records(office: Any) -> None:
    for scope in ("SELF", "TEAM", "DEPT_TREE"):
        stranger = office.viewer("stranger", scopes={"people": scope}, department_id=office.number("nowhere"))
        assert office.names(context=stranger) == []


def test_system_actors_see_all(office: Any) -> None:
    assert set(office.names(context=system_context("reading_test", correlation_id="test"))) == WHO["ALL"]


@pytest.mark.parametrize("scope", WHO)
@pytest.mark.parametrize("listing", [Reach.FEW, Reach.MANY])
@pytest.mark.parametrize("filtering", [Reach.FEW, Reach.MANY])
def test_every_form_of_a_scope_shows_the_same(office: Any, scope: str, listing: Reach, filtering: Reach) -> None:
    office.reader._reaches.of = lambda *_: Seen(listing, filtering)
    by_name = {"order_by": (OrderBy("name"),), "context": head(office, people=scope)}
    assert office.names(**by_name) == sorted(WHO[scope])
    filtered = office.people("name", filter={"name": {"ne": "deep"}}, total=True, **by_name)
    assert [node["name"] for node in filtered["nodes"]] == sorted(WHO[scope] - {"deep"})
    assert filtered["total"] == len(WHO[scope] - {"deep"})
    for selective in (False, True):
        query = office.query(select=office.select("name"), order_by=(OrderBy("name"),))
        where = Where("{t}.name <> {name}", selective=selective, name="deep")
        page = office.load(office.reader.page, query, head(office, people=scope), where=where)
        assert [node["name"] for node in page["nodes"]] == sorted(WHO[scope] - {"deep"})
    notes = office.notes_query(select=office.select("text"), total=True)
    page = office.load(office.reader.page, notes, head(office, note=scope))
    assert {note["text"] for note in page["nodes"]} == {f"by {name}" for name in WHO[scope]}
    assert page["total"] == len(WHO[scope])


def test_the_form_follows_how_much_one_sees(office: Any) -> None:
    for index in range(250):
        office.person(f"x{index}", department_id=office.number("big"), department_path="/1/3/")
    for department, about, many in (("north", {}, False), ("big", {}, True), ("north", {"total": True}, False)):
        viewer = head(office, people="DEPT", department_id=office.number(department), id=office.number(department))
        office.people("name", context=viewer, **about)
        assert ("CASE WHEN (" in office.store.last[0]) is many


def test_how_much_one_sees_is_asked_once_a_minute(office: Any) -> None:
    for _ in range(3):
        office.names(context=head(office, people="TEAM"))
    assert office.store.statements == 4
    for scope in ("SELF", "ALL"):
        office.names(context=head(office, people=scope))
    assert office.store.statements == 6
