"""Values in the database: unique over everything, and the indexes that flags ask for (CFD-01, 03)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg

from crm_common import telemetry
from crm_common.custom_fields import backfill, writing
from crm_common.errors import CrmError
from crm_common.protocol.selection import names
from depot.running import Depot, keeper
from ledger.waiting import until

CHOICES = [{"key": "LOW", "name": "低"}, {"key": "HIGH", "name": "高"}]


def refused(call: Any, *arguments: Any, **more: Any) -> tuple[str, str, str | None]:
    with pytest.raises(CrmError) as refusal:
        call(*arguments, **more)
    return refusal.value.code.value, refusal.value.rule, refusal.value.field


def indexed(depot: Depot, field: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(crate's name, text, number, claim) of the field's rows."""
    return depot.store.rows(
        "SELECT c.name, v.text, v.number::text, v.claim FROM custom_value v JOIN crate c ON c.id = v.entity_id"
        " WHERE v.field_id = %s ORDER BY c.name, v.place",
        (field["id"],),
    )


def shown(depot: Depot, key: str) -> dict[str, Any]:
    (found,) = (each for each in depot.call("crate_fields")["nodes"] if each["key"] == key)
    return dict(found)


def test_a_unique_value_is_refused_whatever_its_case_and_wherever_the_other_record_is(depot: Depot) -> None:
    """CFD-03: pool and trash too."""
    depot.define("taxNo", unique=True)
    mine, other = depot.put(taxNo="AB-1"), depot.put(taxNo="cd-2")
    with depot.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE crate SET trashed = true WHERE id = %s", (mine,))

    expected = ("VALIDATION", "a_custom_value_is_not_unique", "custom.taxNo")
    assert refused(depot.put, taxNo="ａb-1 ") == expected
    assert refused(depot.call, "update_crate", id=other, custom={"taxNo": "ab-1"}) == expected
    depot.call("update_crate", id=other, custom={"taxNo": "CD-2"})
    depot.call("update_crate", id=other, custom={"taxNo": None})
    depot.put(taxNo="cd-2")


def test_uniqueness_is_a_truth_of_the_database(depot: Depot) -> None:
    field = depot.define("taxNo", unique=True)
    depot.put(taxNo="x")

    with psycopg.connect(depot.database_url) as direct, pytest.raises(pg.UniqueViolation):
        direct.execute(
            "INSERT INTO custom_value (entity_id, field_id, place, claim) VALUES (gen_random_uuid(), %s, 0, 'x')",
            (field["id"],),
        )


@pytest.mark.parametrize("turn", range(3))
def test_of_twenty_at_once_one_gets_the_value(depot: Depot, turn: int) -> None:
    depot.define("taxNo", unique=True)
    begin = threading.Barrier(20)

    def put(number: int) -> str | None:
        begin.wait(20)
        try:
            depot.put(f"crate {number}", taxNo="the one")
        except CrmError as refusal:
            return f"{refusal.rule} {refusal.field}"
        return None

    with ThreadPoolExecutor(20) as pool:
        refusals = [each for each in pool.map(put, range(20)) if each is not None]

    assert refusals == ["a_custom_value_is_not_unique custom.taxNo"] * 19
    assert depot.store.rows("SELECT count(*) FROM crate") == [(1,)]


def test_unique_is_not_switched_on_while_values_are_there_twice(depot: Depot) -> None:
    field = depot.define("taxNo")
    for number in range(12):
        for _ in range(2):
            depot.put(taxNo=f"No {number:02}")
    depot.put(taxNo="only once")

    with pytest.raises(CrmError) as refusal:
        depot.change(field, unique=True)

    assert (refusal.value.code.value, refusal.value.rule, refusal.value.field) == (
        "VALIDATION", "values_are_there_twice", "unique",
    )  # fmt: skip
    assert refusal.value.details["count"] == 12
    assert refusal.value.details["values"].split(", ") == [f"no {number:02}" for number in range(10)]
    assert shown(depot, "taxNo")["unique"] is False


