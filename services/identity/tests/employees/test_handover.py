"""Handover (IDN-23): identity's own records, and a neighbour that keeps records of its own."""

from __future__ import annotations

from typing import Any

import pytest

from founded.house import House


def test_idn_23_after_the_handover_nothing_is_in_his_name(house: House) -> None:
    a, b, c = (house.department(name) for name in "abc")
    position = house.position("p", a)
    li, wu, he = (house.employee(name, position) for name in ("li", "wu", "he"))
    for department in (a, b, c):
        house.head(department, li)
    before = house.call(house.admin, "owned_records", employee_id=li["id"])
    known = len(house.events())

    answer = house.call(house.admin, "hand_over", from_id=li["id"], to_ids=[wu["id"], he["id"]], reason="离职")

    assert before == {
        "employee_id": li["id"],
        "total": 3,
        "kinds": [{"service": "identity", "kind": "department", "total": 3}],
        "unanswered": [],
    }
    assert answer["passed_on"] == [{"service": "identity", "kind": "department", "total": 3}]
    assert (answer["left"]["total"], answer["left"]["kinds"]) == (0, [])
    heads = [house.get("departments", each["id"], "head_id")["head_id"] for each in (a, b, c)]
    assert heads == [wu["id"], he["id"], wu["id"]]
    completed = house.events()[-1]
    assert completed == (
        "handover.completed",
        {
            "employee_id": li["id"],
            "to_ids": sorted([wu["id"], he["id"]]),
            "passed_on": {"identity.department": 3},
            "reason": "离职",
        },
    )
    assert [kind for kind, _ in house.events()[known:]].count("department.head_changed") == 3


def test_idn_23_a_leaver_s_records_are_handed_over_after_his_account_was_disabled(house: House) -> None:
    a = house.department("a")
    position = house.position("p", a)
    li, wu = house.employee("li", position), house.employee("wu", position)
    house.head(a, li)
    house.call(house.admin, "disable_employee", id=li["id"], version=1)

    house.call(house.admin, "hand_over", from_id=li["id"], to_ids=[wu["id"]])

    assert house.call(house.admin, "owned_records", employee_id=li["id"])["total"] == 0
    assert house.get("departments", a["id"], "head_id") == {"head_id": wu["id"]}


def test_idn_23_a_kind_can_go_to_somebody_else(house: House) -> None:
    a = house.department("a")
    position = house.position("p", a)
    li, wu, he = (house.employee(name, position) for name in ("li", "wu", "he"))
    house.head(a, li)

    house.call(
        house.admin,
        "hand_over",
        from_id=li["id"],
        to_ids=[wu["id"]],
        parts=[{"kind": "department", "to_ids": [he["id"]]}],
    )

    assert house.get("departments", a["id"], "head_id") == {"head_id": he["id"]}


def test_idn_23_receivers_are_other_active_employees(house: House) -> None:
    position = house.position("p", house.department("a"))
    li, wu = house.employee("li", position), house.employee("wu", position)
    house.call(house.admin, "disable_employee", id=wu["id"], version=1)
    nowhere = "00000000-0000-7000-8000-000000000000"

    def refused(**payload: Any) -> tuple[str, str, str | None]:
        refusal = house.refused(house.admin, "hand_over", **{"from_id": li["id"]} | payload)
        return refusal.code, refusal.rule, refusal.field

    assert refused(to_ids=[wu["id"]]) == ("VALIDATION", "a_receiver_is_an_active_employee", "to_ids")
    assert refused(to_ids=[nowhere])[1] == "a_receiver_is_an_active_employee"
    assert refused(to_ids=[li["id"]]) == ("VALIDATION", "nobody_receives_his_own_records", "to_ids")
    assert refused(to_ids=[]) == ("VALIDATION", "a_handover_has_a_receiver", "to_ids")
    assert refused(to_ids=[str(house.admin.id)], parts=[{"kind": "department", "to_ids": []}]) == (
        "VALIDATION",
        "a_handover_has_a_receiver",
        "parts.0.to_ids",
    )
    assert refused(from_id=nowhere, to_ids=[li["id"]])[0] == "NOT_FOUND"


@pytest.mark.parametrize("scope", ["SELF", "TEAM"])
def test_idn_23_a_superior_hands_over_for_his_people_only(house: House, scope: str) -> None:
    role = house.role("主管", "org.view", "org.handover", scope=scope)
    a = house.department("a")
    position = house.position("p", a)
    boss = house.employee("boss", position, role["id"])
    li, other = house.employee("li", position), house.employee("he", house.position("p", house.department("b")))
    house.head(a, boss)
    actor = house.actor(boss["id"])

    for person, seen in ((li, scope == "TEAM"), (other, False)):
        if seen:
            assert house.call(actor, "hand_over", from_id=person["id"], to_ids=[boss["id"]])["passed_on"] == []
            assert house.call(actor, "owned_records", employee_id=person["id"])["total"] == 0
        else:
            refusal = house.refused(actor, "hand_over", from_id=person["id"], to_ids=[boss["id"]])
            asked = house.refused(actor, "owned_records", employee_id=person["id"])
            assert (refusal.code, asked.code) == ("NOT_FOUND", "NOT_FOUND")


def test_idn_23_the_same_key_hands_over_once(house: House) -> None:
    a = house.department("a")
    position = house.position("p", a)
    li, wu = house.employee("li", position), house.employee("wu", position)
    house.head(a, li)
    payload = {"from_id": li["id"], "to_ids": [wu["id"]], "idempotency_key": "k"}

    first = house.call(house.admin, "hand_over", **payload)
    again = house.call(house.admin, "hand_over", **payload)

    assert first == again
    assert len(house.events("handover.completed")) == 1
