"""IOX-01: an import goes through its file exactly once, says what became of every row, and can be taken back."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crm_common.errors import Code, CrmError
from crm_common.imports import store
from crm_common.imports.serving import Imports
from crm_common.provision import Provisioned
from importing.house import Depot, depot_database, running
from infra.postgres import SharedPostgres
from ledger.waiting import until

TESTS = Path(__file__).parents[4] / "tests"
FILE = (
    "名称,编码,电话,数量\n"
    "锤子,A1,13812345678,5\n"
    "钳子,A2,1.38E+10,1\n"
    "锯子,A3,,1.5\n"
    "另一把锤子,A1,,9\n"
    ",A5,,\n"
    "钉子,A6,,很多\n"
).encode("gb18030")


@pytest.fixture(scope="module")
def database(postgres_server: SharedPostgres) -> Iterator[Provisioned]:
    with depot_database(postgres_server) as made:
        yield made


@pytest.fixture
def depot(database: Provisioned, tmp_path: Path) -> Iterator[Depot]:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(
            "TRUNCATE item, import_job, import_row, journal, journal_event, outbox, subject_head, idempotency"
        )
    with running(database, tmp_path / "objects") as found:
        yield found


def refused(call: Callable[..., Any], *given: Any, **named: Any) -> CrmError:
    with pytest.raises(CrmError) as refusal:
        call(*given, **named)
    return refusal.value


def csv(rows: int, *, first: int = 1) -> bytes:
    lines = [f"{number},item {number}" for number in range(first, first + rows)]
    return ("code,name\n" + "\n".join(lines) + "\n").encode()


def counts(job: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(job[name] for name in ("state", "total", "done", "created", "updated", "skipped", "failed"))


def test_every_row_is_imported_or_listed_with_its_reason(depot: Depot) -> None:
    job = depot.imported("商品.csv", FILE)
    assert counts(job) == ("DONE", 6, 6, 2, 0, 1, 3)
    assert depot.items() == [("A1", "锤子", Decimal(5), 1), ("A3", "锯子", Decimal("1.5"), 1)]
    advice = "the spreadsheet has dropped digits; format the column as text and type the number again."
    assert depot.file(job["id"]) == [
        "行号 Row,名称,编码,电话,数量,原因,Reason",
        f"3,钳子,A2,1.38E+10,1,1.38E+10：数字已被表格软件截断，请将该列设为文本格式后重新输入。,1.38E+10: {advice}",
        "5,另一把锤子,A1,,9,编码 A1 已存在。,There is an item A1.",
        "6,,A5,,,“名称”（Name）不能为空。,Name (名称) is needed.",
        "7,钉子,A6,,很多,“很多”不是数字。,很多 is not a number.",
    ]
    assert depot.events() == {"item.made": 2, "import.progressed": 1, "import.finished": 1}


def test_the_same_file_twice_creates_nothing_the_second_time(depot: Depot) -> None:
    depot.imported("a.csv", FILE)
    before = depot.items()
    job = depot.imported("a.csv", FILE)
    assert (counts(job), depot.items()) == (("DONE", 6, 6, 0, 0, 3, 3), before)


def test_duplicates_are_changed_or_fail_as_told(depot: Depot) -> None:
    depot.imported("a.csv", csv(2))
    assert counts(depot.imported("b.csv", csv(3), policy="FAIL"))[3:] == (1, 0, 0, 2)
    changed = b"code,name\n1,other\n"
    assert counts(depot.imported("c.csv", changed, policy="UPDATE"))[3:] == (0, 1, 0, 0)
    assert depot.items()[0] == ("1", "other", None, 2)


def test_the_beginning_is_shown_under_a_mapping_that_can_be_changed(depot: Depot) -> None:
    job = depot.mapped("a.csv", "编号 No,名称,谁\n1,一,x\n,二,y\n".encode())
    found = depot.call("item_import_preview", depot.context(language="en"), id=job)
    assert found["mapping"] == [None, "name", None]
    assert found["columns"][0] == {"key": "code", "name": "Code", "needed": True}
    assert [row["cells"] for row in found["rows"]] == [["1", "一", "x"], ["", "二", "y"]]
    assert refused(depot.call, "run_item_import", id=job).rule == "a_needed_column_is_not_mapped"
    depot.call("map_item_import", id=job, mapping=["code", "name", None])
    found = depot.call("item_import_preview", depot.context(language="en"), id=job)
    assert [row["problems"] for row in found["rows"]] == [[], ["Code (编码) is needed."]]
    for wrong, rule in ((["code", "code"], "a_column_is_mapped_twice"), (["what"], "there_is_no_such_column")):
        assert refused(depot.call, "map_item_import", id=job, mapping=wrong).rule == rule


def test_the_limit_of_rows_is_lifted_by_a_right_of_its_own(depot: Depot) -> None:
    depot.settings.values["import.max_rows"] = 3
    job = depot.uploaded("a.csv", csv(4))
    refusal = refused(depot.call, "map_item_import", id=job)
    assert (refusal.code, refusal.rule) == (Code.LIMIT_EXCEEDED, "the_file_has_too_many_rows")
    bulk = depot.context("boss", "depot.import", "depot.import_bulk")
    assert counts(depot.imported("a.csv", csv(4), bulk)) == ("DONE", 4, 4, 4, 0, 0, 0)


def test_nobody_imports_without_the_right_or_sees_anothers_import(depot: Depot) -> None:
    stranger = depot.context("otto", "depot.other")
    told = {"kind": "ITEM", "file_name": "a.csv"}
    assert refused(depot.call, "start_item_import", stranger, **told).code is Code.FORBIDDEN
    job = depot.mapped("a.csv", csv(1))
    other = depot.context("berta")
    for method in ("run_item_import", "cancel_item_import", "undo_item_import", "map_item_import"):
        assert refused(depot.call, method, other, id=job).code is Code.NOT_FOUND
    assert refused(depot.call, "item_import_preview", other, id=job).code is Code.NOT_FOUND
    assert depot.call("item_imports", other)["nodes"] == []
    assert depot.call("item_imports_by_ids", other, ids=[job]) == [None]
    assert [each["state"] for each in depot.call("item_imports")["nodes"]] == ["MAPPED"]


def test_commands_fit_the_state(depot: Depot) -> None:
    job = depot.call("start_item_import", kind="ITEM", file_name="a.csv", select={"job": '[["id","id"]]'})["job"]["id"]
    assert refused(depot.call, "map_item_import", id=job).rule == "the_file_has_not_arrived"
    assert refused(depot.call, "run_item_import", id=job).rule == "the_import_is_not_at_that_point"
    assert refused(depot.call, "undo_item_import", id=job).rule == "the_import_is_not_at_that_point"
    depot.call("cancel_item_import", id=job)
    assert depot.job(job)["state"] == "CANCELLED"
    done = depot.imported("b.csv", csv(1))["id"]
    for method in ("run_item_import", "cancel_item_import", "map_item_import"):
        assert refused(depot.call, method, id=done).rule == "the_import_is_not_at_that_point"


def test_a_row_that_breaks_its_batch_fails_alone(depot: Depot) -> None:
    content = csv(20).replace(b"item 7\n", b"nobody's\n").decode().replace("code,name", "code,name,amount")
    content = content.replace("13,item 13\n", "13,item 13,2000000\n")
    job = depot.imported("a.csv", content.encode())
    assert counts(job) == ("DONE", 20, 20, 18, 0, 0, 2)
    seven, thirteen = depot.file(job["id"])[1:]
    assert seven.startswith("8,7,nobody's,,没有人需要 nobody's。")
    assert thirteen.startswith("14,13,item 13,2000000,该行导入失败（call）")


def test_a_file_that_was_exchanged_after_its_check_is_not_imported(depot: Depot) -> None:
    job = depot.mapped("a.csv", csv(2))
    depot.files.put(f"imports/{job}/source", io.BytesIO(csv(3)))
    depot.call("run_item_import", id=job)
    ended = depot.ended(job)
    assert (ended["state"], ended["problem"], depot.items()) == ("FAILED", "文件在检查之后被更改。", [])


def test_iox_01_an_import_that_fails_halfway_tells_of_the_rows_it_went_through(depot: Depot) -> None:
    lines = csv(1200).decode().replace("7,item 7\n", "1,again\n", 1).replace("900,item 900\n", "stop,now\n")
    job = depot.mapped("a.csv", lines.encode())
    depot.call("run_item_import", id=job)
    ended = depot.ended(job)
    assert (ended["state"], ended["created"], ended["skipped"]) == ("FAILED", 499, 1)
    until(lambda: depot.call("item_import_file", id=job, which="ERRORS"), "the error file is there")
    _, line = depot.file(job)
    assert line.startswith("8,1,again")
    # and what was created can still be taken back
    depot.call("undo_item_import", id=job)
    assert depot.ended(job)["taken_back"] == 499


def test_iox_01_a_cancelled_import_tells_of_its_rows_too(depot: Depot) -> None:
    job = depot.mapped("a.csv", csv(3))
    why = '[{"code": "VALIDATION", "rule": "a_field_is_unknown", "details": {"name": "x"}}]'
    with psycopg.connect(depot.database.owner_url) as owner:
        owner.execute("INSERT INTO import_row VALUES (%s, 3, 'FAILED', NULL, %s)", (job, why))
        owner.execute(
            "UPDATE import_job SET state = 'CANCELLED', failed = 1, finished_at = now() WHERE id = %s", (job,)
        )
    until(lambda: depot.call("item_import_file", id=job, which="ERRORS"), "the error file is there")
    _, line = depot.file(job)
    assert line.startswith("3,2,item 2,")


def test_what_was_created_and_not_changed_since_can_be_taken_back(depot: Depot) -> None:
    job = depot.imported("a.csv", csv(1200))["id"]
    with psycopg.connect(depot.database.owner_url) as owner:
        owner.execute("UPDATE item SET version = 2 WHERE code IN ('3', '700')")
    depot.call("undo_item_import", id=job)
    ended = depot.ended(job)
    assert (ended["state"], ended["taken_back"], ended["kept"]) == ("UNDONE", 1198, 2)
    assert [item[0] for item in depot.items()] == ["3", "700"]
    kept = depot.file(job, "KEPT")
    assert [line.partition(",")[0] for line in kept] == ["行号 Row", "4", "701"]
    assert kept[1].endswith("记录已被修改。,Changed since.")
    assert depot.events()["item.taken_back"] == 1198
    assert refused(depot.call, "undo_item_import", id=job).rule == "the_import_is_not_at_that_point"


def test_a_template_is_filled_in_and_comes_back(depot: Depot) -> None:
    link = depot.call("item_import_template", kind="ITEM", csv=True)
    grant = depot.files.signer.read(link["url"])
    assert grant is not None
    assert b"".join(depot.files.read(grant.key)).decode("utf-8-sig") == "编码*,名称*,电话,数量,日期\r\n"
    job = depot.imported("a.csv", "编码*,名称*,电话,数量,日期\r\n1,一,,,2024年3月5日\r\n".encode())
    assert counts(job) == ("DONE", 1, 1, 1, 0, 0, 0)


def test_files_have_their_time_and_personal_data_does_not_stay_behind(depot: Depot, database: Provisioned) -> None:
    job = depot.imported("a.csv", FILE)["id"]
    assert depot.store.rows("SELECT DISTINCT outcome, reason::text FROM import_row") == [("CREATED", None)]
    until(lambda: depot.files.stat(f"imports/{job}/source") is None, "the file of what is done is removed")
    waiting = depot.mapped("b.csv", csv(1))
    (imports,) = (each for each in depot.runtime.services["depot"].container.dependencies if isinstance(each, Imports))
    assert imports._worker.forget() == 0
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE import_job SET finished_at = now() - interval '8 days' WHERE id = %s", (job,))
        owner.execute("UPDATE import_job SET created_at = now() - interval '2 days' WHERE id = %s", (waiting,))
    assert imports._worker.forget() == 2
    assert [depot.files.stat(f"imports/{job}/errors.csv"), depot.files.stat(f"imports/{waiting}/source")] == [
        None,
        None,
    ]
    assert depot.call("item_import_file", id=job) is None
    assert depot.job(waiting)["state"] == "CANCELLED"
    assert imports._worker.forget() == 0
    depot.call("undo_item_import", id=job)
    assert depot.ended(job)["taken_back"] == 2


@pytest.mark.parametrize("point", ["change.written", "change.committed"])
@pytest.mark.parametrize("turn", [1, 2])
def test_a_killed_worker_loses_nothing_and_does_nothing_twice(
    database: Provisioned, depot: Depot, tmp_path: Path, point: str, turn: int
) -> None:
    job = depot.mapped("a.csv", csv(1700))
    # this process's own worker may not take it: another one holds a lease that never ends
    hold = "UPDATE import_job SET lease_until = 'infinity'"
    free = "UPDATE import_job SET lease_until = now() - interval '1 s', holder = NULL"
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        depot.runtime.stop()
        owner.execute(hold)
        owner.execute(
            "UPDATE import_job SET state = 'RUNNING', actor = %s, correlation_id = 'c'",
            ('{"kind":"EMPLOYEE","id":"00000000-0000-0000-0000-000000000001","name":"anna"}',),
        )
        owner.execute(free)
        trigger = tmp_path / "die"
        environment = {**os.environ, "PYTHONPATH": str(TESTS), "CRM_CRASH_AT": point, "CRM_CRASH_WHEN": str(trigger)}
        command = [sys.executable, "-m", "importing", database.url, str(depot.folder)]
        for _ in range(turn):
            trigger.touch()
            assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
            owner.execute(free)
        assert subprocess.run(command, env=environment, check=False).returncode == 0
        found = owner.execute("SELECT state, done, created, fencing FROM import_job WHERE id = %s", (job,)).fetchone()
        assert found == ("DONE", 1700, 1700, turn + 1)
        assert owner.execute("SELECT count(*), count(DISTINCT code) FROM item").fetchone() == (1700, 1700)
        assert owner.execute("SELECT count(*) FROM journal WHERE type = 'item.made'").fetchone() == (1700,)


def test_one_worker_of_the_whole_service_has_a_job(depot: Depot, database: Provisioned) -> None:
    first = depot.mapped("a.csv", csv(1))
    depot.mapped("b.csv", csv(1, first=2))
    depot.runtime.stop()
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE import_job SET state = 'RUNNING'")
        one = store.take(depot.store, "one")
        assert one is not None
        assert (str(one.id), one.fencing) == (first, 1)
        assert store.take(depot.store, "another") is None
        owner.execute("UPDATE import_job SET lease_until = now() WHERE holder = 'one'")
        another = store.take(depot.store, "another")
        assert another is not None
        assert (str(another.id), another.fencing) == (first, 2)
        with depot.store.transaction() as connection:
            assert not store.hold(connection, one)
            assert store.hold(connection, another)
