"""A command runs in one transaction, once per key, and answers what is there afterwards."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from psycopg import errors as pg

from crm_common.changes import Change, Once, execute
from crm_common.clock import FixedClock
from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.protocol.selection import names
from crm_common.statements import written
from crm_common.store import Store
from ledger.host import LedgerHost, caller
from ledger.protocol import EntryMade, MakeEntry, Undeclared, changes_of, make_entry

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SELECT = {"entry": names("id", "amount"), "entries": names("amount")}


class Amounts:
    """Answers entries from their table, as the read path would."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        found = self.store.read(
            "SELECT json_agg(json_build_object('amount', amount) ORDER BY place)"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS asked (id, place) LEFT JOIN entry USING (id)",
            (list(ids),),
        )
        return found or b"[]"


def make(change: Change, command: MakeEntry) -> dict[str, Any]:
    entry = change.new_id()
    change.connection.exec_driver_sql("INSERT INTO entry VALUES (%s, %s, %s)", (entry, command.amount, command.name))
    change.record(EntryMade(entry_id=entry, changes=changes_of(amount=(None, command.amount))))
    return {"entry": entry, "entries": [entry, entry], "secret": Once("s3cret"), "total": 7}


def run(host: LedgerHost, command: MakeEntry, usecase: Callable[..., dict[str, Any]] = make, who: str = "anna") -> Any:
    return json.loads(execute(host, caller(who), make_entry, usecase, command, answers=Amounts(host.store)))


def counted(store: Store) -> list[int]:
    """Rows of entry, journal, outbox and idempotency."""
    sql = "SELECT " + ", ".join(f"(SELECT count(*) FROM {t})" for t in ("entry", "journal", "outbox", "idempotency"))
    return list(store.rows(sql)[0])


def test_the_answer_has_every_declared_key(host: LedgerHost) -> None:
    answer = run(host, MakeEntry(amount=5, select=SELECT))

    assert answer == {
        "entry": {"amount": 5},
        "entries": [{"amount": 5}, {"amount": 5}],
        "secret": "s3cret",
        "total": 7,
    }
    assert counted(host.store) == [1, 1, 1, 0]


def test_records_that_are_not_selected_are_not_read(host: LedgerHost) -> None:
    def only_total(_change: Change, _command: MakeEntry) -> dict[str, Any]:
        return {"total": 1}

    assert run(host, MakeEntry(amount=5)) == {"entry": None, "entries": None, "secret": "s3cret", "total": 7}
    assert run(host, MakeEntry(amount=5, select=SELECT), only_total) == {
        "entry": None,
        "entries": None,
        "secret": None,
        "total": 1,
    }


def test_a_refused_command_leaves_nothing(host: LedgerHost) -> None:
    def refuse(change: Change, command: MakeEntry) -> dict[str, Any]:
        make(change, command)
        change.require("ledger.none")
        return {}

    with pytest.raises(CrmError, match="FORBIDDEN the_right_is_missing"):
        run(host, MakeEntry(amount=5, idempotency_key="k"), refuse)

    assert counted(host.store) == [0, 0, 0, 0]


class Failing(Amounts):
    """Answers nothing but an error, which would be a reason to repeat a change that is not committed."""

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        super().by_ids(view, ids, select, context)
        raise pg.FeatureNotSupported("cached plan must not change result type")


def test_an_answer_that_fails_is_no_reason_to_change_anything_twice(host: LedgerHost) -> None:
    command = MakeEntry(amount=5, select=SELECT)

    with pytest.raises(pg.FeatureNotSupported):
        execute(host, caller("anna"), make_entry, make, command, answers=Failing(host.store))

    assert counted(host.store) == [1, 1, 1, 0]


def test_what_fails_with_the_commit_is_repeated_though_the_answer_waits_for_it(host: LedgerHost) -> None:
    insert = written("INSERT INTO entry VALUES (%(id)s, %(amount)s, %(name)s)")
    ids = [UUID(int=1), UUID(int=1), UUID(int=2)]

    def unlucky(change: Change, command: MakeEntry) -> dict[str, Any]:
        entry = ids.pop(0)
        insert.run(change.connection, id=entry, amount=command.amount, name=command.name)
        change.record(EntryMade(entry_id=entry, changes=changes_of(amount=(None, command.amount))))
        return {"entry": entry}

    for amount in (5, 6):
        assert run(host, MakeEntry(amount=amount, select=SELECT), unlucky)["entry"] == {"amount": amount}
    assert ids == []
    assert counted(host.store) == [2, 2, 2, 0]


