"""Assignment from the pool (CUS-20, 38): evenly to people, or to a department whose head passes on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor, system_context
from dealing.firm import POOL_ADMIN, SELLER, Firm, at, moment
from founded.house import NOW

pytestmark = pytest.mark.infra


@pytest.fixture
def steward(deal: Firm) -> Actor:
    return deal.person("steward", *POOL_ADMIN)


def staffed(deal: Firm) -> tuple[dict[str, Any], Actor, Actor, Actor]:
    """A department with a head, a member, and a member of a department below it."""
    above = deal.house.department(f"销售 {uuid4().hex[:6]}")
    below = deal.house.department("一组", above)
    head = deal.employee("head", above, *SELLER)
    deal.house.head(above, {"id": str(head.id)})
    return above, head, deal.employee("member", above, *SELLER), deal.employee("below", below, *SELLER)


def test_cus_20_twenty_five_to_two_are_thirteen_and_twelve(deal: Firm, steward: Actor) -> None:
    one, two = deal.employee("one", deal.house.root, *SELLER), deal.employee("two", deal.house.root, *SELLER)
    ids = deal.pooled(25)
    assert deal.codes(steward, "assign_customers", ids, to_ids=[one.id, two.id], reason="新客户") == [None] * 25
    assert Counter(deal.row(each, "owner_id") for each in ids) == {one.id: 13, two.id: 12}
    told = [deal.events(each)[0] for each in ids]
    assert {kind for kind, _ in told} == {"customer.assigned"}
    # one call: whoever receives thirteen is told once
    assert len({data["call_id"] for _, data in told}) == 1
    assert {data["reason"] for _, data in told} == {"新客户"}


def test_cus_20_what_is_not_in_the_pool_is_told_and_the_rest_is_dealt_out(deal: Firm, steward: Actor) -> None:
    one, two = deal.employee("one", deal.house.root), deal.employee("two", deal.house.root)
    [a, b], [trash] = deal.pooled(2), deal.pooled(holding="TRASH", entered=None)
    ids = [trash, a, uuid4(), b]
    told = ["BAD_STATE", None, "NOT_FOUND", None]
    assert deal.codes(steward, "assign_customers", ids, to_ids=[one.id, two.id]) == told
    assert [deal.row(each, "owner_id") for each in (a, b)] == [one.id, two.id]


def test_cus_20_receivers_are_active_employees_or_one_department(deal: Firm, steward: Actor) -> None:
    gone = deal.employee("gone", deal.house.root)
    deal.disable(gone)
    ids = deal.pooled(1)
    headless = deal.house.department(f"无人 {uuid4().hex[:6]}")["id"]
    for receivers in (
        {"to_ids": [gone.id]},
        {"to_ids": [uuid4()]},
        {},
        {"to_ids": [gone.id], "department_id": headless},
        {"department_id": headless},
        {"department_id": uuid4()},
    ):
        assert deal.refused(steward, "assign_customers", ids=ids, **receivers) == "VALIDATION"
    assert deal.refused(deal.person("seller", *SELLER), "assign_customers", ids=ids, to_ids=[gone.id]) == "FORBIDDEN"


def test_cus_38_only_the_head_sees_the_queue_and_passes_on(deal: Firm, steward: Actor) -> None:
    department, head, member, below = staffed(deal)
    [one, two] = deal.pooled(2)
    assert deal.codes(steward, "assign_customers", [one, two], department_id=department["id"]) == [None, None]
    assert deal.row(one, "holding", "owner_id", "queue_department_id") == ("DEPT_QUEUE", None, UUID(department["id"]))
    [(kind, told)] = deal.events(one)
    assert (kind, told["department_id"], told["head_id"]) == ("customer.queued", department["id"], str(head.id))
    waiting = [each["id"] for each in deal.call(head, "queued_customers")["nodes"]]
    assert sorted(waiting) == sorted([str(one), str(two)])
    assert deal.call(member, "queued_customers")["nodes"] == []
    assert deal.call(member, "customers_by_ids", ids=[one]) == [None]
    assert deal.call(head, "customers_by_ids", ids=[one])[0]["holding"] == "DEPT_QUEUE"
    assert deal.codes(head, "claim_customers", [one]) == ["CONFLICT"]

    outside = deal.employee("outside", deal.house.root)
    assert deal.codes(member, "pass_on_customers", [one], to_id=member.id) == ["FORBIDDEN"]
    assert deal.codes(head, "pass_on_customers", [one], to_id=outside.id) == ["VALIDATION"]
    assert deal.codes(head, "pass_on_customers", [one], to_id=below.id) == [None]
    assert deal.codes(head, "pass_on_customers", [one, two, *deal.pooled(1)], to_id=member.id) == [
        "NOT_FOUND", None, "BAD_STATE",
    ]  # fmt: skip
    assert [deal.row(each, "owner_id") for each in (one, two)] == [below.id, member.id]
    assert [kind for kind, _ in deal.events(two)] == ["customer.queued", "customer.assigned"]


def reminders(deal: Firm, as_of: datetime) -> int:
    """How many the job tells of as of a moment."""
    context = system_context("customer", correlation_id="test")
    run = deal.service.scheduler.run_now("customer.queue_waiting", context, as_of=as_of)
    assert run["outcome"] == "DONE"
    return int(run["report"]["told"])


def test_cus_38_the_head_is_reminded_after_a_day_once_for_each_time_it_waits(deal: Firm, steward: Actor) -> None:
    deal.settings.values["sys.allow_time_travel"] = True
    # what other tests left in queues
    reminders(deal, at(50))
    department, head, member, _ = staffed(deal)
    one, two, passed = deal.pooled(3)
    to_queue = {"department_id": department["id"]}
    assert deal.codes(steward, "assign_customers", [one, two, passed], **to_queue) == [None] * 3
    assert deal.codes(head, "pass_on_customers", [passed], to_id=member.id) == [None]
    assert reminders(deal, at(1, seconds=-1)) == 0
    assert reminders(deal, at(1)) == 2
    assert reminders(deal, at(2)) == 0
    for each in (one, two):
        kind, told = deal.events(each)[-1]
        assert (kind, told["department_id"], told["head_id"]) == (
            "customer.queue_waiting", department["id"], str(head.id),
        )  # fmt: skip
        assert moment(told["queued_at"]) == NOW
    assert [kind for kind, _ in deal.events(passed)] == ["customer.queued", "customer.assigned"]
    # given back and queued again, it is waited for anew
    assert deal.codes(head, "pass_on_customers", [one], to_id=member.id) == [None]
    assert deal.codes(member, "release_customers", [one], reason="x") == [None]
    deal.clock.moment = at(3)
    assert deal.codes(steward, "assign_customers", [one], **to_queue) == [None]
    assert reminders(deal, at(4, seconds=-1)) == 0
    assert reminders(deal, at(4)) == 1


def test_cus_38_what_waits_for_a_head_is_nobody_elses(deal: Firm, steward: Actor) -> None:
    department, _, member, _ = staffed(deal)
    [one] = deal.pooled()
    deal.codes(steward, "assign_customers", [one], department_id=department["id"])
    assert deal.codes(member, "release_customers", [one], reason="x") == ["NOT_FOUND"]
    assert deal.codes(steward, "discard_customers", [one], reason="x") == ["NOT_FOUND"]
    assert deal.codes(steward, "assign_customers", [one], to_ids=[member.id]) == ["NOT_FOUND"]


def test_byd_03_a_pool_with_administrators_is_theirs_to_assign_from_and_to_clean(deal: Firm, steward: Actor) -> None:
    admin = deal.person("admin", *POOL_ADMIN)
    receiver = deal.employee("receiver", deal.house.root)
    given = {"name": f"华东 {uuid4().hex[:6]}", "admin_ids": [admin.id]}
    [one] = deal.pooled(pool=UUID(deal.call(steward, "create_pool", **given)["pool"]["id"]))
    assert deal.refused(steward, "assign_customers", ids=[one], to_ids=[receiver.id]) == "FORBIDDEN"
    assert deal.refused(steward, "discard_customers", ids=[one], reason="x") == "FORBIDDEN"
    assert deal.codes(admin, "assign_customers", [one], to_ids=[receiver.id]) == [None]
