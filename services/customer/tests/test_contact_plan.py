"""How often customers are spoken to (CUS-49): too seldom is told, too often is not sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol.selection import Selected, dump
from dealing.firm import MANAGER, Firm, firm
from founded.house import NOW
from infra.postgres import SharedPostgres
from selling import events_of, number

pytestmark = pytest.mark.infra

OWNER = (*MANAGER, "customer.edit", "customer.follow")


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


@pytest.fixture
def plan(company: Firm) -> Iterator[Firm]:
    company.settings.values.clear()
    company.clock.moment = NOW
    yield company
    company.settings.values.clear()
    company.clock.moment = NOW


def made(plan: Firm, by: Actor, customer_class: str | None = None) -> str:
    values = {"name": f"客户 {uuid4().hex[:8]}", "phone": number()}
    customer = plan.call(by, "create_customer", **values)["customer"]
    if customer_class:
        plan.call(by, "set_customer_class", id=customer["id"], version=1, customer_class=customer_class)
    return str(customer["id"])


def due(plan: Firm, by: Actor) -> list[str]:
    nodes = plan.call(by, "contact_plan_due", select=dump([Selected("id", "id")]), first=100)["nodes"]
    return sorted(each["id"] for each in nodes)


def told(plan: Firm, *ids: str) -> list[dict[str, Any]]:
    """What a run of the job tells of these customers, in all."""
    assert plan.as_system("run_job", name="customer.contact_plan")["run"]["outcome"] == "DONE"
    return [data for each in ids for _, data in events_of(plan.store, f"contact_plan/{each}")]


def sent(plan: Firm, of: str, count: int, purpose: str = "MARKETING") -> None:
    for _ in range(count):
        touch = {"channel": "SMS", "purpose": purpose, "at": plan.clock.now(), "reference": f"marketing:sms/{uuid4()}"}
        assert plan.as_system("note_touch", customer_id=of, **touch) == {"noted": True}


def reach(plan: Firm, of: str, channel: str = "SMS", purpose: str = "MARKETING") -> str | None:
    asked = {"customer_ids": [of], "channel": channel, "purpose": purpose}
    [answer] = plan.as_system("contactable", **asked)
    found: str | None = answer["refused"]
    return found


def test_cus_49_a_high_value_customer_to_whom_nobody_spoke_for_thirty_days_is_due_and_told_once(plan: Firm) -> None:
    li = plan.person("li", *OWNER)
    silent, spoken, ordinary = made(plan, li, "high_value"), made(plan, li, "high_value"), made(plan, li, "ordinary")
    plan.clock.moment += timedelta(days=29)
    assert due(plan, li) == []
    plan.call(li, "create_follow_up", customer_id=spoken, type="PHONE", content="问候")
    sent(plan, silent, 1)  # what is sent to many is not speaking to somebody
    plan.clock.moment += timedelta(days=1)
    assert due(plan, li) == [silent]
    assert due(plan, plan.person("wang", *OWNER)) == []
    [event] = told(plan, silent, spoken, ordinary)
    assert (event["owner_id"], event["customer_class"], event["touches"], event["least"], event["days"]) == (
        str(li.id), "high_value", 0, 1, 30,
    )  # fmt: skip
    assert len(told(plan, silent)) == 1
    plan.clock.moment += timedelta(days=30)
    assert len(told(plan, silent)) == 2
    assert due(plan, li) == sorted([silent, spoken])


def test_the_plan_is_of_settings_and_a_new_owner_has_all_its_days(plan: Firm) -> None:
    li, wang = plan.person("li", *OWNER), plan.person("wang", *OWNER)
    of = made(plan, li, "ordinary")
    plan.settings.values |= {"contact_plan.least": {"ordinary": 2}, "contact_plan.days": 10}
    plan.clock.moment += timedelta(days=9)
    plan.call(li, "create_follow_up", customer_id=of, type="PHONE", content="问候")
    plan.clock.moment += timedelta(days=2)
    assert due(plan, li) == [of]
    plan.call(li, "create_follow_up", customer_id=of, type="VISIT", content="拜访")
    assert due(plan, li) == []
    plan.clock.moment += timedelta(days=11)
    assert due(plan, li) == [of]
    plan.call(li, "release_customers", ids=[of], reason="x")
    plan.call(wang, "claim_customers", ids=[of])
    assert due(plan, wang) == []


def test_cus_49_the_fifth_marketing_message_within_thirty_days_is_not_sent(plan: Firm) -> None:
    li = plan.person("li", *OWNER)
    of = made(plan, li)
    sent(plan, of, 3)
    sent(plan, of, 5, purpose="SERVICE")
    assert reach(plan, of) is None
    sent(plan, of, 1)
    # by whatever way
    assert [reach(plan, of), reach(plan, of, channel="EMAIL")] == ["TOO_OFTEN", "TOO_OFTEN"]
    assert reach(plan, of, purpose="SERVICE") is None
    plan.clock.moment += timedelta(days=30)
    assert reach(plan, of) is None


def test_a_message_is_noted_once_and_stands_on_the_timeline(plan: Firm) -> None:
    li = plan.person("li", *OWNER)
    of = made(plan, li)
    touch = {"channel": "WECHAT", "purpose": "MARKETING", "at": plan.clock.now(), "reference": f"x:y/{uuid4()}"}
    assert plan.as_system("note_touch", customer_id=of, **touch) == {"noted": True}
    assert plan.as_system("note_touch", customer_id=of, **touch) == {"noted": False}
    assert plan.as_system("note_touch", customer_id=uuid4(), **touch) == {"noted": False}
    assert plan.refused(li, "note_touch", customer_id=of, **touch) == "FORBIDDEN"
    select = dump([Selected(name, name) for name in ("channel", "kind", "text")])
    [entry] = plan.call(li, "timeline", customer_id=of, channels=["SOCIAL"], select=select)["nodes"]
    assert entry == {"channel": "SOCIAL", "kind": "message.sent", "text": "MARKETING"}
    assert plan.row(UUID(of), "version") == 1
