"""Leads (CUS-40, 42, 43; features §3.2): entered once, screened, scored, given out, followed up, converted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

import selling
from crm_common.context import Actor, ActorKind
from crm_common.errors import CrmError
from crm_common.protocol import selection
from crm_common.protocol.selection import Selected
from selling import created, known, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

OWN = ("lead.view", "lead.create", "lead.edit", "lead.follow", "lead.convert", "customer.view", "customer.create")
DESK = employee("lead.desk", "lead.view", "lead.create", "lead.screen", "lead.assign", "assign_rule.edit", lead="ALL")


def worker(service: Alone, name: str, **options: Any) -> Actor:
    """A salesperson with leads and customers of his own."""
    return known(service, employee(name, *OWN, "customer.edit"), **options)


def entered(service: Alone, by: Actor, **given: Any) -> dict[str, Any]:
    """A new lead."""
    found: dict[str, Any] = service.call(by, "create_lead", **({"name": "赵先生", "phone": number()} | given))["lead"]
    return found


def screened(service: Alone, **given: Any) -> dict[str, Any]:
    """A lead that was found good."""
    lead = entered(service, DESK, **given)
    found = service.call(DESK, "screen_lead", id=lead["id"], version=1, verdict="SCREENED")["lead"]
    return dict(found)


def given_to(service: Alone, owner: Actor, **given: Any) -> dict[str, Any]:
    """A lead in somebody's name."""
    lead = screened(service, **given)
    found = service.call(DESK, "assign_lead", id=lead["id"], version=lead["version"], owner_id=str(owner.id))["lead"]
    assert (found["status"], found["owner_id"]) == ("ASSIGNED", str(owner.id))
    return dict(found)


def seen(service: Alone, by: Actor, lead_id: str) -> dict[str, Any] | None:
    """The lead as somebody sees it."""
    found: dict[str, Any] | None = service.call(by, "leads_by_ids", ids=[lead_id])[0]
    return found