def test_while_a_unique_index_is_built_no_second_value_comes_in(depot: Depot) -> None:
    field = depot.define("taxNo")
    first = depot.put("first", taxNo="Ａ1")
    field = depot.change(field, unique=True)
    assert field["ready"] is False

    assert refused(depot.put, taxNo="a1")[1] == "a_custom_value_is_not_unique"
    depot.put("second", taxNo="b1")
    assert refused(depot.put, taxNo="B1")[1] == "a_custom_value_is_not_unique"
    depot.prepare()

    assert shown(depot, "taxNo")["ready"] is True
    assert [row[3] for row in indexed(depot, field)] == ["a1", "b1"]
    depot.call("update_crate", id=first, custom={"taxNo": "a2"})
    depot.put(taxNo="a1")


def test_a_flag_builds_an_index_of_what_is_there_and_the_next_one_drops_it(depot: Depot) -> None:
    field = depot.define("term", "NUMBER")
    for number in range(5):
        depot.put(f"crate {number}", **({"term": str(number)} if number % 2 else {}))
    assert indexed(depot, field) == []

    field = depot.change(field, searchable=True)
    depot.put("crate 9", term="9")
    run = depot.prepare()

    assert run["report"] == {"indexed": 6, "dropped": 0, "events": {"field.changed": 1}}
    assert indexed(depot, field) == [(f"crate {n}", None, f"{n}", None) for n in (1, 3, 9)]
    field = depot.change(shown(depot, "term"), searchable=False)
    with depot.store.transaction() as connection:  # as if it was long ago: readers no longer know it as searchable
        connection.exec_driver_sql("UPDATE custom_field SET updated_at = updated_at - interval '1 minute'")
    assert depot.prepare()["report"] == {"indexed": 0, "dropped": 3, "events": {"field.changed": 1}}
    assert indexed(depot, field) == []


def test_an_index_is_not_dropped_while_somebody_may_read_by_it(depot: Depot) -> None:
    field = depot.define("term", "NUMBER", searchable=True)
    depot.put("crate 1", term="1")
    field = depot.change(field, searchable=False)

    assert depot.prepare()["report"] == {"indexed": 0, "dropped": 0}
    depot.put("crate 2", term="2")
    assert [row[0] for row in indexed(depot, field)] == ["crate 1", "crate 2"]


def test_a_build_goes_on_from_its_checkpoint_and_what_is_written_meanwhile_is_kept(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "STEP", 10)
    field = depot.define("term", "NUMBER")
    crates = [depot.put(f"crate {number:02}", term=str(number)) for number in range(35)]
    field = depot.change(field, searchable=True)
    steps, fill = [], writing.fill

    def dying(*arguments: Any) -> int:
        steps.append(1)
        if len(steps) == 3:
            # a record that was indexed, and one that was not yet, change before the process dies
            with ThreadPoolExecutor(1) as elsewhere:
                for crate in (crates[0], crates[-1]):
                    elsewhere.submit(depot.call, "update_crate", id=crate, custom={"term": "100"}).result()
            raise RuntimeError("the power is gone")
        return fill(*arguments)

    monkeypatch.setattr(writing, "fill", dying)
    scheduler = depot.runtime.services["depot"].scheduler
    failed = scheduler.run_now("depot.custom_fields", keeper())
    assert (failed["outcome"], failed["checkpoint"]["after"]) == ("FAILED", crates[19])
    monkeypatch.setattr(writing, "fill", fill)
    with depot.store.transaction() as connection:  # what a process leaves that dies without a word
        connection.exec_driver_sql(
            "UPDATE job_run SET outcome = NULL, finished_at = NULL, lease_until = now() - interval '1 minute',"
            " started_at = started_at - interval '1 minute' WHERE id = %s",
            (failed["id"],),
        )
    outcome = "SELECT outcome, report -> 'indexed' FROM job_run WHERE id = %s"
    until(lambda: depot.store.rows(outcome, (failed["id"],)) == [("DONE", 15)], "the rest is indexed")

    assert shown(depot, "term")["ready"] is True
    values = {name: number for name, _, number, _ in indexed(depot, field)}
    assert values == {f"crate {n:02}": ("100" if n in (0, 34) else str(n)) for n in range(35)}


