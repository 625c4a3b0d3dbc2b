"""A projection equals its owner's records, whatever order its events come in and whatever happens while it is built."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copying.items import Copier, Owner, context, job_of
from crm_common.errors import CrmError
from crm_common.jobs import JobRun
from crm_common.journal import replay
from crm_common.protocol.declare import Envelope
from crm_common.provision import Provisioned
from ledger.waiting import settled

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))
FAR = UUID(int=3 << 90)
Databases = tuple[Provisioned, Provisioned]


def test_events_make_the_copy(owner: Owner, copier: Copier) -> None:
    owner.put(A, "one", (1, 2), holder=C)
    owner.put(B, "two")
    owner.put(A, "uno", (3,))
    for event in owner.told():
        copier.hear(event)
    assert copier.kept() == [(A, "uno", [3], None), (B, "two", [], None)] == owner.shown()


def test_an_older_event_has_no_effect(owner: Owner, copier: Copier) -> None:
    owner.put(A, "old")
    owner.put(A, "new")
    old, new = owner.told()
    for event in (new, old, new, old):
        copier.hear(event)
    assert copier.kept() == [(A, "new", [], None)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1), (0, 1, 0)])
def test_what_was_deleted_does_not_come_back(owner: Owner, copier: Copier, order: tuple[int, ...]) -> None:
    owner.put(A, "short-lived")
    owner.remove(A)
    told = owner.told()
    for number in order:
        copier.hear(told[number])
    assert copier.kept() == []


def test_a_record_made_again_comes_back(owner: Owner, copier: Copier) -> None:
    owner.put(A, "first life")
    owner.remove(A)
    owner.put(A, "second life")
    for event in reversed(owner.told()):
        copier.hear(event)
    assert copier.kept() == [(A, "second life", [], None)]


def test_fields_that_are_unknown_here_are_left_aside(owner: Owner, copier: Copier) -> None:
    owner.put(A, "newer")
    (event,) = owner.told()
    event.data["invented_later"] = 1
    copier.hear(event)
    assert copier.kept() == owner.shown()


def test_a_first_build_takes_the_owners_records_page_by_page(owner: Owner, copier: Copier) -> None:
    for number, item in enumerate((A, B, C, D, E)):
        owner.put(item, f"item {number}")
    assert copier.build() == {"items": 5}
    assert copier.kept() == owner.shown()
    assert copier.state() == (1, False, 0)


def test_a_record_that_never_had_an_event_is_copied_too(owner: Owner, copier: Copier) -> None:
    owner.store.rows("INSERT INTO item VALUES (%s, 'silent', '{}', NULL) RETURNING 1", (A,))
    copier.build()
    assert copier.kept() == [(A, "silent", [], None)]
    owner.put(A, "heard")
    for event in owner.told():
        copier.hear(event)
    assert copier.kept() == [(A, "heard", [], None)]


def test_events_of_a_time_before_the_page_do_not_undo_it(owner: Owner, copier: Copier) -> None:
    owner.put(A, "old")
    owner.put(A, "new")
    copier.build()
    copier.hear(owner.told()[0])
    assert copier.kept() == [(A, "new", [], None)]


def test_a_change_that_follows_its_page_at_once_is_not_lost(owner: Owner, copier: Copier) -> None:
    """The event arrives after the page was read and before it is written."""
    owner.put(A, "as the page has it")
    owner.put(B, "goes")

    def meanwhile() -> None:
        owner.put(A, "changed meanwhile")
        owner.remove(B)
        owner.put(C, "made meanwhile")
        for event in owner.told():
            copier.hear(event)

    copier.peers.after.append(meanwhile)
    copier.build()
    assert copier.kept() == owner.shown() == [(A, "changed meanwhile", [], None), (C, "made meanwhile", [], None)]


def test_the_old_generation_is_shown_until_the_new_one_is_whole(
    owner: Owner, copier: Copier, both_databases: Databases
) -> None:
    for item in (A, B, C, D, E):
        owner.put(item, "good")
    copier.build()
    with psycopg.connect(both_databases[1].url) as harm:
        harm.execute("UPDATE item_ref SET name = 'bad', seq = 1000")
    seen: list[set[Any]] = []
    look = lambda: seen.append({name for _, name, _, _ in copier.kept()})  # noqa: E731
    copier.peers.after.extend([look, look])
    copier.keeper.rebuild("items")
    copier.build()
    assert seen == [{"bad"}, {"bad"}]
    assert copier.kept() == owner.shown()
    assert copier.state() == (2, False, 0)


def test_an_interrupted_build_goes_on_where_it_was(owner: Owner, copier: Copier) -> None:
    for item in (A, B, C, D, E):
        owner.put(item, "x")

    def die() -> None:
        raise RuntimeError("power failure")

    copier.peers.after.extend([lambda: None, die])
    broken = job_of(copier, copier.keeper.build_all).run_now("ledger.projections", context())
    assert broken["outcome"] == "FAILED"
    assert copier.kept() == []
    assert copier.state() == (0, True, 3)
    assert copier.build() == {"items": 2}
    assert copier.kept() == owner.shown()


def test_two_builds_at_once_cannot_mix(owner: Owner, copier: Copier) -> None:
    """A build whose lease was lost writes nothing into the next one."""
    owner.put(A, "x")
    late: list[JobRun] = []
    job_of(copier, late.append).run_now("ledger.projections", context())
    with pytest.raises(Exception, match="fencing 1 is not the latest"):
        copier.keeper.build_all(late[0])
    assert copier.kept() == []


def test_without_its_owner_a_build_fails_and_shows_what_was_there(owner: Owner, copier: Copier) -> None:
    owner.put(A, "x")
    copier.build()

    def away() -> None:
        raise CrmError.from_wire({"code": "UNAVAILABLE", "rule": "the_service_is_unavailable"})

    copier.peers.after.append(away)
    copier.keeper.rebuild("items")
    assert job_of(copier, copier.keeper.build_all).run_now("ledger.projections", context())["outcome"] == "FAILED"
    assert copier.kept() == owner.shown()


def test_rebuilding_trusts_the_owner_more_than_what_was_believed(
    owner: Owner, copier: Copier, both_databases: Databases
) -> None:
    for item in (A, B, C, D):
        owner.put(item, "x")
    copier.build()
    with psycopg.connect(both_databases[1].url) as harm:
        harm.execute("INSERT INTO projection_tombstone SELECT 'items', id, 99 FROM item_ref")
        harm.execute(f"INSERT INTO item_ref VALUES (7, '{FAR}', 'never was', '{{}}')")
        harm.execute("DELETE FROM item_ref WHERE name = 'x'")
    copier.keeper.rebuild("items")
    copier.build()
    assert copier.kept() == owner.shown()
    owner.put(A, "y")
    for event in owner.told():
        copier.hear(event)
    assert copier.kept() == owner.shown()


@pytest.mark.parametrize(
    ("harm", "corrected"),
    [
        ("SELECT 1", {"missing": 0, "wrong": 0, "surplus": 0}),
        ("DELETE FROM item_ref WHERE name = 'b'", {"missing": 1, "wrong": 0, "surplus": 0}),
        ("UPDATE item_ref SET name = 'z' WHERE name <> 'b'", {"missing": 0, "wrong": 4, "surplus": 0}),
        ("UPDATE item_ref SET name = 'z', seq = seq - 1", {"missing": 0, "wrong": 5, "surplus": 0}),
        ("UPDATE item_ref SET name = 'z', seq = seq + 9", {"missing": 0, "wrong": 5, "surplus": 0}),
        (f"INSERT INTO item_ref VALUES (7, '{UUID(int=9)}', 'y', '{{}}')", {"missing": 0, "wrong": 0, "surplus": 1}),
        (
            f"INSERT INTO item_ref VALUES (7, '{UUID(int=3 << 90)}', 'y', '{{}}')",
            {"missing": 0, "wrong": 0, "surplus": 1},
        ),
        ("DELETE FROM item_ref", {"missing": 5, "wrong": 0, "surplus": 0}),
        (
            "INSERT INTO projection_tombstone SELECT 'items', id, 99 FROM item_ref; DELETE FROM item_ref",
            {"missing": 5, "wrong": 0, "surplus": 0},
        ),
    ],
)
def test_repair_finds_and_corrects_every_kind_of_fault(
    owner: Owner, copier: Copier, both_databases: Databases, harm: str, corrected: dict[str, int]
) -> None:
    for item, name in ((A, "a"), (B, "b"), (C, "c"), (D, "d"), (E, "e")):
        owner.put(item, name)
    copier.build()
    with psycopg.connect(both_databases[1].url) as connection:
        connection.execute(harm)
    assert copier.repair() == corrected
    assert copier.kept() == owner.shown()
    assert copier.repair() == {"missing": 0, "wrong": 0, "surplus": 0}


def test_repair_leaves_alone_what_came_after_its_page(owner: Owner, copier: Copier) -> None:
    for item in (A, B):
        owner.put(item, "x")
    copier.build()

    def meanwhile() -> None:
        owner.put(A, "changed")
        owner.put(C, "made")
        owner.remove(B)
        for event in owner.told():
            copier.hear(event)

    copier.peers.after.append(meanwhile)
    assert copier.repair() == {"missing": 0, "wrong": 0, "surplus": 0}
    assert copier.kept() == owner.shown()


def test_projections_are_listed(owner: Owner, copier: Copier) -> None:
    (before,) = copier.keeper.listing()
    assert (before["generation"], before["building"], before["rows"]) == (0, True, 0)
    owner.put(A, "x")
    copier.build()
    copier.repair()
    (after,) = copier.keeper.listing()
    assert (after["name"], after["owner"], after["generation"], after["building"], after["rows"]) == (
        "items",
        "items",
        1,
        False,
        1,
    )
    assert after["built_at"] <= after["compared_at"]


def test_nothing_is_noted_of_a_minute_in_which_nothing_was_to_be_built(owner: Owner, copier: Copier) -> None:
    job = copier.keeper.jobs()[0]
    assert job.only_if is not None
    assert job.only_if()
    owner.put(A, "x")
    copier.build()
    assert not job.only_if()


def test_what_is_not_kept_cannot_be_repaired(copier: Copier) -> None:
    with pytest.raises(CrmError, match="NOT_FOUND there_is_no_such_projection"):
        copier.keeper.repair("nothing", context())
    with pytest.raises(CrmError, match="NOT_FOUND there_is_no_such_projection"):
        copier.keeper.rebuild("nothing")


def test_a_snapshot_is_bounded_and_named(owner: Owner) -> None:
    for payload, problem in (
        ({"resource": "nothing"}, "NOT_FOUND there_is_no_such_snapshot"),
        ({"resource": "items", "limit": 5001}, "LIMIT_EXCEEDED a_page_is_too_large"),
        ({"resource": "items", "limit": 0}, "LIMIT_EXCEEDED a_page_is_too_large"),
    ):
        with pytest.raises(CrmError, match=problem):
            owner.call("items", "snapshot", payload, context())


ITEM = st.sampled_from((A, B, C, D))
STEP: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just("put"), ITEM, st.text("abc", max_size=3), st.lists(st.integers(0, 3), max_size=2)),
    st.tuples(st.just("remove"), ITEM, st.just(""), st.just([])),
)
STEPS = st.lists(STEP, min_size=1, max_size=10)
properties = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def take(owner: Owner, steps: list[Any]) -> list[Envelope]:
    for kind, item, name, amounts in steps:
        if kind == "put":
            owner.put(item, name, tuple(amounts))
        else:
            owner.remove(item)
    return owner.told()


def anew(both_databases: Databases) -> None:
    # quicker than emptying every table, and done for each example
    there = "item, subject_head, journal, journal_event, outbox"
    here = "item_ref, projection, projection_stage, projection_tombstone, job_run"
    for database, tables in zip(both_databases, (there, here), strict=True):
        with psycopg.connect(database.owner_url) as connection:
            connection.execute("; ".join(f"DELETE FROM {table}" for table in tables.split(", ")))


@properties
@given(steps=STEPS, data=st.data())
def test_any_order_with_duplicates_converges(
    owner: Owner, copier: Copier, both_databases: Databases, steps: list[Any], data: st.DataObject
) -> None:
    anew(both_databases)
    told = take(owner, steps)
    again = data.draw(st.lists(st.sampled_from(told), max_size=5)) if told else []
    for event in data.draw(st.permutations(told + again)):
        copier.hear(event)
    assert copier.kept() == owner.shown()


@properties
@given(steps=STEPS, data=st.data())
def test_losses_are_healed_by_repair_and_by_rebuilding(
    owner: Owner, copier: Copier, both_databases: Databases, steps: list[Any], data: st.DataObject
) -> None:
    anew(both_databases)
    told = take(owner, steps)
    heard = data.draw(st.permutations([event for event in told if data.draw(st.booleans())]))
    for event in heard:
        copier.hear(event)
    heal: Callable[[], Any] = data.draw(st.sampled_from([copier.repair, copier.build]))
    heal()
    assert copier.kept() == owner.shown()
    for event in told:  # the lost ones turn up after all
        copier.hear(event)
    assert copier.kept() == owner.shown()


@properties
@given(before=STEPS, during=st.lists(STEPS, min_size=1, max_size=3), data=st.data())
def test_a_build_amid_changes_converges(
    owner: Owner, copier: Copier, both_databases: Databases, before: list[Any], during: list[Any], data: st.DataObject
) -> None:
    anew(both_databases)
    late = take(owner, before)
    heard: list[UUID] = []

    def some_arrive() -> None:
        for event in owner.told():
            if event.id not in heard and data.draw(st.booleans()):
                heard.append(event.id)
                copier.hear(event)

    def meanwhile(steps: list[Any]) -> Callable[[], None]:
        def change() -> None:
            late.extend(take(owner, steps))
            some_arrive()

        return change

    some_arrive()
    copier.peers.after[:] = [meanwhile(steps) for steps in during]
    copier.keeper._page = data.draw(st.integers(1, 3))
    copier.build()
    copier.peers.after.clear()
    for event in data.draw(st.permutations([each for each in owner.told() if each.id not in heard])):
        copier.hear(event)
    assert copier.kept() == owner.shown()
    assert copier.repair() == {"missing": 0, "wrong": 0, "surplus": 0}


def test_the_position_of_a_page_lies_behind_all_it_shows_and_before_all_that_follows(owner: Owner) -> None:
    owner.put(A, "before")
    settled(owner.store)
    page = json.loads(owner.call("items", "snapshot", {"resource": "items"}, context()))
    owner.put(A, "after")
    settled(owner.store)
    read = replay.read(owner.store, replay.Position.parse(page["position"]))
    assert [event.data["name"] for event in read.events] == ["after"]