def test_an_event_nobody_declared_cannot_be_recorded(host: LedgerHost) -> None:
    def mumble(change: Change, _command: MakeEntry) -> dict[str, Any]:
        change.record(Undeclared(entry_id=change.new_id()))
        return {}

    with pytest.raises(TypeError, match="Undeclared is not declared"):
        run(host, MakeEntry(amount=5), mumble)


def test_a_payload_key_nobody_declared_undoes_the_change(host: LedgerHost) -> None:
    def chatter(change: Change, command: MakeEntry) -> dict[str, Any]:
        return make(change, command) | {"extra": 1}

    with pytest.raises(TypeError, match="make_entry does not declare extra"):
        run(host, MakeEntry(amount=5), chatter)

    assert counted(host.store) == [0, 0, 0, 0]


def test_the_same_key_twice_is_one_effect_and_the_same_answer_without_secrets(host: LedgerHost) -> None:
    command = MakeEntry(amount=5, select=SELECT, idempotency_key="k")
    first = run(host, command)
    second = run(host, command)

    assert first["secret"] == "s3cret"
    assert second == first | {"secret": None}
    assert counted(host.store) == [1, 1, 1, 1]
    assert "s3cret" not in str(host.store.rows("SELECT answer::text FROM idempotency"))


def test_a_replay_answers_what_is_selected_and_true_today(host: LedgerHost) -> None:
    run(host, MakeEntry(amount=5, idempotency_key="k"))
    with host.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE entry SET amount = 6")

    assert run(host, MakeEntry(amount=5, select=SELECT, idempotency_key="k"))["entry"] == {"amount": 6}


def test_another_body_under_the_key_is_a_conflict(host: LedgerHost) -> None:
    run(host, MakeEntry(amount=5, idempotency_key="k"))

    with pytest.raises(CrmError) as refused:
        run(host, MakeEntry(amount=6, idempotency_key="k"))

    assert (refused.value.code, refused.value.rule) == ("CONFLICT", "the_key_was_used_for_another_request")
    assert refused.value.field == "idempotency_key"
    assert counted(host.store) == [1, 1, 1, 1]


def test_a_password_belongs_to_the_body_and_cannot_be_guessed_from_what_is_kept(host: LedgerHost) -> None:
    run(host, MakeEntry(amount=5, idempotency_key="k", password="secret1"))
    run(host, MakeEntry(amount=5, idempotency_key="k", password="secret1"))
    with pytest.raises(CrmError, match="the_key_was_used_for_another_request"):
        run(host, MakeEntry(amount=5, idempotency_key="k", password="secret2"))
    kept = bytes(host.store.rows("SELECT body FROM idempotency")[0][0])
    plain = {"amount": 5, "name": None, "password": "secret1"}

    assert kept != hashlib.sha256(b"k\0" + msgspec.json.encode(plain, order="deterministic")).digest()


def test_keys_of_two_actors_have_nothing_to_do_with_one_another(host: LedgerHost) -> None:
    run(host, MakeEntry(amount=5, idempotency_key="k"), who="anna")
    run(host, MakeEntry(amount=6, idempotency_key="k"), who="bert")

    assert counted(host.store) == [2, 2, 2, 2]


def test_a_key_is_kept_seven_days(host: LedgerHost) -> None:
    command = MakeEntry(amount=5, idempotency_key="k")
    kept = timedelta(days=7)
    run(host.at(FixedClock(NOW)), command)
    run(host.at(FixedClock(NOW + kept - timedelta(microseconds=1))), command)
    before = counted(host.store)
    run(host.at(FixedClock(NOW + kept)), MakeEntry(amount=6, idempotency_key="k"))

    assert before == [1, 1, 1, 1]
    assert counted(host.store) == [2, 2, 2, 1]


