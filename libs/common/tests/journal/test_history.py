"""History tells who, when, why, before and after; state is what events say; the chain shows what was tampered with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from crm_common.changes import changing
from crm_common.clock import FixedClock
from crm_common.journal import chain, history
from crm_common.journal.chain import Fault
from crm_common.journal.rebuild import Difference, verify
from crm_common.journal.upkeep import Upkeep
from crm_common.provision import Provisioned
from crm_common.store import Store
from ledger.events import NOW, change_entries, entry_id
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryChanged, EntryDeleted, EntryMade, changes_of
from ledger.waiting import settled

A, B, C = (f"entry/{entry_id(name)}" for name in "abc")
DAY = timedelta(days=1)
ROWS = "SELECT id, json_build_object('amount', amount, 'name', name) AS state FROM entry"


def make(host: LedgerHost, name: str, amount: int) -> None:
    with changing(host, caller(), now=NOW) as change:
        change.connection.exec_driver_sql("INSERT INTO entry VALUES (%s, %s, %s)", (entry_id(name), amount, name))
        change.record(EntryMade(entry_id=entry_id(name), changes=changes_of(amount=(None, amount), name=(None, name))))


def alter(host: LedgerHost, name: str, before: int, after: int, day: int) -> None:
    with changing(host, caller("bert"), now=NOW + day * DAY) as change:
        change.connection.exec_driver_sql("UPDATE entry SET amount = %s WHERE id = %s", (after, entry_id(name)))
        change.record(
            EntryChanged(entry_id=entry_id(name), changes=changes_of(amount=(before, after)), reason=f"day {day}")
        )


def delete(host: LedgerHost, name: str, amount: int) -> None:
    with changing(host, caller(), now=NOW + 9 * DAY) as change:
        change.connection.exec_driver_sql("DELETE FROM entry WHERE id = %s", (entry_id(name),))
        change.record(
            EntryDeleted(entry_id=entry_id(name), changes=changes_of(amount=(amount, None), name=(name, None)))
        )


@pytest.fixture
def story(host: LedgerHost) -> LedgerHost:
    """Entries a (changed twice), b, and c, which was deleted."""
    for name in "abc":
        make(host, name, 1)
    alter(host, "a", 1, 2, 1)
    alter(host, "a", 2, 3, 2)
    delete(host, "c", 1)
    return host


def test_history_tells_who_when_why_before_and_after(story: LedgerHost) -> None:
    told = history.history(story.store, A)

    assert [(one.seq, one.type, one.at, one.actor_name, one.reason, one.changes) for one in told] == [
        (3, "entry.changed", NOW + 2 * DAY, "bert", "day 2", {"amount": (2, 3)}),
        (2, "entry.changed", NOW + 1 * DAY, "bert", "day 1", {"amount": (1, 2)}),
        (1, "entry.made", NOW, "anna", None, {"amount": (None, 1), "name": (None, "a")}),
    ]
    assert [one.seq for one in history.history(story.store, A, first=2)] == [3, 2]
    assert [one.seq for one in history.history(story.store, A, before_seq=2)] == [1]


@pytest.mark.parametrize(
    ("subject", "days", "state"),
    [
        (A, -0.001, None),
        (A, 0, {"amount": 1, "name": "a"}),
        (A, 1.999, {"amount": 2, "name": "a"}),
        (A, 2, {"amount": 3, "name": "a"}),
        (C, 8.999, {"amount": 1, "name": "c"}),
        (C, 9, None),
        ("entry/unknown", 9, None),
    ],
)
def test_a_record_is_known_as_it_was_at_any_moment(
    story: LedgerHost, subject: str, days: float, state: dict[str, Any] | None
) -> None:
    assert history.state_at(story.store, subject, NOW + days * DAY) == state


def test_the_tables_are_what_the_journal_says(story: LedgerHost) -> None:
    assert list(verify(story.store, "entry", ROWS)) == []


def test_every_difference_between_journal_and_tables_is_found(story: LedgerHost) -> None:
    with story.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE entry SET amount = 99 WHERE name = 'a'")
        connection.exec_driver_sql("DELETE FROM entry WHERE name = 'b'")
        connection.exec_driver_sql("INSERT INTO entry VALUES (%s, 1, 'c')", (entry_id("c"),))

    found = sorted(verify(story.store, "entry", ROWS), key=lambda one: one.subject)

    assert found == sorted(
        [
            Difference(A, "amount", 3, 99),
            Difference(B, None, {"amount": 1, "name": "b"}, None),
            Difference(C, None, None, {"amount": 1, "name": "c"}),
        ],
        key=lambda one: one.subject,
    )


def test_values_are_compared_by_what_they_mean(story: LedgerHost) -> None:
    def states(amount: str) -> Iterator[Difference]:
        return verify(story.store, "entry", f"SELECT id, json_build_object('amount', {amount}) AS state FROM entry")

    assert list(states("amount::text || '.00'")) == []
    assert [one.field for one in states("amount = 1")] == ["amount", "amount"]


def links(store: Store, *limits: int) -> list[int]:
    settled(store)
    made = [chain.extend(store, NOW, limit=limit) for limit in limits]
    return [link.events if link else 0 for link in made]


def test_the_chain_covers_every_event_once(story: LedgerHost) -> None:
    made = links(story.store, 4, 4, 4)
    change_entries(story, "abc")

    assert made == [4, 2, 0]
    assert links(story.store, 4, 4) == [3, 0]
    assert list(chain.verify_chain(story.store)) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE journal SET data = '{}' WHERE seq = 3",
        "UPDATE journal SET actor_name = 'somebody else' WHERE seq = 3",
        "UPDATE journal SET occurred_at = occurred_at + interval '1 second' WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "INSERT INTO journal SELECT (j).* FROM (SELECT journal AS j FROM journal WHERE seq = 3)",
    ],
)
def test_whoever_changes_the_past_is_found_out(story: LedgerHost, database: Provisioned, tampering: str) -> None:
    links(story.store, 4, 4)
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute(tampering).rowcount == 1

    assert [(fault.link, fault.kind) for fault in chain.verify_chain(story.store)] == [(2, "events")]


def test_a_link_cannot_be_replaced(story: LedgerHost, database: Provisioned) -> None:
    links(story.store, 2, 2, 2)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE journal_chain SET hash = sha256('x') WHERE id = 2")
        found = list(chain.verify_chain(story.store))
        assert found == []
        owner.commit()
        changed = list(chain.verify_chain(story.store))
        owner.execute("DELETE FROM journal_chain WHERE id = 2")
        owner.commit()
        removed = list(chain.verify_chain(story.store))

    assert [(fault.link, fault.kind) for fault in changed] == [(2, "events"), (3, "chain")]
    assert [(fault.link, fault.kind) for fault in removed] == [(3, "chain")]
    assert isinstance(removed[0], Fault)


def test_upkeep_chains_makes_months_and_forgets(story: LedgerHost, lines: list[dict[str, Any]]) -> None:
    clock = FixedClock(NOW)
    with story.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO idempotency SELECT 'a', 'o', n::text, 'x', '{}', %s FROM generate_series(1, 3) AS n",
            (NOW - 7 * DAY,),
        )
        connection.exec_driver_sql(
            "INSERT INTO inbox (consumer, event_id, type, source, subject, seq, occurred_at, data_version, state,"
            " done_at) SELECT 'c', gen_random_uuid(), 't', 's', 'x', n, now(), 1, 'done', %s - n * interval '1 day'"
            " FROM generate_series(6, 8) AS n",
            (NOW,),
        )
    settled(story.store)
    Upkeep(story.store, clock).when_due()

    assert story.store.rows("SELECT (SELECT count(*) FROM idempotency), (SELECT count(*) FROM inbox)") == [(0, 2)]
    assert story.store.rows("SELECT id, events FROM journal_chain") == [(1, 6)]
    (told,) = [line for line in lines if line["event"] == "journal.chained"]
    assert (told["link"], told["events"], len(told["fingerprint"])) == (1, 6, 64)
    assert told["fingerprint"].isalpha()
