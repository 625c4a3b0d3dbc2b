"""``crm`` as a person types it, against a real gateway: login, import with its error file, undo, export, events."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from importing.whole import Whole, served
from infra.postgres import SharedPostgres
from standing.systems import ADMIN

NOUN = ("--noun", "Item", "--kind", "ITEM")


@pytest.fixture(scope="module")
def whole(postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with served(postgres_server, tmp_path_factory.mktemp("whole")) as running:
        yield running


class Terminal:
    """A shell in a folder, with a login of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = folder / "config" / "session.json"

    def crm(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """What the command prints; it must end with this exit code."""
        told = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "NO_PROXY": "*", "CRM_LANGUAGE": "en",
                "CRM_SESSION": str(self.session), "CRM_PASSWORD": ADMIN, "COLUMNS": "200"}  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-m", "crm_cli", *arguments],
            cwd=self.folder, env=told | environment, capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr


@pytest.fixture
def terminal(whole: Whole, tmp_path: Path) -> Terminal:
    found = Terminal(tmp_path)
    found.crm("login", whole.url, "--name", "admin")
    whole.depot.rows("SELECT 1")
    return found


def test_a_login_is_kept_for_its_owner_alone_and_ended(terminal: Terminal) -> None:
    assert stat.S_IMODE(terminal.session.stat().st_mode) == 0o600
    terminal.crm("logout")
    assert not terminal.session.exists()
    assert "Nobody is logged in" in terminal.crm("events", "parked", code=1)


def test_a_wrong_password_and_a_server_that_is_away_are_told_in_a_line(whole: Whole, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    said = terminal.crm("login", whole.url, "--name", "admin", code=1, CRM_PASSWORD="wrong")
    assert "Traceback" not in said
    said = terminal.crm("login", "http://127.0.0.1:9", "--name", "admin", code=3)
    assert said.startswith("http://127.0.0.1:9 does not answer")


def test_a_file_is_imported_listed_where_it_failed_exported_and_taken_back(terminal: Terminal, whole: Whole) -> None:
    file = terminal.folder / "items.csv"
    file.write_text("编码,名称,重量\nC1,锤子,5\nC2,钳子,1\nC1,again,\n", encoding="gb18030")
    said = terminal.crm("import", "items.csv", *NOUN, "--map", "重量=amount")
    assert "DONE: created 2, updated 0, skipped 1, failed 0" in said
    errors = (terminal.folder / "items - errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert errors == ["行号 Row,编码,名称,重量,原因,Reason", "4,C1,again,,编码 C1 已存在。,There is an item C1."]
    said = terminal.crm("export", "out.csv", *NOUN, "--filter", '{"code": {"eq": "C1"}}', "--column", "name")
    assert "1 rows: out.csv" in said
    assert (terminal.folder / "out.csv").read_text(encoding="utf-8-sig") == "Name\n锤子\n"
    job = re.search(r"crm undo (\S+) --noun Item", terminal.crm("import", "items.csv", *NOUN, "--policy", "UPDATE"))
    assert job is not None
    first = whole.depot.rows("SELECT id FROM import_job ORDER BY created_at LIMIT 1")[0][0]
    assert first
    assert whole.depot.rows("SELECT count(*) FROM item") == [(2,)]
    assert "Taken back: 0, kept: 0" in terminal.crm("undo", job[1], "--noun", "Item")


def test_a_dry_run_shows_the_mapping_and_imports_nothing(terminal: Terminal, whole: Whole) -> None:
    before = whole.depot.rows("SELECT count(*) FROM item")
    (terminal.folder / "a.csv").write_text("code,whatever\nX1,y\n")
    said = terminal.crm("import", "a.csv", *NOUN, "--dry-run")
    assert re.search(r"whatever\s+│ —", said)
    assert whole.depot.rows("SELECT count(*) FROM item") == before
    said = terminal.crm("import", "a.csv", *NOUN, code=1)
    assert "No column of the file is mapped to 名称" in said
    said = terminal.crm("import", "a.csv", *NOUN, "--map", "nothing=name", code=1)
    assert "--map takes heading=field; the headings are: code, whatever" in said


def test_a_hostile_file_is_refused_in_a_sentence(terminal: Terminal) -> None:
    (terminal.folder / "a.xlsx").write_bytes(b"%PDF-1.7 not a workbook")
    said = terminal.crm("import", "a.xlsx", *NOUN, code=1)
    assert "VALIDATION: The file is named a.xlsx but holds PDF" in said


def test_parked_events_are_listed_and_put_back_to_work(terminal: Terminal) -> None:
    # the schema knows services that are not there: one that is silent costs its own part only
    said = terminal.crm("events", "parked")
    assert "attempts" in said
    assert "depot does not answer" not in said
    assert "0 put back to work" in terminal.crm("events", "redrive", "depot")
    assert "there is no service" in terminal.crm("events", "redrive", "nowhere", code=1).lower()


def test_byd_05_a_journal_is_verified_and_a_row_changed_behind_its_back_is_told(
    terminal: Terminal, whole: Whole
) -> None:
    said = terminal.crm("journal", "verify", "--service", "identity")
    assert "identity: sound" in said
    assert "company, department, employee, position" in said
    with whole.identity.transaction() as connection:
        connection.exec_driver_sql("UPDATE company SET name = name || ' behind its back'")
    said = terminal.crm("journal", "verify", "--service", "identity", code=1)
    assert "identity: NOT SOUND" in said
    assert ": name" in said
    with whole.identity.transaction() as connection:
        connection.exec_driver_sql("UPDATE company SET name = replace(name, ' behind its back', '')")
