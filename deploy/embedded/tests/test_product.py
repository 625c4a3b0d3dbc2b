"""``make run`` as a person meets it: starts, second starts, interruptions, upgrades."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from crm_servers.waiting import free_ports
from ledger.waiting import until
from standing.person import Person
from standing.systems import Process, database_below
from walking.money import adds_up

pytestmark = [pytest.mark.infra, pytest.mark.timeout(180)]

READY = r"Ready after .* s: (http://127\.0\.0\.1:\d+)/graphql"
LOGIN = r"Log in as (\S+) with the one-time password (\S+)"
CREATE = """mutation($in: CreateDepartmentInput!) { createDepartment(input: $in) {
    department { id } userErrors { code message field } } }"""
NAMES = "{ departments(first: 100) { nodes { name } } }"


def product(folder: Path, *, port: int | None = None, demo: str = "0", log: str = "output.log") -> Process:
    """``python -m crm_embedded`` on ``folder/data``."""
    environment = {"PORT": str(port or free_ports(1)[0]), "DATA_DIR": str(folder / "data"), "DEMO": demo}
    return Process(["-m", "crm_embedded"], environment, folder / log)


def begun(process: Process) -> Person:
    """The administrator of a new company, with a password of his own."""
    name, password = process.wait_for(LOGIN).groups()
    person = Person(process.wait_for(READY).group(1))
    person.log_in(name, password, "Adm-in-2026")
    return person


def again(process: Process) -> Person:
    """The same administrator after a restart."""
    person = Person(process.wait_for(READY).group(1))
    person.log_in("admin", "Adm-in-2026")
    return person


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "data/postgres/data/postmaster.pid").read_text().split()[0]))


def test_the_first_start_founds_a_company_and_the_second_only_opens_it(folder: Path) -> None:
    first = product(folder)
    begun(first).ask(CREATE, **{"in": {"name": "销售部"}})
    assert first.end() == 0
    assert "is not a setting" not in first.log.read_text()

    second = product(folder, log="second.log")
    names = [node["name"] for node in again(second).ask(NAMES)["nodes"]]

    assert sorted(names) == sorted(["我的公司", "销售部"])
    assert "one-time password" not in second.log.read_text()
    assert second.end() == 0
    assert not (folder / "data/postgres/data/postmaster.pid").exists()


def test_ctrl_c_ends_it_and_leaves_nothing_behind(folder: Path) -> None:
    process = product(folder)
    process.wait_for(READY)
    server = postmaster(folder)

    process.running.send_signal(signal.SIGINT)

    assert process.running.wait(40) in (0, 130)
    assert not server.is_running()
    assert "Traceback" not in process.log.read_text()


def test_kill_9_loses_nothing_and_the_next_start_goes_on(folder: Path) -> None:
    first = product(folder)
    person = begun(first)
    for number in range(5):
        person.ask(CREATE, **{"in": {"name": f"部门 {number}"}})
    first.kill()

    second = product(folder, log="second.log")

    assert len(again(second).ask(NAMES)["nodes"]) == 6
    assert second.end() == 0


def test_a_postgresql_that_was_left_behind_is_taken_over(folder: Path) -> None:
    first = product(folder)
    begun(first)
    left = postmaster(folder)
    guard = left.parent()
    assert guard is not None
    guard.kill()  # nobody is left who would stop the server
    first.kill()
    assert left.is_running()

    second = product(folder, log="second.log")
    again(second)

    assert postmaster(folder).pid != left.pid
    assert second.end() == 0


@pytest.mark.parametrize("shared", ["folder", "port"])
def test_a_second_start_gets_one_clear_line(folder: Path, shared: str) -> None:
    [port] = free_ports(1)
    first = product(folder, port=port)
    first.wait_for(READY)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()

    second = product(folder, log="second.log") if shared == "folder" else product(elsewhere, port=port)

    assert second.running.wait(30) == 2
    [line] = second.log.read_text().splitlines()
    expected = {
        "folder": f"The data folder {folder / 'data'} is in use by another running CRM.",
        "port": f"Port {port} on 127.0.0.1 cannot be used: Address already in use. Choose another with PORT=…",
    }
    assert line == expected[shared]
    assert first.end() == 0


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("PORT", "80a", "PORT is a number from 0 to 65535, not 80a"),
        ("PORT", "65536", "PORT is a number from 0 to 65535, not 65536"),
        ("DEMO", "yes", "DEMO is 1 (load the demo company into a new data folder) or 0, not yes"),
    ],
)
def test_a_wrong_choice_is_explained_in_one_line(folder: Path, variable: str, value: str, line: str) -> None:
    environment = {"PORT": "0", "DATA_DIR": str(folder / "data"), "DEMO": "0", "PATH": "", variable: value}
    ended = subprocess.run(
        [sys.executable, "-m", "crm_embedded"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert (ended.returncode, ended.stdout, ended.stderr.splitlines()) == (2, "", [line])
    assert not (folder / "data").exists()


def test_the_demo_company_is_staffed_and_its_people_can_log_in(folder: Path) -> None:
    process = product(folder, demo="1")
    password = process.wait_for(r"The people of the demo company .* log in with (\S+)").group(1)
    person = Person(process.wait_for(READY).group(1))

    tokens = person.log_in("zhangwei", password, "Zhang-wei-2026")

    assert tokens["mustChangePassword"] is True
    me = person.ask("{ me { name positionName: position { name } } }")
    assert me["name"] == "张伟"
    mine = person.ask("{ myCustomers { totalCount nodes { phone } } }")
    assert mine["totalCount"] == 23
    assert "*" not in "".join(each["phone"] for each in mine["nodes"])
    adds_up(begun(process))
    assert process.end() == 0


def test_secrets_are_readable_by_their_owner_only_and_stay_the_same(folder: Path) -> None:
    first = product(folder)
    first.wait_for(READY)
    first.end()
    keys = folder / "data/keys.json"
    before = keys.read_text()
    second = product(folder, log="second.log")
    second.wait_for(READY)
    second.end()

    assert keys.stat().st_mode & 0o777 == 0o600
    assert keys.read_text() == before


def test_an_upgrade_is_preceded_by_a_dump_of_every_database(folder: Path) -> None:
    """As an earlier release would have left it: the last revision is taken back, as if it had not been there yet."""
    first = product(folder)
    begun(first)
    url = database_below(folder / "data")
    with psycopg.connect(url, autocommit=True) as connection:
        [(newest,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        connection.execute("UPDATE alembic_version SET version_num = '0001_organisation'")
        connection.execute("DROP TABLE session, credential, login_attempt, signing_key, api_client CASCADE")
    first.kill()

    second = product(folder, log="second.log")
    second.wait_for(READY)

    [dump] = (folder / "data/backups").iterdir()
    assert dump.name.endswith("-0001_organisation")
    assert (dump / "crm_identity.dump").stat().st_size > 10_000
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
    assert second.end() == 0
    until(lambda: not (folder / "data/postgres/data/postmaster.pid").exists(), "PostgreSQL has ended")


def test_what_one_changes_of_one_s_own_rights_holds_for_the_very_next_request(folder: Path) -> None:
    process = product(folder)
    name, password = process.wait_for(LOGIN).groups()
    person = Person(process.wait_for(READY).group(1))

    person.log_in(name, password)
    assert person.refused(NAMES)[0] == "FORBIDDEN"
    person.log_in(name, password, "Adm-in-2026")

    assert len(person.ask(NAMES)["nodes"]) == 1
    for _ in range(5):
        person.ask("mutation { lockSession(input: {}) { locked userErrors { code } } }")
        assert person.refused(NAMES)[0] == "SESSION_LOCKED"
        person.ask('mutation { unlockSession(input: {password: "Adm-in-2026"}) { locked userErrors { code } } }')
        assert len(person.ask(NAMES)["nodes"]) == 1
    assert process.end() == 0
