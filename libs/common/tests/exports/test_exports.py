"""IOX-02: an export holds what its owner's list shows, no more, and leaves a trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crm_common.errors import Code, CrmError
from crm_common.exchange import open_table
from crm_common.exports.serving import Exports
from crm_common.ids import to_global
from crm_common.objects.port import copy_to
from crm_common.protocol.selection import names
from crm_common.provision import Provisioned
from importing.house import Depot, depot_database, running
from infra.postgres import SharedPostgres
from ledger.waiting import until

SHOWN = names("id", "state", "rows", "reason", "problem", "format")
RIGHTS = ("depot.import", "depot.export")


@pytest.fixture(scope="module")
def database(postgres_server: SharedPostgres) -> Iterator[Provisioned]:
    with depot_database(postgres_server) as made:
        yield made


@pytest.fixture
def depot(database: Provisioned, tmp_path: Path) -> Iterator[Depot]:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("TRUNCATE item, export_job, import_job, import_row, journal, journal_event, outbox, subject_head")
    with running(database, tmp_path / "objects") as found:
        yield found


def fill(depot: Depot, rows: int, owner: str = "anna") -> None:
    mine = depot.context(owner).authenticated().id
    with psycopg.connect(depot.database.owner_url) as connection:
        connection.execute(
            "INSERT INTO item (id, code, name, phone, amount, day, owner_id) SELECT gen_random_uuid(), %s"
            " || to_char(n, 'FM000000'), '=名称' || n, '138' || n, n / 2.0, '2024-03-05', %s"
            " FROM generate_series(1, %s) n",
            (owner, mine, rows),
        )


def exported(depot: Depot, *rights: str, **asked: Any) -> dict[str, Any]:
    context = depot.context("anna", *(rights or RIGHTS))
    job = depot.call("start_item_export", context, kind="ITEM", select={"job": SHOWN}, **asked)["job"]
    return until(lambda: ended(depot, job["id"]), "the export ends", 60)


def ended(depot: Depot, export: str) -> dict[str, Any]:
    (found,) = depot.call("item_exports_by_ids", depot.context("anna", *RIGHTS), ids=[export], select=SHOWN)
    return {} if found["state"] == "RUNNING" else dict(found)


def table(depot: Depot, export: str, folder: Path) -> list[list[Any]]:
    link = depot.call("item_export_file", depot.context("anna", *RIGHTS), id=export)
    grant = depot.files.signer.read(link["url"])
    assert grant is not None
    assert grant.name == link["name"]
    copy_to(depot.files, grant.key, folder / "taken")
    with open_table(folder / "taken", link["name"]) as found:
        return [list(found.header), *(row.cells for row in found.rows())]


def refused(call: Callable[..., Any], *given: Any, **named: Any) -> CrmError:
    with pytest.raises(CrmError) as refusal:
        call(*given, **named)
    return refusal.value


def test_the_list_is_written_as_its_viewer_sees_it(depot: Depot, tmp_path: Path) -> None:
    fill(depot, 2)
    fill(depot, 2, "berta")
    job = exported(depot)
    assert (job["state"], job["rows"], job["format"]) == ("DONE", 2, "XLSX")
    header, *rows = table(depot, job["id"], tmp_path)
    assert header == ["编码", "名称", "电话", "数量", "日期"]
    # berta's are not there, and the phone is for those who may see it
    assert [[str(cell) for cell in row] for row in rows] == [
        ["anna000001", "=名称1", "None", "0.5", "2024-03-05 00:00:00"],
        ["anna000002", "=名称2", "None", "1", "2024-03-05 00:00:00"],
    ]
    seen = exported(depot, *RIGHTS, "depot.phones", columns=["phone"], format="CSV", order=["-code"])
    assert table(depot, seen["id"], tmp_path) == [["电话"], ["1382"], ["1381"]]


def test_formulas_leave_as_texts(depot: Depot, tmp_path: Path) -> None:
    fill(depot, 1)
    job = exported(depot, format="CSV_GB18030", columns=["name"])
    assert table(depot, job["id"], tmp_path) == [["名称"], ["'=名称1"]]


def test_a_filter_is_written_as_clients_write_it(depot: Depot, tmp_path: Path) -> None:
    fill(depot, 30)
    ((found,),) = depot.store.rows("SELECT id FROM item WHERE code = 'anna000007'")
    for tree, codes in (
        ({"code": {"startsWith": "anna00001"}, "amount": {"gte": "9"}}, ["anna000018", "anna000019"]),
        ({"id": {"eq": to_global("DepotItem", found)}}, ["anna000007"]),
        ({"or": [{"code": {"in": ["anna000001"]}}, {"code": {"eq": "anna000003"}}]}, ["anna000001", "anna000003"]),
    ):
        job = exported(depot, filter=tree, columns=["code"], format="CSV")
        assert [row[0] for row in table(depot, job["id"], tmp_path)[1:]] == codes
    context = depot.context("anna", *RIGHTS)
    for wrong in ({"nothing": {"eq": 1}}, {"code": {"like": "x"}}):
        assert refused(depot.call, "start_item_export", context, kind="ITEM", filter=wrong).code is Code.VALIDATION
    assert refused(depot.call, "start_item_export", context, kind="ITEM", columns=["secret"]).field == "columns"


def test_many_records_need_a_reason_and_every_export_is_told(depot: Depot) -> None:
    fill(depot, 1001)
    context = depot.context("anna", *RIGHTS)
    refusal = refused(depot.call, "start_item_export", context, kind="ITEM", reason=" ")
    assert (refusal.rule, refusal.field) == ("a_reason_is_needed_for_so_many", "reason")
    assert depot.events() == {}
    assert exported(depot, reason="季度报表")["rows"] == 1001
    ((data, actor),) = depot.store.rows("SELECT data, actor FROM journal WHERE type = 'export.done'")
    told = (data["rows"], data["reason"], data["kind"], data["filter"])
    assert told == (1001, "季度报表", "ITEM", None)
    assert actor == f"employee:{context.authenticated().id}"
    assert exported(depot, filter={"code": {"eq": "anna000001"}})["rows"] == 1


def test_nobody_exports_without_the_right_or_takes_anothers_file(depot: Depot) -> None:
    fill(depot, 1)
    assert (
        refused(depot.call, "start_item_export", depot.context("anna", "depot.x"), kind="ITEM").code is Code.FORBIDDEN
    )
    job = exported(depot)["id"]
    other = depot.context("berta", *RIGHTS)
    assert refused(depot.call, "item_export_file", other, id=job).code is Code.NOT_FOUND
    assert depot.call("item_exports_by_ids", other, ids=[job]) == [None]
    assert depot.call("item_exports", other)["nodes"] == []


def test_a_file_has_its_time(depot: Depot, database: Provisioned) -> None:
    fill(depot, 1)
    job = exported(depot)["id"]
    (exports,) = (each for each in depot.runtime.services["depot"].container.dependencies if isinstance(each, Exports))
    assert exports._worker.forget() == 0
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE export_job SET finished_at = now() - interval '8 days'")
    assert exports._worker.forget() == 1
    assert depot.files.stat(f"exports/{job}/table.xlsx") is None
    assert depot.call("item_export_file", depot.context("anna", *RIGHTS), id=job) is None


def test_five_thousand_rows_a_second_are_written(depot: Depot) -> None:
    fill(depot, 20_000)
    began = time.monotonic()
    assert exported(depot, reason="measured")["rows"] == 20_000
    # the goal is 5,000 on an idle machine; this one is shared with other suites
    assert 20_000 / (time.monotonic() - began) > 1_500
