"""Automatic reclaim (CUS-15, 16, 17, BYD-03): to the second, warned once, rules of the day, explained before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.identity.settings import SettingChanged
from crm_common.settings_data import setting_id, text_of
from customer.usecases import clock, reclaim
from dealing.firm import DEFAULT_POOL, MANAGER, POOL_ADMIN, SELLER, Firm, at, firm, moment
from founded.house import NOW
from infra.postgres import SharedPostgres

pytestmark = pytest.mark.infra

SECOND = timedelta(seconds=1)
QUIET = {"taken": 0, "warned": 0}


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


@pytest.fixture
def deal(company: Firm) -> Iterator[Firm]:
    """With no customer in anybody's name, and the rules of the beginning."""
    company.settings.values.clear()
    company.clock.moment = NOW
    with company.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE customer SET holding = 'ERASED', owner_id = NULL, owned_since = NULL, anchor_at = NULL"
            " WHERE holding = 'OWNED'"
        )
        connection.exec_driver_sql("DELETE FROM reclaim_rule WHERE effective_from > '-infinity'")
    yield company
    company.settings.values.clear()
    company.clock.moment = NOW


@pytest.fixture
def li(deal: Firm) -> Actor:
    return deal.person("li", *SELLER)


def run(deal: Firm, as_of: datetime) -> dict[str, Any]:
    """Taken and warned, as the run reports."""
    report = deal.run(as_of)
    return {key: report.get(key, 0) for key in QUIET}


def kinds(deal: Firm, customer_id: UUID) -> list[str]:
    return [kind.removeprefix("customer.") for kind, _ in deal.events(customer_id)]


def touch(deal: Firm, customer_id: UUID, when: datetime, kind: SalesRecord = SalesRecord.FOLLOW_UP) -> bool:
    with deal.change() as change:
        return clock.touch(change, customer_id, when, kind)


def rule(deal: Firm, when: datetime, key: str, before: Any, value: Any) -> None:
    """A setting is changed at a moment."""
    deal.clock.moment = when
    changes = {"value": (text_of(before), text_of(value))}
    told = SettingChanged(
        setting_id=setting_id(key), key=key, value=text_of(value), version=1, reason=None, changes=changes
    )
    with deal.change() as change:
        reclaim.note_rule(change, told)


