"""BYD-01: 200 claimants, 1,000 customers, two processes, one killed midway: no double owner, no limit broken."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dealing.claimants import claimant
from dealing.firm import Firm, firm
from infra.postgres import SharedPostgres
from ledger.waiting import until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

SEEDS = int(os.environ.get("CRM_SEEDS", "2"))
CLAIMANTS, CUSTOMERS = 200, 1000
_CLAIMED = """
SELECT l.employee_id, l.customer_id, c.owner_id, c.holding, (j.data ->> 'owner_id')::uuid, (j.data ->> 'call_id')::uuid,
    l.call_id
FROM claim_ledger l JOIN customer c ON c.id = l.customer_id
LEFT JOIN journal j ON j.subject = 'customer/' || c.id AND j.type = 'customer.claimed'
"""
_PER_PERSON = """
SELECT max(calls), max(claimed) FROM (
    SELECT count(DISTINCT call_id) AS calls, count(*) AS claimed FROM claim_ledger GROUP BY employee_id) p
"""
_PER_DEPARTMENT = "SELECT max(held) FROM (SELECT count(*) AS held FROM claim_ledger GROUP BY department_id) d"


@pytest.fixture
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


def plan(seed: int) -> dict[str, int]:
    """The limits of a run: each of them bites in some."""
    chance = random.Random(seed)
    return {
        "pool.claim_times_per_day": chance.choice([0, 1, 2]),
        "pool.claimed_per_day": chance.choice([0, 7, 12]),
        "pool.max_held": chance.choice([0, 4, 9]),
        "pool.max_held_department": chance.choice([0, 15, 30]),
    }


def process(company: Firm, seed: int, limits: dict[str, int], claimants: tuple[int, int]) -> subprocess.Popen[bytes]:
    told = {"url": company.url, "seed": seed, "limits": limits, "claimants": claimants}
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *_inherited()))}
    return subprocess.Popen([sys.executable, "-m", "dealing.claimants", json.dumps(told)], env=environment)


def _inherited() -> list[str]:
    return [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_byd_01_two_hundred_claim_and_one_process_is_killed(company: Firm, seed: int) -> None:
    limits = plan(seed)
    company.pooled(CUSTOMERS)
    with company.store.transaction() as connection:
        for number in range(CLAIMANTS):
            who = claimant(seed, number)
            connection.exec_driver_sql(
                "INSERT INTO employee_ref"
                " (id, seq, name, active, department_id, department_name, department_path, line)"
                " VALUES (%s, 1, %s, true, %s, 'Sales', '/', '{}')",
                (who.id, who.name, who.department_id),
            )
    # each process serves all people: the two meet over every person's limits too
    one, other = (process(company, seed, limits, (0, CLAIMANTS)) for _ in range(2))
    wanted = random.Random(-seed).randrange(20, 200)

    def claimed() -> int:
        return int(company.store.rows("SELECT count(*) FROM claim_ledger")[0][0])

    until(lambda: claimed() >= wanted, "some claims", 60)
    one.kill()
    assert one.wait(10) == -9
    again = process(company, seed, limits, (0, CLAIMANTS))
    assert other.wait(90) == 0
    assert again.wait(90) == 0
    check(company, limits)


def check(company: Firm, limits: dict[str, int]) -> None:
    """Owners, ledger and journal say the same, and nobody has more than he may."""
    rows: list[tuple[Any, ...]] = company.store.rows(_CLAIMED)
    assert len(rows) > 300
    assert len({row[1] for row in rows}) == len(rows), "a customer was claimed twice"
    for employee, _, owner, holding, told, told_call, call in rows:
        assert (owner, holding, told, told_call) == (employee, "OWNED", employee, call)
    owned = "SELECT count(*) FROM customer WHERE holding = 'OWNED'"
    events = "SELECT count(*) FROM journal WHERE type = 'customer.claimed'"
    assert company.store.rows(owned) == company.store.rows(events) == [(len(rows),)]
    [(calls, most)] = company.store.rows(_PER_PERSON)
    [(together,)] = company.store.rows(_PER_DEPARTMENT)
    unlimited = 10**6
    assert calls <= (limits["pool.claim_times_per_day"] or unlimited)
    assert most <= min(limits["pool.claimed_per_day"] or unlimited, limits["pool.max_held"] or unlimited)
    assert together <= (limits["pool.max_held_department"] or unlimited)
