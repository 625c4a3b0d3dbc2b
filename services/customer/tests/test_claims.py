"""Claims (CUS-21, 22, BYD-01, 02): limits, what each customer of a call is told, and a ledger that only grows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from crm_common.context import Actor
from crm_common.errors import Code, CrmError
from customer.store.ledger import _claiming
from dealing.firm import DEFAULT_POOL, SELLER, Firm, at
from founded.house import NOW

pytestmark = pytest.mark.infra


@pytest.fixture
def li(deal: Firm) -> Actor:
    return deal.person("li", *SELLER)


def claim(deal: Firm, by: Actor, ids: list[UUID]) -> list[str | None]:
    return deal.codes(by, "claim_customers", ids)


def test_cus_21_eleven_are_refused_as_a_whole_and_ten_are_his(deal: Firm, li: Actor) -> None:
    ids = deal.pooled(11)
    assert deal.refused(li, "claim_customers", ids=ids) == "LIMIT_EXCEEDED"
    answer = deal.call(li, "claim_customers", ids=ids[:10])
    assert [each["done"] for each in answer["results"]] == [True] * 10
    assert [(each["id"], each["owner_id"], each["holding"]) for each in answer["customers"]] == [
        (str(each), str(li.id), "OWNED") for each in ids[:10]
    ]
    assert deal.row(ids[10], "holding", "owner_id") == ("POOL", None)
    assert deal.call(li, "my_customers", total=True)["total"] == 10


def test_sys_01_another_claim_max_holds_at_once(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.claim_max"] = 5
    assert deal.refused(li, "claim_customers", ids=deal.pooled(6)) == "LIMIT_EXCEEDED"
    assert claim(deal, li, deal.pooled(5)) == [None] * 5


def test_a_claim_is_told_with_all_that_became_different(deal: Firm, li: Actor) -> None:
    [one] = deal.pooled()
    assert claim(deal, li, [one]) == [None]
    [(kind, told)] = deal.events(one)
    call = told.pop("call_id")
    now = "2026-11-23T09:00:00Z"
    assert (kind, told) == (
        "customer.claimed",
        {
            "customer_id": str(one),
            "name": f"K {one}",
            "owner_id": str(li.id),
            "holding": "OWNED",
            "changes": {
                "holding": ["POOL", "OWNED"],
                "owner_id": [None, str(li.id)],
                "owned_since": [None, now],
                "anchor_at": [None, now],
                "pool_id": [str(DEFAULT_POOL), None],
                "pool_entered_at": [now, None],
                "pool_reason": ["CREATED", None],
            },
        },
    )
    ledger = "SELECT call_id::text, employee_id, department_id, claimed_at FROM claim_ledger WHERE customer_id = %s"
    assert deal.store.rows(ledger, (one,)) == [(call, li.id, li.department_id, NOW)]
    assert deal.row(one, "owned_since", "anchor_at", "version") == (NOW, NOW, 2)


def test_each_customer_of_a_call_gets_its_own_answer(deal: Firm, li: Actor) -> None:
    wang = deal.person("wang", *SELLER)
    [free, taken, mine] = deal.pooled(3)
    assert claim(deal, wang, [taken]) == [None]
    assert claim(deal, li, [mine]) == [None]
    [never_in_the_pool] = deal.owned(wang)
    [trash] = deal.pooled(holding="TRASH", entered=None)
    [gone] = deal.pooled(holding="ERASED", entered=None)
    ids = [taken, free, uuid4(), mine, never_in_the_pool, trash, gone]
    told = ["CONFLICT", None, "NOT_FOUND", "BAD_STATE", "NOT_FOUND", "READ_ONLY", "NOT_FOUND"]
    assert claim(deal, li, ids) == told
    assert [deal.row(each, "owner_id") for each in (taken, free, never_in_the_pool)] == [wang.id, li.id, wang.id]


def test_cus_21_of_two_who_want_the_same_exactly_one_gets_it(deal: Firm) -> None:
    people = [deal.person(f"racer {n}", *SELLER) for n in range(8)]
    for _ in range(5):
        ids = deal.pooled(3)
        found: list[tuple[Actor, list[str | None]]] = []
        together(partial(_race, deal, ids, found), people)
        for place, one in enumerate(ids):
            winners = [who.id for who, codes in found if codes[place] is None]
            assert winners == [deal.row(one, "owner_id")]
            assert sorted(codes[place] or "" for _, codes in found) == ["", *["CONFLICT"] * 7]
            assert [kind for kind, _ in deal.events(one)] == ["customer.claimed"]


def _race(deal: Firm, ids: list[UUID], found: list[tuple[Actor, list[str | None]]], who: Actor) -> None:
    found.append((who, claim(deal, who, ids)))


def together(work: Callable[[Any], Any], things: list[Any]) -> None:
    """Do the work for all at once."""
    ready, failed = threading.Barrier(len(things)), []

    def run(thing: Any) -> None:
        ready.wait(30)
        try:
            work(thing)
        except BaseException as failure:
            failed.append(failure)

    threads = [threading.Thread(target=run, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_cus_22_the_second_claim_of_a_day_is_refused_and_the_next_day_goes(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.claim_times_per_day"] = 1
    [one, two] = deal.pooled(2)
    # 23:59 in Shanghai
    deal.clock.moment = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
    assert claim(deal, li, [one]) == [None]
    assert deal.refused(li, "claim_customers", ids=[two]) == "LIMIT_EXCEEDED"
    deal.clock.moment = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert claim(deal, li, [two]) == [None]


def test_byd_02_giving_back_refunds_no_claim(deal: Firm, li: Actor) -> None:
    deal.settings.values |= {"pool.claim_times_per_day": 2, "pool.claimed_per_day": 3}
    ids = deal.pooled(5)
    assert claim(deal, li, ids[:2]) == [None, None]
    assert deal.codes(li, "release_customers", ids[:2], reason="x") == [None, None]
    assert claim(deal, li, [ids[0], ids[2], ids[3]]) == [None, "LIMIT_EXCEEDED", "LIMIT_EXCEEDED"]
    assert deal.codes(li, "release_customers", [ids[0]], reason="x") == [None]
    assert deal.refused(li, "claim_customers", ids=[ids[4]]) == "LIMIT_EXCEEDED"


def test_a_claim_that_won_nothing_counts_for_nothing(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.claim_times_per_day"] = 1
    assert claim(deal, li, [uuid4()]) == ["NOT_FOUND"]
    assert claim(deal, li, deal.pooled()) == [None]


def test_byd_02_the_ledger_can_only_be_added_to(deal: Firm, li: Actor) -> None:
    claim(deal, li, deal.pooled())
    with psycopg.connect(deal.url, autocommit=True) as runtime:
        for statement in ("UPDATE claim_ledger SET employee_id = NULL", "DELETE FROM claim_ledger",
                          "TRUNCATE claim_ledger", "UPDATE ownership_change SET type = ''",
                          "DELETE FROM ownership_change"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                runtime.execute(statement)


def test_byd_02_between_two_claims_a_gap(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.claim_gap_seconds"] = 60
    [one, two] = deal.pooled(2)
    assert claim(deal, li, [one]) == [None]
    deal.clock.moment = at(seconds=59)
    assert deal.refused(li, "claim_customers", ids=[two]) == "LIMIT_EXCEEDED"
    deal.clock.moment = at(seconds=60)
    assert claim(deal, li, [two]) == [None]


def test_cus_22_a_person_holds_at_most_so_many(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.max_held"] = 3
    deal.owned(li, 1)
    ids = deal.pooled(3)
    assert claim(deal, li, ids) == [None, None, "LIMIT_EXCEEDED"]
    assert claim(deal, li, ids[2:]) == ["LIMIT_EXCEEDED"]
    assert deal.codes(li, "release_customers", ids[:1], reason="x") == [None]
    assert claim(deal, li, ids[2:]) == [None]


def test_byd_03_a_department_holds_at_most_so_many(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.max_held_department"] = 3
    colleague = deal._known(uuid4(), "colleague", li.department_id or uuid4(), SELLER, (), {})
    deal.owned(colleague, 2)
    assert claim(deal, li, deal.pooled(2)) == [None, "LIMIT_EXCEEDED"]
    assert claim(deal, deal.person("elsewhere", *SELLER), deal.pooled(2)) == [None, None]


@pytest.mark.parametrize(
    ("setting", "limit", "held"),
    [
        ("pool.max_held", 4, 4),
        ("pool.max_held_department", 4, 4),
        ("pool.claimed_per_day", 4, 4),
        ("pool.claim_times_per_day", 2, 4),
        ("pool.claim_gap_seconds", 1, 2),
    ],
)
def test_no_limit_is_broken_by_calls_at_once(deal: Firm, li: Actor, setting: str, limit: int, held: int) -> None:
    deal.settings.values[setting] = limit
    batches = [deal.pooled(2) for _ in range(8)]
    codes: list[Code] = []

    def one(ids: list[UUID]) -> None:
        try:
            deal.call(li, "claim_customers", ids=ids)
        except CrmError as refusal:
            codes.append(refusal.code)

    together(one, batches)
    assert set(codes) <= {Code.LIMIT_EXCEEDED}
    assert deal.store.rows("SELECT count(*) FROM customer WHERE owner_id = %s", (li.id,)) == [(held,)]


def test_cus_22_a_former_owner_waits_and_others_do_not(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.cooldown_days"] = 7
    [one, two] = deal.owned(li, 2)
    assert deal.codes(li, "release_customers", [one, two], reason="x") == [None, None]
    deal.clock.moment = at(7) - timedelta(seconds=1)
    assert claim(deal, li, [one]) == ["LIMIT_EXCEEDED"]
    assert claim(deal, deal.person("other", *SELLER), [two]) == [None]
    deal.clock.moment = at(7)
    assert claim(deal, li, [one]) == [None]


def test_byd_03_a_new_arrival_is_frozen_for_everybody(deal: Firm, li: Actor) -> None:
    deal.settings.values["pool.freeze_hours"] = 2
    [one] = deal.pooled()
    deal.clock.moment = at(hours=2) - timedelta(seconds=1)
    assert claim(deal, li, [one]) == ["BAD_STATE"]
    deal.clock.moment = at(hours=2)
    assert claim(deal, li, [one]) == [None]


def test_byd_03_who_is_no_member_of_a_pool_neither_sees_nor_claims_from_it(deal: Firm, li: Actor) -> None:
    rules = deal.person("rules", "pool.view", "pool.rule")
    member = deal.person("member", *SELLER)
    name = f"北方 {uuid4().hex[:6]}"
    made = deal.call(rules, "create_pool", name=name, member_ids=[member.id])["pool"]
    [one] = deal.pooled(pool=UUID(made["id"]))
    assert deal.call(li, "pool_customers", pool_id=made["id"])["nodes"] == []
    assert deal.call(li, "customers_by_ids", ids=[one]) == [None]
    assert deal.call(li, "pools_by_ids", ids=[made["id"]]) == [None]
    assert claim(deal, li, [one]) == ["NOT_FOUND"]
    assert [each["id"] for each in deal.call(member, "pool_customers", pool_id=made["id"])["nodes"]] == [str(one)]
    assert claim(deal, member, [one]) == [None]


def test_the_same_key_claims_once(deal: Firm, li: Actor) -> None:
    [one] = deal.pooled()
    first = deal.call(li, "claim_customers", ids=[one], idempotency_key="k")
    assert deal.call(li, "claim_customers", ids=[one], idempotency_key="k") == first
    assert first["results"][0]["done"] is True
    assert len(deal.events(one)) == 1


def test_only_with_the_right(deal: Firm) -> None:
    ids = deal.pooled(1)
    assert deal.refused(deal.person("viewer", "pool.view"), "claim_customers", ids=ids) == "FORBIDDEN"
    assert deal.refused(None, "claim_customers", ids=ids) == "UNAUTHENTICATED"
    assert deal.refused(deal.person("nobody", *SELLER), "claim_customers", ids=[]) == "VALIDATION"


def test_the_ledger_is_counted_only_where_a_limit_counts() -> None:
    assert _claiming(frozenset()).text.count(b"FROM claim_ledger") == 0
    assert _claiming(frozenset({"gap"})).text.count(b"FROM claim_ledger") == 1
    assert _claiming(frozenset({"times_per_day", "gap", "customers_per_day"})).text.count(b"FROM claim_ledger") == 3


def test_claims_of_ten_are_planned_once_for_all(deal: Firm, li: Actor) -> None:
    # PostgreSQL plans for the values at hand five times, then settles; the connection used last is lent first
    claiming = "position('INTO claim_ledger' IN statement) > 0"
    settled = f"SELECT coalesce(sum(generic_plans), 0)::int FROM pg_prepared_statements WHERE {claiming}"
    before = deal.store.rows(settled)[0][0]
    for _ in range(12):
        assert claim(deal, li, [uuid4() for _ in range(10)]) == ["NOT_FOUND"] * 10

    assert deal.store.rows(settled)[0][0] - before >= 6
