"""Claims and reclaim are killed at the moments that matter: nothing happens twice, nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_common import faults
from customer.usecases import reclaim
from customer.usecases.claims import CLAIM_SETTLED
from customer.usecases.reclaim import RECLAIM_TAKEN
from dealing.claimants import wanted
from dealing.firm import DEFAULT_POOL, Firm, at, firm
from dealing.reclaiming import taken_up
from founded.house import NOW
from infra.postgres import SharedPostgres
from ledger.waiting import until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

CUSTOMERS = 4000
_MANY = """
INSERT INTO customer (id, kind, name, name_fold, name_key, name_terms, phone_cipher, phone_mask, phone_index, holding,
    owner_id, owned_since, anchor_at, created_at, updated_at, version)
SELECT gen_random_uuid(), 'COMPANY', 'K' || n, n::text, n::text, '{}', '', '', int4send(n), 'OWNED',
    gen_random_uuid(), %(now)s, %(now)s, %(now)s, %(now)s, 1 FROM generate_series(1, %(count)s) n
"""
_TWICE = "SELECT count(*) FROM (SELECT FROM journal WHERE type = %s GROUP BY subject HAVING count(*) > 1) twice"


@pytest.fixture
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


def process(module: str, told: dict[str, Any], point: str, trigger: Path) -> subprocess.Popen[bytes]:
    inherited = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    paths = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *inherited))}
    dying = {"CRM_CRASH_AT": point, "CRM_CRASH_WHEN": str(trigger)}
    return subprocess.Popen([sys.executable, "-m", module, json.dumps(told)], env=os.environ | paths | dying)


def count(company: Firm, statement: str, *values: Any) -> int:
    return int(company.store.rows(statement, values)[0][0])


@pytest.mark.parametrize("point", [CLAIM_SETTLED, faults.CHANGE_WRITTEN, faults.CHANGE_COMMITTED])
def test_a_process_that_dies_while_claiming_leaves_whole_claims_or_none(
    company: Firm, tmp_path: Path, point: str
) -> None:
    trigger = tmp_path / "now"
    customers = sorted(str(each) for each in company.pooled(60))
    told = {"url": company.url, "seed": 1, "limits": {}, "claimants": (0, 6)}
    trigger.touch()
    assert process("dealing.claimants", told, point, trigger).wait(60) == -9
    assert_whole(company)
    # whoever comes next repeats every call under its key
    assert process("dealing.claimants", told, point, trigger).wait(60) == 0
    assert_whole(company)
    asked = {each for number in range(6) for ids in wanted(1, number, customers) for each in ids}
    claimed = company.store.rows("SELECT customer_id::text FROM claim_ledger")
    assert {row[0] for row in claimed} == asked


def assert_whole(company: Firm) -> None:
    """Customers, ledger and journal tell of the same claims."""
    claimed = count(company, "SELECT count(*) FROM claim_ledger")
    assert count(company, "SELECT count(*) FROM customer WHERE holding = 'OWNED'") == claimed
    assert count(company, "SELECT count(*) FROM journal WHERE type = 'customer.claimed'") == claimed
    assert count(company, "SELECT count(*) FROM customer WHERE pool_id = %s", DEFAULT_POOL) == 60 - claimed
    assert count(company, _TWICE, "customer.claimed") == 0


@pytest.mark.parametrize(("point", "batches"), [(RECLAIM_TAKEN, 0), (RECLAIM_TAKEN, 1), (faults.CHANGE_WRITTEN, 1)])
def test_a_reclaim_that_dies_is_taken_up_at_its_last_batch(
    company: Firm, tmp_path: Path, point: str, batches: int
) -> None:
    trigger = tmp_path / "now"
    with company.store.transaction() as connection:
        connection.exec_driver_sql(_MANY, {"now": NOW, "count": CUSTOMERS})
    if not batches:
        trigger.touch()
    dying = process("dealing.reclaiming", {"url": company.url, "as_of": at(90).isoformat()}, point, trigger)
    pooled = "SELECT count(*) FROM customer WHERE holding = 'POOL'"
    if batches:
        until(lambda: count(company, pooled) >= batches * reclaim.SIZE, "the first batch", 60)
        trigger.touch()
    assert dying.wait(60) == -9
    done = count(company, pooled)
    assert done % reclaim.SIZE == 0
    assert batches * reclaim.SIZE <= done < CUSTOMERS

    run = until(lambda: taken_up(company.host), "the lease of the dead to end")
    assert run is not None
    assert run.fencing == 2
    reclaim.reclaim_due(run)
    assert (run.report["evaluated"], run.report["taken"]) == (CUSTOMERS - done, CUSTOMERS - done)
    assert count(company, pooled) == CUSTOMERS
    assert count(company, "SELECT count(*) FROM journal WHERE type = 'customer.reclaimed'") == CUSTOMERS
    assert count(company, _TWICE, "customer.reclaimed") == 0