def events_of(service: Alone, lead_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of a lead's events."""
    return selling.events_of(service.store, f"lead/{lead_id}")


def test_cus_40_a_lead_is_the_only_open_one_with_its_phone_and_with_its_email(service: Alone) -> None:
    phone, email = number(), f"{uuid4().hex}@Example.com"
    lead = entered(service, DESK, phone=f"+86 {phone}", email=email, source="website", campaign="双十一")
    assert (lead["status"], lead["score"], lead["owner_id"], lead["source"]) == ("NEW", None, None, "website")
    assert lead["phone"] == f"{phone[:3]}****{phone[-4:]}"
    refused = service.refused
    assert refused(DESK, "create_lead", name="x", phone=phone) == "DUPLICATE"
    assert refused(DESK, "create_lead", name="x", phone=number(), email=email.upper()) == "DUPLICATE"
    assert refused(DESK, "create_lead", name="x") == "VALIDATION"
    assert refused(DESK, "create_lead", name="x", email="nobody") == "VALIDATION"
    assert refused(DESK, "create_lead", name="x", phone="123") == "VALIDATION"
    assert refused(DESK, "create_lead", name="x", phone=number(), region="atlantis") == "VALIDATION"
    assert refused(employee("lead.guest", "lead.view"), "create_lead", name="x", phone=number()) == "FORBIDDEN"
    service.call(DESK, "screen_lead", id=lead["id"], version=1, verdict="INVALID", reason="空号")
    again = entered(service, DESK, phone=phone, email=email)
    assert again["id"] != lead["id"]


def test_of_20_parallel_entries_of_one_phone_one_is_written(service: Alone) -> None:
    phone = number()

    def enter(_turn: int) -> str:
        try:
            return str(service.call(DESK, "create_lead", name="并发", phone=phone)["lead"]["status"])
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(8) as many:
        answers = sorted(many.map(enter, range(20)))
    assert answers == ["DUPLICATE"] * 19 + ["NEW"]


def test_cus_42_screening_needs_a_reason_for_the_bad_ones_and_happens_once(service: Alone) -> None:
    lead = entered(service, DESK)
    screen = {"id": lead["id"], "version": 1}
    assert service.refused(DESK, "screen_lead", **screen, verdict="INVALID") == "VALIDATION"
    assert service.refused(DESK, "screen_lead", **screen, verdict="INVALID", reason=" ") == "VALIDATION"
    seller_without = worker(service, "lead.no_screen")
    assert service.refused(seller_without, "screen_lead", **screen, verdict="SCREENED") == "FORBIDDEN"
    assert service.refused(DESK, "screen_lead", **(screen | {"version": 2}), verdict="SCREENED") == "CONFLICT"
    bad = service.call(DESK, "screen_lead", **screen, verdict="INVALID", reason=" 空号 ")["lead"]
    assert (bad["status"], bad["invalid_reason"], bad["version"]) == ("INVALID", "空号", 2)
    assert service.refused(DESK, "screen_lead", id=lead["id"], version=2, verdict="SCREENED") == "BAD_STATE"
    assert service.refused(DESK, "assign_lead", id=lead["id"], version=2, owner_id=str(DESK.id)) == "BAD_STATE"
    assert [kind for kind, _ in events_of(service, lead["id"])] == ["lead.created", "lead.screened"]


def test_cus_42_rules_score_from_0_to_100_and_from_60_on_a_lead_is_given_out_by_rule(service: Alone) -> None:
    wang = worker(service, "lead.wang")
    rules = [
        {"field": "REGION", "values_in": ["beijing", "tianjin"], "points": 50},
        {"field": "PHONE", "points": 10},
        {"field": "COMPANY", "points": 70},
        {"field": "SOURCE", "values_in": ["import"], "points": -100},
    ]
    service.call(DESK, "set_lead_score_rules", rules=rules)
    set_rules = service.call(DESK, "lead_score_rules")["nodes"]
    assert [(each["field"], each["points"]) for each in set_rules] == [
        ("REGION", 50), ("PHONE", 10), ("COMPANY", 70), ("SOURCE", -100),
    ]  # fmt: skip
    rule = {"name": "北方", "kind": "LEAD", "way": "PERSON", "regions": ["beijing"], "employee_ids": [str(wang.id)]}
    made = service.call(DESK, "create_assign_rule", **rule)["assign_rule"]
    try:
        north = screened(service, region="beijing")
        assert (north["score"], north["status"], north["owner_id"]) == (60, "ASSIGNED", str(wang.id))
        low = screened(service, region="tianjin", phone=None, email=f"{uuid4().hex}@a.cn")
        assert (low["score"], low["status"]) == (50, "SCREENED")
        elsewhere = screened(service, region="tianjin", company="华信")
        assert (elsewhere["score"], elsewhere["status"]) == (100, "SCREENED")
        assert screened(service, source="import", company="华信")["score"] == 0
        told = events_of(service, north["id"])
        assert [kind for kind, _ in told] == ["lead.created", "lead.screened", "lead.assigned"]
        assert told[2][1]["rule_id"] == made["id"]
    finally:
        service.call(DESK, "set_lead_score_rules", rules=[])
        service.call(DESK, "delete_assign_rule", id=made["id"], version=1)


def test_cus_14_a_leads_phone_is_seen_in_full_by_its_owner_only(service: Alone) -> None:
    manager = known(service, employee("lead.manager", "lead.view_team", lead="TEAM"))
    li = worker(service, "lead.li", line=(manager.id,))
    stranger = worker(service, "lead.stranger")
    lead = given_to(service, li, phone="13712345678")
    by = {name: seen(service, each, lead["id"]) for name, each in (("li", li), ("manager", manager), ("desk", DESK))}
    assert {name: each and each["phone"] for name, each in by.items()} == {
        "li": "13712345678", "manager": "137****5678", "desk": "137****5678",
    }  # fmt: skip
    assert seen(service, stranger, lead["id"]) is None
    assert "13712345678" not in str(events_of(service, lead["id"]))
    found = service.call(manager, "leads", filter={"phone": {"eq": "137 1234 5678"}})["nodes"]
    assert [each["id"] for each in found] == [lead["id"]]


def test_who_enters_a_lead_sees_it_until_it_is_given_to_somebody(service: Alone) -> None:
    li, other = worker(service, "lead.enters"), worker(service, "lead.gets")
    lead = entered(service, li)
    assert seen(service, li, lead["id"]) is not None
    assert seen(service, other, lead["id"]) is None
    service.call(DESK, "screen_lead", id=lead["id"], version=1, verdict="SCREENED")
    service.call(DESK, "assign_lead", id=lead["id"], version=2, owner_id=str(other.id))
    assert seen(service, li, lead["id"]) is None
    assert seen(service, other, lead["id"]) is not None


def test_a_followed_lead_shows_stage_and_next_contact(service: Alone) -> None:
    li, stranger = worker(service, "lead.follow"), worker(service, "lead.follow.stranger")
    lead = given_to(service, li)
    follow = {"id": lead["id"], "type": "PHONE", "content": "有兴趣", "stage": "初步沟通"}
    at = "2099-01-01T01:00:00.000000Z"
    refused = service.refused
    assert refused(stranger, "follow_lead", **follow) == "NOT_FOUND"
    assert refused(employee("lead.all", "lead.follow", lead="ALL"), "follow_lead", **follow) == "FORBIDDEN"
    assert refused(li, "follow_lead", **follow, next_contact_at="2001-01-01T00:00:00Z") == "VALIDATION"
    assert refused(li, "follow_lead", **(follow | {"content": " "})) == "VALIDATION"
    found = service.call(li, "follow_lead", **follow, next_contact_at=at)["lead"]
    assert (found["status"], found["next_contact_at"]) == ("FOLLOWING", at)
    assert found["last_follow_up_at"] is not None
    below = Selected("follow_ups", "follow_ups", {}, tuple(Selected(n, n) for n in ("stage", "author_name", "content")))
    [with_stage] = service.call(li, "leads_by_ids", ids=[lead["id"]], select=selection.dump([below]))
    assert with_stage["follow_ups"] == [{"stage": "初步沟通", "author_name": "lead.follow", "content": "有兴趣"}]
    assert refused(li, "follow_lead", **(follow | {"id": screened(service)["id"]})) == "NOT_FOUND"


def test_its_owner_gives_a_lead_up_for_a_reason(service: Alone) -> None:
    li = worker(service, "lead.gives_up")
    lead = given_to(service, li)
    give_up = {"id": lead["id"], "version": lead["version"]}
    assert service.refused(DESK, "give_up_lead", **give_up, reason="x") == "FORBIDDEN"
    assert service.refused(li, "give_up_lead", **give_up, reason=" ") == "VALIDATION"
    found = service.call(li, "give_up_lead", **give_up, reason="无意向")["lead"]
    assert (found["status"], found["invalid_reason"]) == ("INVALID", "无意向")
    assert service.refused(li, "follow_lead", id=lead["id"], type="PHONE", content="x") == "BAD_STATE"
    assert service.refused(li, "convert_lead", id=lead["id"], version=found["version"]) == "BAD_STATE"


def test_an_edit_keeps_the_phone_and_ends_with_the_lead(service: Alone) -> None:
    li = worker(service, "lead.edits")
    lead = entered(service, li)
    edited = service.call(li, "update_lead", id=lead["id"], version=1, company="华信", region="beijing")["lead"]
    assert (edited["company"], edited["region"], edited["version"], edited["phone"]) == (
        "华信", "beijing", 2, lead["phone"],
    )  # fmt: skip
    assert service.refused(li, "update_lead", id=lead["id"], version=1, company="x") == "CONFLICT"
    assert service.refused(li, "update_lead", id=lead["id"], version=2, region="atlantis") == "VALIDATION"
    assert service.refused(li, "update_lead", id=lead["id"], version=2, phone="x") == "VALIDATION"
    service.call(DESK, "screen_lead", id=lead["id"], version=2, verdict="INVALID", reason="x")
    assert service.refused(li, "update_lead", id=lead["id"], version=3, company="x") == "BAD_STATE"


def test_cus_43_a_lead_becomes_a_customer_and_a_contact_once(service: Alone) -> None:
    li = worker(service, "lead.converts")
    phone = number()
    lead = given_to(service, li, phone=phone, name="钱经理", company="华信科技", region="beijing", source="website")
    convert = {"id": lead["id"], "version": lead["version"]}
    assert service.refused(DESK, "convert_lead", **convert) == "FORBIDDEN"
    found = service.call(li, "convert_lead", **convert)
    customer, contact = found["customer"], found["contact"]
    assert (customer["name"], customer["kind"], customer["phone"], customer["region"], customer["owner_id"]) == (
        "华信科技", "COMPANY", phone, "beijing", str(li.id),
    )  # fmt: skip
    assert (contact["name"], contact["customer_id"], found["linked"]) == ("钱经理", customer["id"], False)
    after = found["lead"]
    assert (after["status"], after["customer_id"], after["contact_id"]) == ("CONVERTED", customer["id"], contact["id"])
    assert service.refused(li, "convert_lead", id=lead["id"], version=after["version"]) == "BAD_STATE"
    kind, data = events_of(service, lead["id"])[-1]
    assert (kind, data["customer_id"], data["linked"]) == ("lead.converted", customer["id"], False)


def test_cus_43_the_customer_gets_the_custom_fields_that_the_conversion_names(service: Alone) -> None:
    li = worker(service, "lead.custom")
    editor = known(service, employee("lead.fields", "field.edit", "field.view", "customer.view"))
    field = service.call(editor, "create_customer_field", key="budget", type="NUMBER", name="预算", required=True)[
        "field"
    ]
    lead = given_to(service, li, source="website", campaign="双十一")
    convert = {"id": lead["id"], "version": lead["version"]}
    assert service.refused(li, "convert_lead", **convert) == "VALIDATION"
    assert service.refused(li, "convert_lead", **convert, custom={"budget": "many"}) == "VALIDATION"
    found = service.call(li, "convert_lead", **convert, custom={"budget": 7})
    rows = service.store.rows("SELECT custom FROM customer WHERE id = %s", (found["customer"]["id"],))
    assert rows == [({"budget": "7"},)]
    _, data = events_of(service, lead["id"])[-1]
    assert (data["contact_id"], data["source"], data["campaign"]) == (found["contact"]["id"], "website", "双十一")
    # nothing is left for the next test
    service.call(editor, "archive_customer_field", id=field["id"], version=field["version"])


def test_cus_43_a_customer_in_scope_is_linked_and_another_is_a_duplicate(service: Alone) -> None:
    li, other = worker(service, "lead.links"), seller(service, "lead.other")
    mine, theirs = number(), number()
    own = created(service, li, name="华信", phone=mine)
    created(service, other, name="远大", phone=theirs)
    linked = given_to(service, li, phone=mine, company=" 华信 ")
    found = service.call(li, "convert_lead", id=linked["id"], version=linked["version"])
    assert (found["linked"], found["customer"]["id"], found["contact"]["customer_id"]) == (True, own["id"], own["id"])
    taken = given_to(service, li, phone=theirs, company="远大")
    assert service.refused(li, "convert_lead", id=taken["id"], version=taken["version"]) == "DUPLICATE"
    after = seen(service, li, taken["id"])
    assert after is not None
    assert (after["status"], after["version"]) == ("ASSIGNED", taken["version"])


def test_a_lead_without_a_phone_needs_one_to_become_a_customer(service: Alone) -> None:
    li = worker(service, "lead.phoneless")
    lead = given_to(service, li, phone=None, email=f"{uuid4().hex}@a.cn", name="孙女士")
    convert = {"id": lead["id"], "version": lead["version"]}
    assert service.refused(li, "convert_lead", **convert) == "VALIDATION"
    phone = number()
    found = service.call(li, "convert_lead", **convert, phone=phone)
    assert (found["customer"]["kind"], found["customer"]["name"], found["customer"]["phone"]) == (
        "PERSON", "孙女士", phone,
    )  # fmt: skip
    with_phone = given_to(service, li)
    assert (
        service.refused(li, "convert_lead", id=with_phone["id"], version=with_phone["version"], phone=number())
        == "VALIDATION"
    )


def test_leads_are_given_to_active_employees_only(service: Alone) -> None:
    gone = known(service, employee("lead.gone"), active=False)
    lead = screened(service)
    give = {"id": lead["id"], "version": lead["version"]}
    assert service.refused(DESK, "assign_lead", **give, owner_id=str(gone.id)) == "VALIDATION"
    assert service.refused(DESK, "assign_lead", **give, owner_id=str(UUID(int=1))) == "VALIDATION"
    assert service.refused(DESK, "assign_lead", **(give | {"version": 1}), owner_id=str(DESK.id)) == "CONFLICT"


def test_idn_23_a_leavers_leads_are_counted_and_passed_on_in_turn(
    service: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customer.usecases.lead_handover.BATCH", 2)
    gone, one, two = (worker(service, f"lead.leaves.{name}") for name in ("gone", "one", "two"))
    ids = sorted(given_to(service, gone)["id"] for _ in range(3))
    ended = given_to(service, gone)
    service.call(gone, "give_up_lead", id=ended["id"], version=ended["version"], reason="x")
    system = Actor(kind=ActorKind.SYSTEM, id=uuid4(), name="system:identity")
    asked = {"from_id": gone.id, "to_ids": [one.id, two.id], "reason": "离职"}
    assert service.call(system, "owned_here", employee_id=gone.id)["counts"]["lead"] == 3
    assert service.call(system, "hand_over_here", **asked, kinds=["customer"])["moved"] == {"customer": 0}
    assert service.call(system, "hand_over_here", **asked, kinds=["lead"])["moved"] == {"lead": 3}
    owners = service.store.rows("SELECT owner_id FROM lead WHERE id = ANY(%s::uuid[]) ORDER BY id", (ids,))
    assert [each for (each,) in owners] == [one.id, two.id, one.id]
    assert service.call(system, "owned_here", employee_id=gone.id)["counts"]["lead"] == 0