def test_cus_15_ninety_days_to_the_second(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    assert run(deal, at(90) - SECOND) == {"taken": 0, "warned": 1}
    assert deal.row(one, "holding", "owner_id") == ("OWNED", li.id)
    assert run(deal, at(90)) == {"taken": 1, "warned": 0}
    assert deal.row(one, "holding", "pool_reason", "last_owner_id", "pool_entered_at") == (
        "POOL", "NO_FOLLOWUP", li.id, at(90),
    )  # fmt: skip
    kind, told = deal.events(one)[-1]
    assert (kind, told["reason"], told["from_owner_id"], moment(told["due_at"])) == (
        "customer.reclaimed", "NO_FOLLOWUP", str(li.id), at(90),
    )  # fmt: skip
    assert told["changes"]["owner_id"] == [str(li.id), None]


def test_a_second_run_of_the_same_moment_does_nothing(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    assert run(deal, at(89)) == {"taken": 0, "warned": 1}
    assert run(deal, at(89)) == QUIET
    assert run(deal, at(90)) == {"taken": 1, "warned": 0}
    assert run(deal, at(90)) == QUIET
    assert kinds(deal, one) == ["reclaim_warned", "reclaimed"]


def test_cus_16_warned_one_day_ahead_once_a_cycle_until_a_new_record(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    assert run(deal, at(89) - SECOND) == QUIET
    assert run(deal, at(89)) == {"taken": 0, "warned": 1}
    kind, told = deal.events(one)[-1]
    assert (kind, moment(told["due_at"]), told["reason"], told["owner_id"]) == (
        "customer.reclaim_warned", at(90), "NO_FOLLOWUP", str(li.id),
    )  # fmt: skip
    assert touch(deal, one, at(89.5))
    assert deal.row(one, "warned_at", "last_follow_up_at", "anchor_at") == (None, at(89.5), at(89.5))
    assert run(deal, at(178.5) - SECOND) == QUIET
    assert run(deal, at(178.5)) == {"taken": 0, "warned": 1}
    assert run(deal, at(179)) == QUIET
    assert kinds(deal, one) == ["reclaim_warned", "sales_recorded", "reclaim_warned"]


def test_cus_16_a_failed_reminder_keeps_nobody_unless_it_is_required(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    assert run(deal, at(95)) == {"taken": 1, "warned": 0}
    deal.clock.moment = NOW
    rule(deal, at(-2), "pool.require_reminder", before=False, value=True)
    deal.clock.moment = NOW
    [two] = deal.owned(li)
    assert run(deal, at(95)) == {"taken": 0, "warned": 1}
    assert run(deal, at(96) - SECOND) == QUIET
    assert run(deal, at(96)) == {"taken": 1, "warned": 0}
    assert (kinds(deal, one), kinds(deal, two)) == (["reclaimed"], ["reclaim_warned", "reclaimed"])


def test_cus_17_without_a_contract_for_180_days_whatever_was_said(deal: Firm, li: Actor) -> None:
    [one, signed] = deal.owned(li, 2)
    for week in range(1, 26):
        touch(deal, one, at(week * 7))
        touch(deal, signed, at(week * 7), SalesRecord.CONTRACT_SIGNED if week == 9 else SalesRecord.CALL)
    assert run(deal, at(179)) == {"taken": 0, "warned": 1}
    assert run(deal, at(180) - SECOND) == QUIET
    assert run(deal, at(180)) == {"taken": 1, "warned": 0}
    assert deal.row(one, "holding", "pool_reason") == ("POOL", "NO_CONTRACT")
    assert deal.row(signed, "holding", "signed_at") == ("OWNED", at(63))


def test_cus_15_dealt_customers_are_exempt_only_when_the_company_says_so(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    touch(deal, one, at(1), SalesRecord.ORDER_APPROVED)
    rule(deal, at(2), "pool.exempt_dealt", before=False, value=True)
    assert run(deal, at(91)) == QUIET
    rule(deal, at(91), "pool.exempt_dealt", before=True, value=False)
    assert run(deal, at(92)) == {"taken": 1, "warned": 0}


def test_cus_15_an_order_that_waits_for_review_is_exempt(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    about = {"customer_id": one, "reference": f"sales:order/{uuid4()}"}
    deal.as_system("hold", **about, reason="ORDER_REVIEW")
    assert run(deal, at(200)) == QUIET
    deal.as_system("release_hold", **about)
    assert run(deal, at(200)) == {"taken": 1, "warned": 0}


def test_cus_15_a_changed_rule_holds_from_the_next_day_on(deal: Firm, li: Actor) -> None:
    [one] = deal.owned(li)
    rule(deal, at(40), "pool.reclaim_days", 90, 30)
    # at(40) is 17:00 in Shanghai: the day ends 7 hours later
    assert run(deal, at(40, hours=7) - SECOND) == QUIET
    assert deal.call(li, "customers_by_ids", ids=[one])[0]["reclaim_due_at"] == at(90).strftime("%FT%T.000000Z")
    deal.clock.moment = at(40, hours=7)
    assert moment(deal.call(li, "customers_by_ids", ids=[one])[0]["reclaim_due_at"]) == at(30)
    assert run(deal, at(40, hours=7)) == {"taken": 1, "warned": 0}


def test_two_changes_of_one_day_and_one_of_the_day_before_all_hold(deal: Firm, li: Actor) -> None:
    rule(deal, at(-3), "pool.reclaim_days", 90, 60)
    rule(deal, at(-2), "pool.no_contract_days", 180, 0)
    rule(deal, at(-2), "pool.reclaim_days", 60, 50)
    deal.clock.moment = NOW
    [one] = deal.owned(li)
    assert moment(deal.call(li, "customers_by_ids", ids=[one])[0]["reclaim_due_at"]) == at(50)
    rule(deal, at(1), "pool.reclaim_days", 50, 0)
    deal.clock.moment = at(3)
    seen = deal.call(li, "customers_by_ids", ids=[one])[0]
    assert (seen["reclaim_due_at"], seen["reclaim_reason"]) == (None, None)
    assert run(deal, at(4000)) == QUIET


def test_byd_03_days_by_level_further_days_by_record_and_an_absolute_end(deal: Firm, li: Actor) -> None:
    rule(deal, at(-9), "pool.level_days", {}, {"A": 30, "B": 0})
    rule(deal, at(-9), "pool.max_days", 0, 120)
    rule(deal, at(-9), "pool.no_contract_days", 180, 0)
    deal.clock.moment = NOW
    deal.settings.values["pool.extension_days"] = {"QUOTE": 10}
    [a], [b], [quoted], [long] = (deal.owned(li, level=level) for level in ("A", "B", "A", None))
    touch(deal, quoted, at(5), SalesRecord.QUOTE)
    for day in range(10, 120, 10):
        touch(deal, long, at(day))
    due = {each: deal.call(li, "customers_by_ids", ids=[each])[0] for each in (a, b, quoted, long)}
    assert [(moment(each["reclaim_due_at"]), each["reclaim_reason"]) for each in due.values()] == [
        (at(30), "NO_FOLLOWUP"), (at(90), "NO_FOLLOWUP"), (at(45), "NO_FOLLOWUP"), (at(120), "HELD_TOO_LONG"),
    ]  # fmt: skip
    assert [deal.run(at(day)).get("taken", 0) for day in (30, 44, 45, 90, 119, 120)] == [1, 0, 1, 1, 0, 1]
    assert deal.row(long, "pool_reason") == "HELD_TOO_LONG"


def test_byd_03_days_by_product_of_interest_of_several_the_most(deal: Firm, li: Actor) -> None:
    rule(deal, at(-9), "pool.product_days", {}, {"信托 A": 120, "Bond": 20, "off": 0})
    rule(deal, at(-9), "pool.level_days", {}, {"A": 30})
    deal.clock.moment = NOW
    both, bond, other, none = (deal.owned(li, level="A")[0] for _ in range(4))
    writer = replace(li, permissions=li.permissions | {"customer.follow"})
    for customer_id, names in ((both, ["bond", "信托 a"]), (bond, ["BOND"]), (other, ["基金"])):
        given = {"type": "PHONE", "content": "谈", "products": [{"name": name} for name in names]}
        deal.call(writer, "create_follow_up", customer_id=customer_id, **given)
    due = [deal.call(li, "customers_by_ids", ids=[each])[0]["reclaim_due_at"] for each in (both, bond, other, none)]
    assert [moment(each) for each in due] == [at(120), at(20), at(30), at(30)]
    assert [deal.run(at(day)).get("taken", 0) for day in (19.99, 20, 30, 119, 120)] == [0, 1, 2, 0, 1]


def test_an_older_record_moves_nothing_and_one_about_a_pool_customer_neither(deal: Firm, li: Actor) -> None:
    [one], [pooled] = deal.owned(li), deal.pooled()
    assert touch(deal, one, at(5))
    assert not touch(deal, one, at(4), SalesRecord.CALL)
    assert not touch(deal, pooled, at(5))
    assert deal.row(one, "anchor_at", "version") == (at(5), 1)
    note = {"customer_id": one, "kind": "QUOTE", "at": at(6), "reference": f"sales:quote/{uuid4()}"}
    assert deal.as_system("note_sales_record", **note) == {"counted": True}
    assert deal.refused(li, "note_sales_record", **note) == "FORBIDDEN"
    assert deal.row(one, "anchor_at", "last_follow_up_at") == (at(6), at(5))


def test_a_dry_run_says_what_would_happen_and_changes_nothing(deal: Firm, li: Actor) -> None:
    deal.owned(li, 3)
    before = deal.rows()
    assert deal.run(at(90), dry_run=True) == {"evaluated": 3, "taken": 3, "warned": 0}
    assert deal.rows() == before


def test_byd_03_the_preview_tells_what_would_go_and_why_page_by_page(deal: Firm, li: Actor) -> None:
    boss = deal.person("boss", *MANAGER, customer="TEAM")
    member = deal.person("member", *SELLER, line=(boss.id,))
    late = deal.owned(member, 3)
    deal.owned(li)
    deal.clock.moment = at(1)
    later = deal.owned(member, 1)
    asked = {"as_of": at(91), "first": 2}
    page = deal.call(boss, "reclaim_preview", **asked)
    rest = deal.call(boss, "reclaim_preview", **asked, after=page[-1]["customer_id"])
    assert [each["customer_id"] for each in (*page, *rest)] == [*sorted(map(str, late)), str(later[0])]
    first = page[0] | {"customer_id": None, "name": None}
    assert first == {
        "customer_id": None, "name": None, "owner_id": str(member.id), "owner_name": member.name, "level": None,
        "due_at": at(90).isoformat().replace("+00:00", "Z"), "reason": "NO_FOLLOWUP",
        "clock_since": NOW.isoformat().replace("+00:00", "Z"), "days": 90, "warned_at": None,
        "pool_id": str(DEFAULT_POOL), "pool_name": "公海",
    }  # fmt: skip
    assert deal.call(boss, "reclaim_preview", as_of=at(90) - SECOND) == []
    assert len(deal.call(deal.person("rules", *POOL_ADMIN), "reclaim_preview", as_of=at(91))) == 5
    assert deal.refused(li, "reclaim_preview") == "FORBIDDEN"
    # and exactly that goes
    assert run(deal, at(91))["taken"] == 5


def test_cus_36_reclaim_and_claim_are_two_rows_of_history(deal: Firm, li: Actor) -> None:
    wang = deal.person("wang", *SELLER)
    [one] = deal.owned(li)
    run(deal, at(90))
    deal.clock.moment = at(91)
    assert deal.codes(wang, "claim_customers", [one]) == [None]
    rows = deal.call(wang, "ownership_history", customer_id=one)["nodes"]
    assert [(each["type"], each["reason"], each["by_name"], each["from_owner_id"]) for each in rows] == [
        ("customer.claimed", None, wang.name, None),
        ("customer.reclaimed", "NO_FOLLOWUP", "system:customer", str(li.id)),
    ]


def test_byd_03_a_customer_goes_to_the_pool_of_its_region_or_of_its_owners_department(deal: Firm, li: Actor) -> None:
    rules = deal.person("rules", *POOL_ADMIN)
    region = f"r{uuid4().hex[:6]}"
    of_region = deal.call(rules, "create_pool", name=f"区域 {region}", regions=[region])["pool"]
    of_people = deal.call(rules, "create_pool", name=f"部门 {region}", source_department_ids=[li.department_id])["pool"]
    [theirs], [regional] = deal.owned(li), deal.owned(deal.person("other"), region=region)
    [plain] = deal.owned(deal.person("another"))
    assert run(deal, at(90))["taken"] == 3
    assert [str(deal.row(each, "pool_id")) for each in (regional, theirs)] == [of_region["id"], of_people["id"]]
    assert deal.row(plain, "pool_id") != deal.row(theirs, "pool_id")
    assert deal.call(rules, "pools_by_ids", ids=[of_region["id"]])[0]["customer_count"] == 1
