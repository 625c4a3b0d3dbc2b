"""A record's owner knows who depends on it, and no change slips between the question and the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crm_common import holds
from crm_common.changes import Change, changing
from crm_common.errors import CrmError
from crm_common.holds import Holds
from ledger.events import NOW, entry_id
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryDeleted, EntryHeld, EntryHoldReleased

ENTRY = entry_id("a")
entry_holds = Holds(EntryHeld, EntryHoldReleased)


def place(change: Change, reference: str = "sales:order/1", reason: str = "an order") -> bool:
    return entry_holds.place(change, ENTRY, reference, reason)


def events(host: LedgerHost) -> list[str]:
    return [kind for (kind,) in host.store.rows("SELECT type FROM journal ORDER BY position")]


def test_a_hold_is_placed_and_released_once(host: LedgerHost) -> None:
    with changing(host, caller()) as change:
        done = [place(change), place(change), place(change, "sales:order/2")]
    with changing(host, caller()) as change:
        done += [entry_holds.release(change, ENTRY, "sales:order/1") for _ in range(2)]

    assert done == [True, False, True, True, False]
    assert events(host) == ["entry.held", "entry.held", "entry.hold_released"]
    assert host.store.rows("SELECT subject, seq FROM subject_head") == [(f"entry/{ENTRY}", 3)]


def test_a_held_record_is_guarded_until_the_last_hold_is_gone(host: LedgerHost) -> None:
    with changing(host, caller()) as change:
        place(change)
        place(change, "sales:order/2")
        place(change, "finance:contract/1", "a contract")
    for reference in ("sales:order/1", "sales:order/2", "finance:contract/1"):
        with changing(host, caller()) as change, pytest.raises(CrmError) as refused:
            entry_holds.refuse_if_held(change, ENTRY)
        assert (refused.value.code, refused.value.rule) == ("BAD_STATE", "a_held_record_cannot_be_changed_so")
        with changing(host, caller()) as change:
            entry_holds.release(change, ENTRY, reference)

    with changing(host, caller()) as change:
        entry_holds.refuse_if_held(change, ENTRY)
        entry_holds.refuse_if_held(change, entry_id("b"))


def test_the_reasons_are_told(host: LedgerHost) -> None:
    with changing(host, caller()) as change:
        place(change)
        place(change, "finance:contract/1", "a contract")
    with changing(host, caller()) as change, pytest.raises(CrmError) as refused:
        entry_holds.refuse_if_held(change, ENTRY)

    assert refused.value.message() == "This record is in use (a contract, an order)."


def test_holding_and_deleting_at_once_has_one_winner(host: LedgerHost) -> None:
    def delete(change: Change) -> None:
        entry_holds.refuse_if_held(change, ENTRY)
        change.connection.exec_driver_sql("DELETE FROM entry WHERE id = %s", (ENTRY,))
        change.record(EntryDeleted(entry_id=ENTRY, changes={}))

    def hold(change: Change) -> None:
        entry_holds.lock(change, ENTRY)
        if change.connection.exec_driver_sql("SELECT 1 FROM entry WHERE id = %s FOR SHARE", (ENTRY,)).first():
            place(change)

    for turn in range(10):
        with host.store.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM hold")
            connection.exec_driver_sql("INSERT INTO entry VALUES (%s, 1) ON CONFLICT DO NOTHING", (ENTRY,))
        at_once(host, hold, delete)
        held, there = host.store.rows("SELECT (SELECT count(*) FROM hold), (SELECT count(*) FROM entry)")[0]
        assert (held, there) in {(1, 1), (0, 0)}, f"turn {turn}: {held} holds on {there} records"


def at_once(host: LedgerHost, *usecases: Callable[[Change], None]) -> None:
    from crm_common.changes import repeating

    start = threading.Barrier(len(usecases))

    def run(usecase: Callable[[Change], None]) -> None:
        def attempt() -> None:
            with changing(host, caller()) as change:
                usecase(change)

        start.wait(10)
        try:
            repeating(attempt)
        except CrmError as refused:
            assert refused.rule == "a_held_record_cannot_be_changed_so"  # noqa: PT017 - in a thread

    with ThreadPoolExecutor(len(usecases)) as pool:
        list(pool.map(run, usecases))


def test_old_holds_are_listed_page_by_page(host: LedgerHost) -> None:
    for day in range(5):
        with changing(host, caller(), now=NOW + timedelta(days=day)) as change:
            place(change, f"sales:order/{day}")

    first = holds.older_than(host.store, NOW + timedelta(days=4), first=3)
    rest = holds.older_than(host.store, NOW + timedelta(days=4), first=3, after=first[-1])

    assert [hold.reference for hold in (*first, *rest)] == [f"sales:order/{day}" for day in range(4)]
    assert (first[0].subject, first[0].reason) == (f"entry/{ENTRY}", "an order")