def test_a_key_is_neither_empty_nor_endless(host: LedgerHost) -> None:
    run(host, MakeEntry(amount=5, idempotency_key="k" * 200))
    for key in ("", "k" * 201):
        with pytest.raises(CrmError, match="VALIDATION") as refused:
            run(host, MakeEntry(amount=5, idempotency_key=key))
        assert refused.value.field == "idempotency_key"


def test_twenty_equal_requests_at_once_are_one_effect(host: LedgerHost) -> None:
    start = threading.Barrier(20)

    def request(_: int) -> Any:
        start.wait()
        return run(host, MakeEntry(amount=5, select=SELECT, idempotency_key="k"))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(request, range(20)))

    assert counted(host.store) == [1, 1, 1, 1]
    assert sorted(answer["secret"] or "" for answer in answers) == [""] * 19 + ["s3cret"]
    assert [answer["entry"] for answer in answers] == [{"amount": 5}] * 20


def test_the_second_goes_on_where_the_first_of_a_key_failed(host: LedgerHost) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def fail_later(change: Change, command: MakeEntry) -> dict[str, Any]:
        make(change, command)
        inside.set()
        assert go_on.wait(10)
        raise ValueError("on purpose")

    command = MakeEntry(amount=5, idempotency_key="k")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, host, command, fail_later)
        assert inside.wait(10)
        second = pool.submit(run, host, command)
        go_on.set()
        with pytest.raises(ValueError, match="on purpose"):
            first.result(10)

        assert second.result(10)["total"] == 7
    assert counted(host.store) == [1, 1, 1, 1]


def test_a_deadlock_is_repeated_as_a_whole(host: LedgerHost) -> None:
    for name in ("left", "right"):
        run(host, MakeEntry(amount=0, name=name))
    meeting = threading.Barrier(2)
    tries: list[str] = []

    def crosswise(change: Change, command: MakeEntry) -> dict[str, Any]:
        order = ["left", "right"] if command.name == "a" else ["right", "left"]
        tries.append(str(command.name))
        for name in order:
            change.connection.exec_driver_sql("UPDATE entry SET amount = amount + 1 WHERE name = %s", (name,))
            if len(tries) <= 2 and name == order[0]:
                meeting.wait(10)
        return {}

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run, host, MakeEntry(amount=0, name=name), crosswise) for name in "ab"]:
            done.result(30)

    assert len(tries) == 3
    assert host.store.rows("SELECT amount FROM entry") == [(2,), (2,)]


def make_named(change: Change, command: MakeEntry) -> dict[str, Any]:
    """The domain's own words for a name that is taken."""
    taken = change.connection.exec_driver_sql("SELECT 1 FROM entry WHERE name = %s", (command.name,)).one_or_none()
    return {"total": -1} if taken else make(change, command)


def test_a_duplicate_settled_meanwhile_is_answered_in_the_use_cases_words(host: LedgerHost) -> None:
    start = threading.Barrier(10)

    def request(_: int) -> int:
        start.wait()
        total: int = run(host, MakeEntry(amount=5, name="same"), make_named)["total"]
        return total

    with ThreadPoolExecutor(10) as pool:
        totals = list(pool.map(request, range(10)))

    assert sorted(totals) == [-1] * 9 + [7]
    assert counted(host.store) == [1, 1, 1, 0]


def test_what_fails_every_time_is_tried_three_times(host: LedgerHost) -> None:
    tries: list[int] = []

    def always_twice(change: Change, _command: MakeEntry) -> dict[str, Any]:
        tries.append(1)
        for _ in range(2):
            change.connection.exec_driver_sql("INSERT INTO entry VALUES (%s, 1, NULL)", (UUID(int=1),))
        return {}

    with pytest.raises(Exception, match="duplicate key"):
        run(host, MakeEntry(amount=5), always_twice)

    assert len(tries) == 3


def test_a_connection_lost_before_the_commit_is_repeated(host: LedgerHost) -> None:
    tries: list[int] = []

    def lose_once(change: Change, command: MakeEntry) -> dict[str, Any]:
        tries.append(1)
        if len(tries) == 1:
            pid = change.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            host.store.rows("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        return make(change, command)

    assert run(host, MakeEntry(amount=5, idempotency_key="k"), lose_once)["total"] == 7
    assert len(tries) == 2
    assert counted(host.store) == [1, 1, 1, 1]
