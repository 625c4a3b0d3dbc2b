"""Rights review (IDN-22): due by a job, decided per item, closed when everything is decided."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from crm_common.context import Context
from founded.house import NOW, House

JOB = "identity.role_review"


def review_as_of(house: House, days: float) -> bool:
    """Runs the job as of so many days after the founding; whether it opened a review."""
    context = Context(actor=house.admin, correlation_id="test", deadline=time.time() + 30)
    run = house.service.scheduler.run_now(JOB, context, as_of=NOW + timedelta(days=days))
    assert run["outcome"] == "DONE", run
    return bool(run["report"]["opened"])


def open_review(house: House) -> dict[str, Any]:
    assert review_as_of(house, 90)
    (review,) = house.call(house.admin, "rights_reviews")["nodes"]
    found: dict[str, Any] = review
    return found


def items(house: House, review: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    nodes = house.call(house.admin, "rights_review_items", filter={"review_id": {"eq": review["id"]}}, first=100)
    return {(each["employee_name"], each["role_name"]): each for each in nodes["nodes"]}


def test_idn_22_the_review_is_due_after_ninety_days(new_house: Any) -> None:
    house = travelling(new_house())

    assert review_as_of(house, 89.9) is False
    assert house.call(house.admin, "rights_reviews")["nodes"] == []
    assert review_as_of(house, 90) is True
    assert review_as_of(house, 91) is False

    (review,) = house.call(house.admin, "rights_reviews")["nodes"]
    assert (review["state"], review["item_count"], review["open_count"]) == ("OPEN", 1, 1)
    assert review["opened_at"] == "2027-02-21T09:00:00.000000Z"
    assert house.events("role.review_due") == [
        ("role.review_due", {"review_id": review["id"], "item_count": 1}),
    ]


def test_idn_22_the_number_of_days_is_a_parameter(new_house: Any) -> None:
    house = travelling(new_house())
    house.settings.values["role.review_days"] = 30

    assert (review_as_of(house, 29), review_as_of(house, 30)) == (False, True)


def test_idn_22_the_review_lists_who_has_what_and_how(new_house: Any) -> None:
    house = travelling(new_house())
    sales, analyst = house.preset("SALES"), house.preset("ANALYST")
    position = house.position("销售", house.department("d"), sales["id"])
    house.employee("li", position, analyst["id"])
    gone = house.employee("gone", position)
    house.call(house.admin, "disable_employee", id=gone["id"], version=1)

    found = items(house, open_review(house))

    assert {key: each["by_position"] for key, each in found.items()} == {
        ("管理员", "管理员"): False,
        ("li", "分析"): False,
        ("li", "销售"): True,
    }
    assert found["li", "分析"]["permissions"] == analyst["permissions"]


def test_idn_22_a_removed_role_is_taken_and_the_decision_stays_visible(new_house: Any) -> None:
    house = travelling(new_house())
    position = house.position("p", house.department("d"))
    li = house.employee("li", position, house.preset("ANALYST")["id"])
    review = open_review(house)
    found = items(house, review)
    decisions = [
        {"item_id": found["li", "分析"]["id"], "decision": "REMOVE", "comment": "不再需要"},
        {"item_id": found["管理员", "管理员"]["id"], "decision": "KEEP"},
    ]

    early = house.refused(house.admin, "close_rights_review", review_id=review["id"])
    decided = house.call(house.admin, "decide_rights_review", review_id=review["id"], decisions=decisions)["review"]
    closed = house.call(house.admin, "close_rights_review", review_id=review["id"])["review"]

    assert (early.code, early.details) == ("BAD_STATE", {"open": 2})
    assert (decided["open_count"], closed["state"]) == (0, "CLOSED")
    assert house.actor(li["id"]).permissions == frozenset()
    after = items(house, review)["li", "分析"]
    assert (after["decision"], after["comment"], after["decided_by_id"]) == (
        "REMOVE",
        "不再需要",
        str(house.admin.id),
    )
    assert [kind for kind, _ in house.events()[-3:]] == ["role.assigned", "role.review_decided", "role.review_closed"]
    assert house.events("role.review_closed")[0][1] == {"review_id": review["id"], "kept": 1, "removed": 1}
    again = house.refused(house.admin, "close_rights_review", review_id=review["id"])
    assert (again.code, again.rule) == ("BAD_STATE", "a_closed_review_is_not_changed")


def test_idn_22_decisions_follow_their_rules(new_house: Any) -> None:
    house = travelling(new_house())
    sales = house.preset("SALES")
    house.employee("li", house.position("p", house.department("d"), sales["id"]))
    review = open_review(house)
    found = items(house, review)
    admin, by_position = found["管理员", "管理员"]["id"], found["li", "销售"]["id"]

    def refused(*decisions: dict[str, Any]) -> tuple[str, str]:
        refusal = house.refused(house.admin, "decide_rights_review", review_id=review["id"], decisions=list(decisions))
        return refusal.code, refusal.rule

    nowhere = "00000000-0000-7000-8000-000000000000"
    assert refused({"item_id": admin, "decision": "REMOVE"}) == ("BAD_STATE", "one_administrator_remains")
    assert refused({"item_id": by_position, "decision": "REMOVE"}) == (
        "BAD_STATE",
        "a_role_by_position_is_removed_at_the_position",
    )
    assert refused({"item_id": nowhere, "decision": "KEEP"}) == ("VALIDATION", "an_item_belongs_to_its_review")
    assert refused({"item_id": admin, "decision": "KEEP"}, {"item_id": admin, "decision": "KEEP"}) == (
        "BAD_STATE",
        "a_decided_item_is_not_decided_again",
    )
    house.call(
        house.admin,
        "decide_rights_review",
        review_id=review["id"],
        decisions=[{"item_id": admin, "decision": "KEEP"}],
    )
    assert refused({"item_id": admin, "decision": "REMOVE"}) == ("BAD_STATE", "a_decided_item_is_not_decided_again")


def test_idn_22_auditors_see_and_administrators_decide(new_house: Any) -> None:
    house = travelling(new_house())
    position = house.position("p", house.department("d"))
    auditor = house.actor(house.employee("auditor", position, house.preset("AUDITOR")["id"])["id"])
    seller = house.actor(house.employee("seller", position, house.preset("SALES")["id"])["id"])
    review = open_review(house)

    assert len(house.call(auditor, "rights_reviews")["nodes"]) == 1
    assert house.refused(auditor, "close_rights_review", review_id=review["id"]).code == "FORBIDDEN"
    assert house.refused(seller, "rights_reviews").code == "FORBIDDEN"


def test_idn_22_the_report_shows_roles_keys_and_last_use(new_house: Any) -> None:
    house = travelling(new_house())
    one, other = house.role("一", "opp.view", "customer.view"), house.role("二", "customer.view", "order.view")
    house.employee("li", house.position("销售", house.department("销售部"), one["id"]), other["id"], name="李雷")

    report = house.call(house.admin, "rights_report", filter={"name": {"eq": "李雷"}})["nodes"]

    assert [{key: value for key, value in each.items() if key != "id"} for each in report] == [
        {
            "name": "李雷",
            "department_name": "销售部",
            "position_name": "销售",
            "role_names": ["二", "一"],
            "permissions": ["customer.view", "opp.view", "order.view"],
            "last_used_at": None,
        }
    ]


def travelling(house: House) -> House:
    """The house with jobs that may be run as of another time."""
    house.settings.values["sys.allow_time_travel"] = True
    return house
