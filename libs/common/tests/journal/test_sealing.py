"""What events tell of people lies sealed at rest, reaches who reads events in clear, and is gone with its keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest

from crm_common.changes import changing
from crm_common.journal import replay, sealing
from crm_common.journal.history import history, state_at
from crm_common.journal.rebuild import verify
from crm_common.journal.relay import Relay
from crm_common.journal.sealing import ERASED
from crm_common.protocol.declare import Envelope, Event, Personal, services
from ledger.events import NOW, entry_id
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryMade, EntrySigned, changes_of
from ledger.waiting import settled, until

SWEEP = 0.05
ANNA, BEN = uuid5(UUID(int=3), "anna"), uuid5(UUID(int=3), "ben")
SIGNED: dict[str, list[Any]] = {
    "signature": [None, "Anna K."],
    "custom.pass": [None, 77],
    "amount": [1, 2],
    "place": [None, None],
}


class Destination:
    """Where events go: notes what came."""

    def __init__(self) -> None:
        self.arrived: list[Envelope] = []

    def publish(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        self.arrived += envelopes
        return {one.id for one in envelopes}


@contextmanager
def relayed(host: LedgerHost) -> Iterator[Destination]:
    """Publishes what is committed."""
    destination, stop = Destination(), threading.Event()
    relay = threading.Thread(target=Relay(host.store, destination, clock=host.clock, sweep=SWEEP).run, args=(stop,))
    relay.start()
    try:
        yield destination
    finally:
        stop.set()
        relay.join(10)


def sign(host: LedgerHost, name: str, signer: UUID, *, times: int = 1, note: str | None = "by hand") -> None:
    changes = changes_of(**{key: (before, after) for key, (before, after) in SIGNED.items()})
    given: dict[str, Any] = {"signer_id": signer, "signer": "Anna Karenina", "note": note, "changes": changes}
    with changing(host, caller()) as change:
        change.record(*(EntrySigned(entry_id=entry_id(name), **given) for _ in range(times)))


def at_rest(host: LedgerHost) -> list[dict[str, Any]]:
    return [row[0] for row in host.store.rows("SELECT data FROM journal ORDER BY position")]


def forget(host: LedgerHost, *people: UUID) -> None:
    with host.store.transaction() as connection:
        sealing.forget(connection, people)


def test_aud_03_what_is_declared_personal_lies_sealed_and_the_rest_in_clear(host: LedgerHost) -> None:
    sign(host, "a", ANNA)
    [data] = at_rest(host)
    assert "Anna" not in str(data)
    assert {**data, "sealed": data["sealed"]["of"]} == {
        "entry_id": str(entry_id("a")), "signer_id": str(ANNA), "signer": ERASED, "note": ERASED, "sealed": str(ANNA),
        "changes": {**SIGNED, "signature": [None, ERASED], "custom.pass": [None, ERASED]},
    }  # fmt: skip


def test_aud_03_an_event_without_anything_personal_needs_no_key(host: LedgerHost) -> None:
    with changing(host, caller()) as change:
        change.record(
            EntryMade(entry_id=entry_id("a"), changes={"amount": (None, 1)}),
            EntrySigned(entry_id=entry_id("a"), signer_id=ANNA, signer=ERASED, changes={"signature": (None, None)}),
        )
    assert host.store.rows("SELECT count(*) FROM journal_key") == [(0,)]
    assert ["sealed" in data for data in at_rest(host)] == [False, False]


@pytest.mark.parametrize("times", [1, 3, 20])
def test_events_go_out_and_are_read_as_they_were_recorded(host: LedgerHost, times: int) -> None:
    sign(host, "a", ANNA, times=times)
    with relayed(host) as destination:
        until(lambda: len(destination.arrived) == times, "all are out")
    told = {
        "entry_id": str(entry_id("a")), "signer_id": str(ANNA), "signer": "Anna Karenina", "note": "by hand",
        "changes": SIGNED,
    }  # fmt: skip
    assert [event.data for event in destination.arrived] == [told] * times
    settled(host.store)
    assert [event.data for event in replay.read_all(host.store)] == [told] * times
    found = replay.find(host.store, destination.arrived[0].id)
    assert found is not None
    assert found.data == told


def test_aud_03_with_the_keys_of_a_person_goes_all_that_was_said_of_that_person_and_nothing_else(
    host: LedgerHost,
) -> None:
    sign(host, "a", ANNA, times=2)
    sign(host, "b", BEN)
    forget(host, ANNA)
    for entry in history(host.store, f"entry/{entry_id('a')}"):
        assert (entry.data["signer"], entry.data["note"], "sealed" in entry.data) == (ERASED, ERASED, False)
        assert entry.changes == {
            "signature": (None, ERASED), "custom.pass": (None, ERASED), "amount": (1, 2), "place": (None, None),
        }  # fmt: skip
    [kept] = history(host.store, f"entry/{entry_id('b')}")
    assert (kept.data["signer"], kept.changes["custom.pass"]) == ("Anna Karenina", (None, 77))
    state = state_at(host.store, f"entry/{entry_id('b')}", NOW.replace(year=2100))
    assert state == {"signature": "Anna K.", "custom.pass": 77, "amount": 2, "place": None}


def test_byd_05_records_are_rebuilt_from_sealed_events(host: LedgerHost) -> None:
    sign(host, "a", ANNA)
    rows = f"SELECT '{entry_id('a')}'::uuid AS id, json_build_object('signature', 'Anna K.', 'amount', 2) AS state"
    assert list(verify(host.store, "entry", rows)) == []
    forget(host, ANNA)
    assert [each.field for each in verify(host.store, "entry", rows)] == ["signature"]


def test_keys_can_be_added_and_destroyed_but_not_changed(host: LedgerHost) -> None:
    sign(host, "a", ANNA)
    with psycopg.connect(host.store.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE journal_key SET key = ''")


def test_what_is_declared_personal_exists() -> None:
    """Of every event of every service: a misspelt field would stay in clear."""
    wrong = []
    for service in services().values():
        for kind in service.events.values():
            personal: Personal | None = kind.personal
            names = {each.name for each in fields(kind)}
            if personal is not None and not {personal.of, *personal.fields} <= names:
                wrong.append(kind.event_type)
    assert wrong == []
    assert Event.personal is None
