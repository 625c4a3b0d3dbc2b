"""Notes to people (OFC-07): each for one colleague, counted until he has read it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.store import Store
from serving.alone import Alone, employee


@pytest.fixture(scope="module")
def people(service: Alone) -> dict[str, Actor]:
    """Three who work here, and one who left."""
    found = {name: employee(f"{name} {uuid4()}") for name in ("li", "wang", "zhao", "gone")}
    for name, each in found.items():
        known(service.store, each.id, name, active=name != "gone")
    return found


def known(store: Store, employee_id: UUID, name: str, *, active: bool) -> None:
    """As identity's events would tell of him."""
    with store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO employee_ref VALUES (%s, 1, %s, %s, %s, '', '/', '{}')", (employee_id, name, active, uuid4())
        )


def test_ofc_07_the_unread_count_goes_up_and_down(service: Alone, people: dict[str, Actor]) -> None:
    li, wang, zhao = (people[name] for name in ("li", "wang", "zhao"))
    before = service.call(wang, "unread_notes"), service.call(wang, "unread_messages")
    service.call(li, "leave_note", to_ids=[wang.id, zhao.id, wang.id], text=" 周三的会改到三点 ")

    assert (service.call(wang, "unread_notes"), service.call(wang, "unread_messages")) == (before[0] + 1, before[1] + 1)
    note = service.call(wang, "notes", filter={"read_at": {"is_null": True}})["nodes"][0]
    assert (note["text"], note["from_name"], note["to_name"]) == ("周三的会改到三点", "li", "wang")
    assert service.call(wang, "messages")["nodes"][0]["title"] == f"{li.name} 给您留言"
    assert service.call(wang, "read_notes", ids=[note["id"]]) == {"read": 1, "unread": before[0]}
    assert service.call(wang, "read_notes", ids=[note["id"]]) == {"read": 0, "unread": before[0]}
    assert service.call(wang, "unread_messages") == before[1]
    sent = service.call(li, "notes", sent=True, first=2)["nodes"]
    assert {each["to_name"] for each in sent} == {"wang", "zhao"}
    assert service.events()[-2:] == ["note.read", "message.read"]


def leave(service: Alone, who: Actor, to: Actor) -> str:
    """A note, by its id."""
    service.call(who, "leave_note", to_ids=[to.id], text="x")
    return str(service.call(who, "notes", sent=True, first=1)["nodes"][0]["id"])


def test_only_the_two_it_concerns_see_a_note(service: Alone, people: dict[str, Actor]) -> None:
    li, wang = people["li"], people["wang"]
    admin = employee("admin", "sys.settings", "audit.view")
    note = leave(service, li, wang)

    assert service.call(admin, "notes")["nodes"] == []
    assert service.call(admin, "notes_by_ids", ids=[note]) == [None]
    for other in (admin, li):
        assert service.refused(other, "read_notes", ids=[note]) == "NOT_FOUND"
    assert service.refused(wang, "withdraw_note", id=note) == "NOT_FOUND"
    assert service.call(people["zhao"], "notes_by_ids", ids=[note]) == [None]


def test_a_note_is_taken_back_until_it_is_read(service: Alone, people: dict[str, Actor]) -> None:
    li, wang = people["li"], people["wang"]
    before = service.call(wang, "unread_notes"), service.call(wang, "unread_messages")
    one, two = leave(service, li, wang), leave(service, li, wang)
    assert service.call(li, "withdraw_note", id=one)["withdrawn_id"] == one
    assert (service.call(wang, "unread_notes"), service.call(wang, "unread_messages")) == (before[0] + 1, before[1] + 1)
    service.call(wang, "read_notes", all=True)
    assert service.refused(li, "withdraw_note", id=two) == "BAD_STATE"
    assert service.refused(li, "withdraw_note", id=one) == "NOT_FOUND"


def test_a_note_is_for_colleagues_who_work_here_and_says_something(service: Alone, people: dict[str, Actor]) -> None:
    li, wang = people["li"], people["wang"]
    for to in ([], [li.id], [people["gone"].id], [wang.id, uuid4()]):
        assert service.refused(li, "leave_note", to_ids=to, text="x") == "VALIDATION"
    assert service.refused(li, "leave_note", to_ids=[wang.id], text="  ") == "VALIDATION"
    assert service.refused(wang, "read_notes") == "VALIDATION"
    assert service.refused(None, "leave_note", to_ids=[wang.id], text="x") == "UNAUTHENTICATED"
