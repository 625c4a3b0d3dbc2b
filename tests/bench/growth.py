"""``python -m bench.growth --rows 16000000``: does a journal of years cost what a new one costs? Prints a table.

Not part of ``make bench``: filling takes minutes. What it printed stands in docs/benchmarks.md (notes.md).
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from bench.ground import ground
from crm_common import migrations, provision
from crm_common.context import system_context
from crm_common.ids import Uuid7
from crm_common.journal.history import history
from crm_common.journal.write import NewEvent, write
from crm_common.store import Store

EVENTS_EACH = 10
MONTHS = 12
STEP = 500_000
ASKED = 3000
# ids without order, as those of many records that change by turns; the events of one spread over the year
_SUBJECT = "'entry/' || md5({}::text)::uuid"
_FILL = f"""
INSERT INTO journal (txid, event_id, type, subject, seq, occurred_at, actor, correlation_id, data_version, data)
SELECT 3, uuidv7(), 'entry.changed', {_SUBJECT.format("n")}, %(seq)s + 1,
    %(until)s - make_interval(days => 30 * ({EVENTS_EACH - 1} - %(seq)s), secs => n %% 86400),
    'employee:' || n %% 50, n || '/' || %(seq)s, 1, '{{"changes": {{"amount": [1, 2]}}}}'
FROM generate_series(%(first)s::int, %(last)s - 1) AS n
"""
_HEADS = f"""
INSERT INTO subject_head SELECT {_SUBJECT.format("n")}, {EVENTS_EACH} FROM generate_series(%s::int, %s - 1) AS n
"""


def fill(owner: psycopg.Connection, start: int, end: int, now: datetime) -> None:
    """The events of the records ``start`` to ``end``, ten of each, over ten months."""
    owner.execute(_HEADS, (start, end))
    for seq in range(EVENTS_EACH):
        for first in range(start, end, STEP):
            last = min(first + STEP, end)
            owner.execute(_FILL, {"seq": seq, "until": now, "first": first, "last": last})
            owner.commit()
    owner.execute("INSERT INTO journal_event SELECT event_id FROM journal ON CONFLICT DO NOTHING")
    owner.commit()
    owner.autocommit = True
    owner.execute("VACUUM (FREEZE, ANALYZE) journal, journal_event, subject_head")
    owner.autocommit = False


def median(work: Callable[[str], object], subjects: list[str]) -> float:
    """Microseconds of the work in the middle, of many, each with another record."""
    took = []
    for subject in subjects:
        began = time.perf_counter()
        work(subject)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def measured(store: Store, records: int, now: datetime) -> tuple[float, float]:
    """Microseconds of writing one event with its commit, and of reading a record's history."""
    chosen = random.Random(1)  # the same records each time
    with store.transaction() as connection:
        wanted = [chosen.randrange(records) for _ in range(ASKED)]
        found = connection.exec_driver_sql(f"SELECT {_SUBJECT.format('n')} FROM unnest(%s::int[]) AS n", (wanted,))
        subjects = list(found.scalars())
    context, ids = system_context("bench", correlation_id="bench"), Uuid7()

    def one(subject: str) -> None:
        event = NewEvent(ids(), "entry.changed", subject, 1, '{"changes": {"amount": [1, 2]}}')
        with store.transaction() as connection:
            write(connection, context, now, [event])

    median(one, subjects[: ASKED // 3])  # plans, caches
    return median(one, subjects[ASKED // 3 :]), median(lambda each: history(store, each), subjects[ASKED // 3 :])


def main() -> None:
    """Fill in two steps and print what each cost."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--rows", type=int, default=16_000_000)
    rows = parser.parse_args().rows
    with ground() as place:
        made = provision.database(place.server.url, "identity", name="growth")
        migrations.run(made.owner_url, "identity")
        now = datetime.now(UTC)
        print("| rows | write and commit one event, µs | read the history of a record, µs |\n| --- | --- | --- |")
        done = 0
        with psycopg.connect(made.owner_url) as owner:
            owner.execute("SELECT journal_make_partitions(%s, %s)", (now.replace(year=now.year - 1).date(), MONTHS + 1))
            owner.commit()
            for total in (16_000, rows):
                fill(owner, done, total // EVENTS_EACH, now)
                done = total // EVENTS_EACH
                store = Store(made.url, service="identity")
                written, read = measured(store, done, now)
                store.close()
                print(f"| {total:,} | {written:.0f} | {read:.0f} |", flush=True)


if __name__ == "__main__":
    main()
