"""Assignment rules (CUS-39): the first that fits decides; to a person, in turn, or to who has least."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from crm_common.context import Actor
from selling import known, number
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

DESK = employee("rule.desk", "lead.view", "lead.create", "lead.screen", "lead.assign", "assign_rule.edit", lead="ALL")


@pytest.fixture(autouse=True)
def every_lead_is_given_out(service: Alone) -> Iterator[None]:
    """Every lead with a phone scores 100, and no rule is left for the next test."""
    service.call(DESK, "set_lead_score_rules", rules=[{"field": "PHONE", "points": 100}])
    yield
    for each in service.call(DESK, "assign_rules", first=100)["nodes"]:
        service.call(DESK, "delete_assign_rule", id=each["id"], version=each["version"])
    service.call(DESK, "set_lead_score_rules", rules=[])


def rule(service: Alone, way: str, *people: Actor, **given: Any) -> dict[str, Any]:
    """A new rule for leads."""
    values = {"name": "规则", "kind": "LEAD", "way": way, "employee_ids": [str(each.id) for each in people]} | given
    return dict(service.call(DESK, "create_assign_rule", **values)["assign_rule"])


def owner(service: Alone, **given: Any) -> str | None:
    """Who gets a new lead when it is screened."""
    lead = service.call(DESK, "create_lead", **({"name": "x", "phone": number()} | given))["lead"]
    found = service.call(DESK, "screen_lead", id=lead["id"], version=1, verdict="SCREENED")["lead"]
    return None if found["owner_id"] is None else str(found["owner_id"])


def people(service: Alone, *names: str) -> list[Actor]:
    """Salespeople this service knows of."""
    return [known(service, employee(name)) for name in names]


def test_cus_39_a_new_lead_of_the_north_goes_to_wang(service: Alone) -> None:
    wang, li = people(service, "rule.wang", "rule.li")
    rule(service, "PERSON", wang, regions=["beijing", "tianjin"])
    rule(service, "PERSON", li, place=1, industries=["finance"], levels=["a"])
    assert owner(service, region="beijing") == str(wang.id)
    assert owner(service, region="guangdong") is None
    assert owner(service, region="guangdong", industry="finance", level="a") == str(li.id)
    assert owner(service, region="beijing", industry="finance", level="a") == str(wang.id)


def test_in_turn_each_gets_as_many(service: Alone) -> None:
    three = people(service, "rule.a", "rule.b", "rule.c")
    rule(service, "TURN", *three)
    assert [owner(service) for _ in range(6)] == [str(each.id) for each in three] * 2


def test_the_one_with_the_least_is_next(service: Alone) -> None:
    busy, idle = people(service, "rule.busy", "rule.idle")
    first = rule(service, "PERSON", busy)
    assert [owner(service), owner(service)] == [str(busy.id)] * 2
    service.call(DESK, "update_assign_rule", id=first["id"], version=1, active=False)
    rule(service, "LEAST_LOAD", busy, idle)
    assert [owner(service) for _ in range(3)] == [str(idle.id), str(idle.id), str(busy.id)]


def test_who_is_disabled_is_passed_over_and_the_next_rule_asked(service: Alone) -> None:
    gone = known(service, employee("rule.gone"), active=False)
    [here] = people(service, "rule.here")
    rule(service, "PERSON", gone)
    rule(service, "TURN", gone, here, place=1)
    assert [owner(service), owner(service)] == [str(here.id)] * 2


def test_rules_are_checked_and_edited_by_right(service: Alone) -> None:
    one, two = people(service, "rule.one", "rule.two")
    both = [str(one.id), str(two.id)]
    new = {"name": "x", "kind": "LEAD", "way": "PERSON", "employee_ids": both}
    assert service.refused(DESK, "create_assign_rule", **new) == "VALIDATION"
    assert service.refused(DESK, "create_assign_rule", **(new | {"way": "TURN", "employee_ids": []})) == "VALIDATION"
    assert service.refused(employee("rule.guest", "lead.assign"), "create_assign_rule", **new) == "FORBIDDEN"
    made = rule(service, "TURN", one, two, regions=["beijing"])
    assert (made["way"], made["employee_ids"], made["regions"], made["active"]) == ("TURN", both, ["beijing"], True)
    edit = {"id": made["id"], "version": 1}
    assert service.refused(DESK, "update_assign_rule", **edit, way="PERSON") == "VALIDATION"
    assert service.refused(DESK, "update_assign_rule", id=made["id"], version=2, place=3) == "CONFLICT"
    edited = service.call(DESK, "update_assign_rule", **edit, place=3, regions=[])["assign_rule"]
    assert (edited["place"], edited["regions"], edited["version"]) == (3, [], 2)
    assert service.refused(DESK, "delete_assign_rule", **edit) == "CONFLICT"
