"""Writing and reading by subject cost the same however long the journal is: pages are counted, not seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest

from crm_common.journal import write
from crm_common.provision import Provisioned
from ledger.events import NOW

SMALL, LARGE = 10_000, 100_000
EVENTS_EACH = 10


def subject(number: int) -> str:
    return f"entry/{UUID(int=number)}"


def fill(owner: psycopg.Connection, start: int, end: int) -> None:
    """Rows ``start`` to ``end`` of a journal in which every record has ten events over a month."""
    numbers = (start // EVENTS_EACH, end // EVENTS_EACH)
    subjects = "'entry/' || lpad(to_hex({}), 32, '0')::uuid"
    owner.execute(
        f"INSERT INTO subject_head SELECT {subjects.format('n')}, {EVENTS_EACH}"
        " FROM generate_series(%s::int, %s - 1) AS n",
        numbers,
    )
    owner.execute(
        "INSERT INTO journal (txid, event_id, type, subject, seq, occurred_at, actor, correlation_id, data_version,"
        f" data) SELECT 3, gen_random_uuid(), 'entry.changed', {subjects.format('n')}, e,"
        " %s - (n %% 25) * interval '1 day',"
        " 'employee:' || n %% 50, n || '/' || e, 1, '{\"changes\": {\"amount\": [1, 2]}}'"
        f" FROM generate_series(%s::int, %s - 1) AS n, generate_series(1, {EVENTS_EACH}) AS e",
        (NOW, *numbers),
    )
    owner.execute("INSERT INTO journal_event SELECT event_id FROM journal ON CONFLICT DO NOTHING")
    owner.commit()
    owner.autocommit = True
    owner.execute("VACUUM ANALYZE journal, journal_event, subject_head")
    owner.autocommit = False


def pages(owner: psycopg.Connection, sql: str, values: tuple[Any, ...]) -> int:
    """Pages the statement touched, of a second run in which nothing is looked up for the first time; undone."""
    for _ in range(2):
        with owner.transaction(force_rollback=True):
            found = owner.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
    assert found is not None
    return touched(found[0][0]["Plan"])


def touched(plan: dict[str, Any]) -> int:
    # a node counts what those below it touched, but the top one not the statements beside it
    below = [node for node in plan.get("Plans", []) if node.get("Parent Relationship") == "InitPlan"]
    return sum(node["Shared Hit Blocks"] + node["Shared Read Blocks"] for node in (plan, *below))


def costs(owner: psycopg.Connection, rows: int) -> dict[str, int]:
    known, fresh = subject(rows // EVENTS_EACH // 2), subject(2**64)
    told = (NOW, "employee:1", "anna", "192.0.2.7", "test", "call", None, None)

    def writing(name: str) -> tuple[Any, ...]:
        return (UUID(int=2**100), "entry.changed", name, 1, "{}", *told)

    return {
        "read": pages(owner, "SELECT * FROM journal WHERE subject = %s ORDER BY seq", (known,)),
        "write known": pages(owner, write._text(1), writing(known)),
        "write new": pages(owner, write._text(1), writing(fresh)),
    }


@pytest.mark.timeout(300)
def test_a_journal_ten_times_as_long_costs_a_few_pages_more(service_database: Callable[[], Provisioned]) -> None:
    with psycopg.connect(service_database().owner_url) as owner:
        fill(owner, 0, SMALL)
        small = costs(owner, SMALL)
        fill(owner, SMALL, LARGE)
        large = costs(owner, LARGE)

    assert set(small) == {"read", "write known", "write new"}
    assert min(small.values()) >= 4, small
    # one level more in an index is one page more for each of the indexes that the statement touches
    assert large["read"] - small["read"] <= 5, (small, large)
    assert large["write known"] - small["write known"] <= 12, (small, large)
    assert large["write new"] - small["write new"] <= 12, (small, large)
