"""Opportunities (SAL-03 … 08, 11, 12): the ways of features §3.3, what they take, and what others' doing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.journal.sealing import ERASED
from crm_common.protocol.customer.holding import CustomerErased, CustomerReleased
from crm_common.protocol.customer.pool import CustomerAssigned, CustomerClaimed
from crm_common.protocol.customer.reclaim import CustomerReclaimed
from crm_common.protocol.customer.service import Holding, PoolReason
from crm_common.protocol.selection import Selected, dump
from earning.approved import change_of
from earning.jobs import run_job
from infra.postgres import SharedPostgres
from ordering.company import Company, company
from sales.usecases import forgetting, opportunity_course
from serving.hearing import deliver, envelope

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(postgres_server, tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.fixture
def li(firm: Company) -> Actor:
    return firm.seller("opp.li")


def begun(firm: Company, by: Actor, **given: Any) -> dict[str, Any]:
    about = {"customer_id": firm.customer_of(by), "name": "年度采购", "source": "转介绍", "amount": "50000.00"}
    made: dict[str, Any] = firm.sales.call(by, "create_opportunity", **about | given)["opportunity"]
    return made


def done(firm: Company, by: Actor, what: str, known: dict[str, Any], **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = firm.sales.call(by, what, id=known["id"], version=known["version"], **given)["opportunity"]
    return found


def refused(firm: Company, by: Actor, what: str, known: dict[str, Any], **given: Any) -> str:
    return firm.sales.refused(by, what, **{"id": known["id"], "version": known["version"]} | given)


def negotiating(firm: Company, by: Actor, **given: Any) -> dict[str, Any]:
    """One that went all the way."""
    known = begun(firm, by, lines=[{"product_id": firm.product(), "quantity": "1"}], **given)
    known = done(firm, by, "evaluate_opportunity", known, value=5, feasibility=4)
    known = done(firm, by, "move_opportunity", known, stage="EVALUATED")
    known = done(firm, by, "plan_opportunity", known, steps=[{"what": "上门拜访", "due_on": "2026-12-01"}])
    known = done(firm, by, "move_opportunity", known, stage="FOLLOWING")
    return done(firm, by, "move_opportunity", known, stage="NEGOTIATING")


def told(firm: Company, known: dict[str, Any]) -> list[str]:
    subject = f"opportunity/{known['id']}"
    rows = firm.sales.store.rows("SELECT type FROM journal WHERE subject = %s ORDER BY seq", (subject,))
    return [row[0].partition(".")[2] for row in rows]


def state(firm: Company, known: dict[str, Any]) -> tuple[str, int, str]:
    sql = "SELECT stage, probability, owner_id FROM opportunity WHERE id = %s"
    [(stage, probability, owner)] = firm.sales.store.rows(sql, (known["id"],))
    return stage, probability, str(owner)


def test_sal_03_one_begins_in_the_first_stage_at_ten_per_cent(firm: Company, li: Actor) -> None:
    known = begun(firm, li)
    assert (known["stage"], known["probability"], known["amount"]) == ("DISCOVERED", 10, "50000.00")
    assert told(firm, known) == ["created"]
    customer = firm.customer_of(li)
    assert firm.sales.refused(li, "create_opportunity", customer_id=customer, name="x") == "VALIDATION"
    wang = firm.seller("opp.wang")
    assert firm.sales.refused(wang, "create_opportunity", customer_id=customer, name="x", source="y") == "NOT_FOUND"


def test_sal_04_stages_are_gone_through_as_the_pipeline_leads_and_each_takes_its_own(firm: Company, li: Actor) -> None:
    known = begun(firm, li)
    for stage in ("WON", "FOLLOWING", "NEGOTIATING", "DISCOVERED", "LOST"):
        assert refused(firm, li, "move_opportunity", known, stage=stage) == "BAD_STATE"
    assert refused(firm, li, "move_opportunity", known, stage="EVALUATED") == "VALIDATION"
    known = done(firm, li, "evaluate_opportunity", known, value=3, feasibility=3)
    known = done(firm, li, "move_opportunity", known, stage="EVALUATED")
    assert refused(firm, li, "move_opportunity", known, stage="FOLLOWING") == "VALIDATION"
    known = done(firm, li, "plan_opportunity", known, steps=[{"what": "演示", "due_on": "2026-12-01"}])
    assert known["next_on"] == "2026-12-01"
    known = done(firm, li, "move_opportunity", known, stage="FOLLOWING")
    assert refused(firm, li, "move_opportunity", known, stage="NEGOTIATING") == "VALIDATION"
    known = done(firm, li, "update_opportunity", known, lines=[{"product_id": firm.product(), "quantity": "1"}])
    known = done(firm, li, "move_opportunity", known, stage="NEGOTIATING")
    assert (known["stage"], known["probability"]) == ("NEGOTIATING", 80)

    stages = [Selected("stages", "stages", {}, tuple(Selected(n, n) for n in ("stage", "left_at", "seconds")))]
    [found] = firm.sales.call(li, "opportunities_by_ids", ids=[known["id"]], select=dump(stages))
    dated = [(each["stage"], each["left_at"] is None, each["seconds"] is None) for each in found["stages"]]
    assert dated == [
        ("DISCOVERED", False, False), ("EVALUATED", False, False), ("FOLLOWING", False, False),
        ("NEGOTIATING", True, True),
    ]  # fmt: skip


def test_sal_05_what_is_worth_more_comes_first(firm: Company) -> None:
    he = firm.seller("opp.he")
    low, high, none = (begun(firm, he, name=name) for name in ("3×3", "5×4", "—"))
    done(firm, he, "evaluate_opportunity", low, value=3, feasibility=3)
    done(firm, he, "evaluate_opportunity", high, value=5, feasibility=4)
    listed = firm.sales.call(he, "opportunities")["nodes"]
    assert [(each["id"], each["priority"]) for each in listed] == [
        (high["id"], 20), (low["id"], 9), (none["id"], None)
    ]  # fmt: skip


def test_sal_06_what_was_said_does_steps_and_sets_the_stage(firm: Company, li: Actor) -> None:
    known = begun(firm, li)
    known = done(firm, li, "evaluate_opportunity", known, value=3, feasibility=3)
    known = done(firm, li, "plan_opportunity", known, steps=[{"what": "电话", "due_on": "2026-12-01"}])
    [[step]] = firm.sales.store.rows("SELECT id FROM opportunity_step WHERE opportunity_id = %s", (known["id"],))
    known = done(
        firm, li, "follow_up_opportunity", known, content="谈得不错", stage="EVALUATED", done_step_ids=[str(step)]
    )
    assert (known["stage"], known["next_on"]) == ("EVALUATED", None)
    assert told(firm, known)[-2:] == ["followed_up", "stage_changed"]
    wrong = refused(firm, li, "follow_up_opportunity", known, content="x", done_step_ids=[str(uuid4())])
    assert wrong == "NOT_FOUND"


def test_sal_08_lost_with_a_reason_and_reopened_by_a_manager_only(firm: Company, li: Actor) -> None:
    boss = firm.person("opp.boss", "opp.view", "opp.view_team", "opp.edit", "opp.reopen", opp="ALL")
    known = negotiating(firm, li)
    assert refused(firm, li, "lose_opportunity", known) == "VALIDATION"
    assert refused(firm, li, "lose_opportunity", known, reason="COMPETITOR") == "VALIDATION"
    assert refused(firm, boss, "lose_opportunity", known, reason="PRICE") == "FORBIDDEN"
    known = done(firm, li, "lose_opportunity", known, reason="COMPETITOR", competitor="友商")
    assert (known["stage"], known["probability"], known["competitor"]) == ("LOST", 0, "友商")
    for what, given in (
        ("move_opportunity", {"stage": "FOLLOWING"}),
        ("evaluate_opportunity", {"value": 1, "feasibility": 1}),
        ("update_opportunity", {"name": "x"}),
        ("plan_opportunity", {"steps": []}),
        ("lose_opportunity", {"reason": "PRICE"}),
        ("follow_up_opportunity", {"content": "x"}),
    ):
        assert refused(firm, li, what, known, **given) == "BAD_STATE"
    assert refused(firm, li, "reopen_opportunity", known) == "FORBIDDEN"
    again = done(firm, boss, "reopen_opportunity", known)
    assert (again["stage"], again["probability"], again["loss_reason"]) == ("FOLLOWING", 50, None)
    assert refused(firm, boss, "reopen_opportunity", again) == "BAD_STATE"


@pytest.mark.parametrize(("amount", "told_of"), [("100000.00", 1), ("99999.99", 0)])
def test_sal_11_a_big_deal_is_told_of_once(firm: Company, li: Actor, amount: str, told_of: int) -> None:
    known = begun(firm, li, amount=amount)
    known = done(firm, li, "update_opportunity", known, name="改名")
    assert told(firm, known).count("big_deal") == told_of


def test_sal_12_what_stands_for_thirty_days_is_told_of_once(firm: Company, li: Actor) -> None:
    known = begun(firm, li)
    for days, said in ((29, 0), (31, 1), (32, 1)):
        run_job(firm.sales, "sales.stalled_opportunities", datetime.now(UTC) + timedelta(days=days))
        assert told(firm, known).count("stalled") == said


def test_what_happens_to_its_customer_is_heard_by_one_method_in_its_order(firm: Company, li: Actor) -> None:
    known, wang = negotiating(firm, li), firm.seller("opp.order.wang")
    customer = UUID(known["customer_id"])
    about: dict[str, Any] = {"customer_id": customer, "name": "星河贸易", "changes": {}}
    free, held = about | {"holding": Holding.POOL, "owner_id": None}, about | {"holding": Holding.OWNED}
    released = CustomerReleased(**free, from_owner_id=li.id, reason="换人")
    claimed = CustomerClaimed(**held, owner_id=wang.id, call_id=uuid4())
    reclaimed = CustomerReclaimed(
        **free, from_owner_id=wang.id, due_at=datetime.now(UTC), reason=PoolReason.NO_FOLLOWUP
    )
    assigned = CustomerAssigned(**held, owner_id=li.id, reason=None, call_id=uuid4())
    told_of = [envelope(each, "hands") for each in (released, claimed, reclaimed, assigned)]
    # they arrive in any order
    deliver(firm.sales, [replace(each, seq=place) for place, each in enumerate(told_of, 1)][::-1])
    assert told(firm, known)[-4:] == ["suspended", "resumed", "suspended", "resumed"]
    assert state(firm, known) == ("NEGOTIATING", 80, str(li.id))
    heard = "SELECT type FROM inbox WHERE consumer = 'follow_customer' AND subject = %s"
    types = [kind for (kind,) in firm.sales.store.rows(heard, (f"customer/{customer}",))]
    assert sorted(types) == ["customer.assigned", "customer.claimed", "customer.reclaimed", "customer.released"]


def test_when_its_customer_goes_and_comes_it_is_suspended_and_resumed_by_the_next_owner(
    firm: Company, li: Actor
) -> None:
    known, wang = negotiating(firm, li), firm.seller("opp.wang")
    customer = UUID(known["customer_id"])
    lost = done(firm, li, "lose_opportunity", begun(firm, li, customer_id=str(customer)), reason="PRICE")
    for _ in range(2):
        with change_of(firm.sales) as change:
            opportunity_course.suspend(change, customer)
    assert state(firm, known) == ("SUSPENDED", 0, str(li.id))
    assert refused(firm, li, "move_opportunity", known, stage="FOLLOWING") == "BAD_STATE"
    for _ in range(2):
        with change_of(firm.sales) as change:
            opportunity_course.resume(change, customer, wang.id)
    assert state(firm, known) == ("NEGOTIATING", 80, str(wang.id))
    assert told(firm, known)[-2:] == ["suspended", "resumed"]
    with change_of(firm.sales) as change:
        opportunity_course.hand_over(change, customer, li.id)
    assert state(firm, known) == ("NEGOTIATING", 80, str(li.id))
    assert state(firm, lost) == ("LOST", 0, str(li.id))


def test_sal_07_an_order_of_its_lines_wins_it_when_it_is_approved_and_not_before(firm: Company, li: Actor) -> None:
    reviewer = firm.person("opp.reviewer", "order.view", "order.review", order="ALL")
    known = negotiating(firm, li)
    order = firm.sales.call(li, "order_opportunity", id=known["id"])["order"]
    assert (order["state"], order["amount"], order["opportunity_id"]) == ("DRAFT", "120000.00", known["id"])
    given = {"contract": firm.signed(li), "vouchers": [firm.voucher(li)], "version": order["version"]}
    order = firm.sales.call(li, "submit_order", id=order["id"], **given)["order"]
    assert state(firm, known)[0] == "NEGOTIATING"
    firm.sales.call(reviewer, "review_order", id=order["id"], version=order["version"], decision="APPROVE")
    assert state(firm, known)[:2] == ("WON", 100)
    assert told(firm, known)[-1] == "stage_changed"
    for _ in range(2):
        with change_of(firm.sales) as change:
            opportunity_course.win_not(change, UUID(known["id"]), UUID(order["id"]))
    assert state(firm, known)[:2] == ("NEGOTIATING", 80)
    assert refused(firm, firm.seller("opp.wang"), "order_opportunity", known, version=None) in (
        "NOT_FOUND",
        "VALIDATION",
    )


def test_aud_03_an_erased_customer_is_forgotten_in_what_was_written_of_it(firm: Company, li: Actor) -> None:
    known = begun(firm, li, name="欧阳秘密采购")
    done(firm, li, "follow_up_opportunity", known, content="秘密报价")
    erased = CustomerErased(
        customer_id=UUID(known["customer_id"]), name=ERASED, owner_id=None, holding=Holding.ERASED, changes={}
    )
    with change_of(firm.sales) as change:
        forgetting.forget_customer(change, erased)
    [shown] = firm.sales.call(li, "opportunities_by_ids", ids=[known["id"]])
    assert (shown["name"], shown["amount"]) == (ERASED, "50000.00")
    for table in ("opportunity", "opportunity_follow_up", "journal", "journal_key"):
        [[text]] = firm.sales.store.rows(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table} t")
        assert "秘密" not in text
    history = firm.sales.call(li, "opportunity_history", id=known["id"])["nodes"]
    assert history[-1]["changes"]["name"] == [None, ERASED]


def test_sal_04_pipelines_are_the_company_s_to_divide(firm: Company, li: Actor) -> None:
    boss = firm.person("opp.divider", "pipeline.edit")
    stage = {"key": "TALK", "name": "洽谈", "name_en": "Talk", "probability": 40, "next": ["SIGN"], "needs": ["SOURCE"]}
    last = {"key": "SIGN", "name": "签约", "name_en": "Sign", "probability": 90, "next": []}
    assert firm.sales.refused(li, "create_pipeline", name="x", stages=[stage, last]) == "FORBIDDEN"
    for wrong in ([stage], [stage, stage], [stage | {"key": "WON", "next": []}]):
        assert firm.sales.refused(boss, "create_pipeline", name="x", stages=wrong) == "VALIDATION"
    made = firm.sales.call(boss, "create_pipeline", name="大客户", stages=[stage, last])["pipeline"]
    known = begun(firm, li, pipeline_id=made["id"])
    assert (known["stage"], known["probability"]) == ("TALK", 40)
    assert refused(firm, boss, "update_pipeline", made, name="x", stages=[last]) == "BAD_STATE"
    made = firm.sales.call(
        boss, "update_pipeline", id=made["id"], version=1, name="大客户", stages=[stage | {"probability": 45}, last]
    )["pipeline"]
    assert state(firm, known)[:2] == ("TALK", 45)
    assert refused(firm, boss, "update_pipeline", made, version=1, name="x", stages=[stage, last]) == "CONFLICT"