def test_a_build_waits_for_whoever_is_writing_a_record_and_indexes_what_he_wrote(depot: Depot) -> None:
    field = depot.define("term", "NUMBER")
    crate = depot.put("it", term="1")
    field = depot.change(field, searchable=True)
    with psycopg.connect(depot.database_url) as writer, ThreadPoolExecutor(1) as elsewhere:
        writer.execute('UPDATE crate SET custom = \'{"term": "2"}\' WHERE id = %s', (crate,))
        writer.execute(
            "INSERT INTO custom_value (entity_id, field_id, place, number) VALUES (%s, %s, 0, 2)", (crate, field["id"])
        )
        building = elsewhere.submit(depot.prepare)
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        until(lambda: depot.store.rows(waiting) == [(1,)], "the build waits")
        writer.commit()
        building.result(30)

    assert indexed(depot, field) == [("it", None, "2", None)]


def test_values_found_twice_at_the_last_moment_leave_the_field_not_unique(depot: Depot) -> None:
    field = depot.define("taxNo")
    depot.put("first", taxNo="x")
    second = depot.put("second", taxNo="y")
    field = depot.change(field, unique=True)
    with depot.store.transaction() as connection:  # past every rule, as no service does it
        connection.exec_driver_sql('UPDATE crate SET custom = \'{"taxNo": "X"}\' WHERE id = %s', (second,))

    report = depot.prepare()["report"]

    assert report["not unique: taxNo"] == 1
    assert shown(depot, "taxNo")["unique"] is False
    assert {row[3] for row in indexed(depot, field)} <= {None, "x"}


def test_a_definition_waits_for_those_who_write_by_the_former_one(depot: Depot) -> None:
    field = depot.define("risk")
    done = threading.Event()

    def change() -> None:
        depot.change(field, required=True)
        done.set()

    with psycopg.connect(depot.database_url) as writer:
        writer.execute("SELECT revision FROM custom_definitions('Crate', false)")
        changing = threading.Thread(target=change)
        changing.start()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND query LIKE '%%custom_definitions%%' AND datname = current_database()"
        )
        until(lambda: depot.store.rows(waiting) == [(1,)], "the definition waits")
        assert not done.is_set()
        writer.commit()
        changing.join(20)
    assert done.is_set()
    assert refused(depot.put)[1] == "a_custom_value_is_missing"


def test_the_values_of_one_record_take_one_statement_and_none_when_nothing_indexed_changed(depot: Depot) -> None:
    depot.define("a", unique=True)
    depot.define("b", "MULTI_OPTION", options=CHOICES, searchable=True)
    depot.define("c")

    def statements(**custom: Any) -> int:
        with telemetry.counted_statements() as counted:
            depot.put(**custom)
        return counted.total

    plain = statements()
    assert statements(c="x") == plain
    assert statements(a="x", b=["LOW", "HIGH"], c="x") == plain + 1


def test_choices_have_a_row_each_and_fewer_when_fewer_are_chosen(depot: Depot) -> None:
    field = depot.define("tags", "MULTI_OPTION", options=CHOICES, searchable=True)
    crate = depot.put("it", tags=["LOW", "HIGH"])

    assert [row[1] for row in indexed(depot, field)] == ["LOW", "HIGH"]
    depot.call("update_crate", id=crate, custom={"tags": ["HIGH"]}, select={"crate": names("id")})
    assert [row[1] for row in indexed(depot, field)] == ["HIGH"]
    depot.call("update_crate", id=crate, custom={"tags": None})
    assert indexed(depot, field) == []
