"""A list sorted by a custom field is read from the field's index: page by page, both ways, with and without values."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest

from crm_common.protocol.selection import names
from depot.running import Depot

KINDS = {"TEXT": ["a", "b", "ba", "c"], "NUMBER": ["-1", "2", "10", "10.5"], "DATE": ["2025-01-01", "2026-01-01"]}


def walked(depot: Depot, size: int, *, backward: bool, **asked: Any) -> list[str]:
    """The names of the whole list, in its order, read in pages of this size."""
    found: list[str] = []
    cursor = None
    while True:
        window = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = depot.call("crates", select=names("name"), cursors=True, **window, **asked)
        part = [node["name"] for node in page["nodes"]]
        found = part + found if backward else found + part
        if not page["has_previous" if backward else "has_next"]:
            return found
        cursor = page["cursors"][0 if backward else -1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("then", ["ASC", "DESC"])
def test_pages_in_both_directions_give_the_whole_list_in_order(
    depot: Depot, kind: str, direction: str, then: str
) -> None:
    chance = random.Random(f"{kind} {direction} {then}")
    depot.define("it", kind, sortable=True)
    values = {f"{number:02}": chance.choice([*KINDS[kind], None]) for number in range(30)}
    for name, value in values.items():
        depot.put(name, **({} if value is None else {"it": value}))
    key = float if kind == "NUMBER" else str
    order = sorted(values, reverse=then == "DESC")
    present = [name for name in order if values[name] is not None]
    present.sort(key=lambda name: key(str(values[name])), reverse=direction == "DESC")
    expected = [*present, *(name for name in order if values[name] is None)]

    by = [{"field": "custom.it", "direction": direction}, {"field": "name", "direction": then}]
    for size in (1, 7, 50):
        assert walked(depot, size, backward=False, order_by=by) == expected
        assert walked(depot, size, backward=True, order_by=by) == expected
    only = {"name": {"gte": "15"}}
    narrowed = [name for name in expected if name >= "15"]
    assert walked(depot, 4, backward=False, order_by=by, filter=only) == narrowed
    page = depot.call("crates", select=names("name"), order_by=by, filter=only, total=True, first=3)
    assert (page["total"], [node["name"] for node in page["nodes"]]) == (15, narrowed[:3])


def test_a_page_reads_as_many_records_as_it_shows(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    field = depot.define("taxNo", sortable=True)
    with depot.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO crate (id, name, custom)"
            " SELECT gen_random_uuid(), n::text, jsonb_build_object('taxNo', 'T' || n) FROM generate_series(1, 20000) n"
        )
        connection.exec_driver_sql(
            "INSERT INTO custom_value (entity_id, field_id, place, text, sort)"
            " SELECT id, %s, 0, custom ->> 'taxNo', lower(custom ->> 'taxNo') FROM crate",
            (field["id"],),
        )
    with psycopg.connect(depot.owner, autocommit=True) as owner:
        owner.execute("ANALYZE crate")
        owner.execute("ANALYZE custom_value")
    read = "SELECT sum(idx_tup_fetch + seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname = 'crate'"
    by = [{"field": "custom.taxNo", "direction": "DESC"}]
    page = depot.call("crates", select=names("name"), order_by=by, cursors=True)
    assert [node["name"] for node in page["nodes"]][:2] == ["9999", "9998"]

    sql, values = _statement(depot, monkeypatch, order_by=by, after=page["cursors"][-1])
    with psycopg.connect(depot.database_url) as connection:
        connection.execute(sql, values)
        ((fetched,),) = connection.execute(read).fetchall()
    assert fetched <= 60


def _statement(depot: Depot, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> tuple[str, Any]:
    """What the service sends for a page."""
    sent: list[tuple[str, Any]] = []
    read = depot.store.read

    def noting(sql: str, values: Any = (), **more: Any) -> bytes | None:
        sent.append((sql, values))
        return read(sql, values, **more)

    with monkeypatch.context() as patched:
        patched.setattr(depot.store, "read", noting)
        depot.call("crates", select=names("name"), **asked)
    return sent[-1]
