"""The data folder of every earlier release is opened, upgraded and goes on: ``releases/<version>`` is what it held.

A release adds its own: a demo company's databases as ``pg_dump --format=custom`` beside one another, made with the
secrets below.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psycopg
import pytest

from crm_common import provision
from crm_servers.lifeline import Lifeline
from crm_servers.postgres import PostgresServer, programs
from crm_servers.waiting import free_ports
from standing.person import Person
from standing.systems import Process, database_below

pytestmark = [pytest.mark.infra, pytest.mark.timeout(240)]

RELEASES = sorted((Path(__file__).parent / "releases").iterdir())
SECRETS = {"identity": "00" * 32, "cluster": "00" * 32}
READY = r"Ready after .* s: (http://127\.0\.0\.1:\d+)/graphql"
NAMES = "{ departments(first: 100) { totalCount nodes { name } } employees { totalCount } customers { totalCount } }"


def as_left_by(release: Path, data: Path) -> None:
    """The data folder, as a run of the release would have left it."""
    data.mkdir()
    (data / "keys.json").write_text(json.dumps(SECRETS))
    (data / "keys.json").chmod(0o600)
    lifeline = Lifeline(data / "owner.lock")
    server = PostgresServer(data / "postgres", lifeline.path).start()
    for dump in release.glob("*.dump"):
        provision.database(server.url, dump.stem.removeprefix("crm_"))
        restore = [str(programs() / "pg_restore"), "--exit-on-error", f"--dbname={server.url_of(dump.stem)}", str(dump)]
        subprocess.run(restore, check=True, capture_output=True)
    server.stop()
    lifeline.release()


@pytest.mark.parametrize("release", RELEASES, ids=[each.name for each in RELEASES])
def test_the_data_folder_of_an_earlier_release_goes_on(release: Path, folder: Path) -> None:
    """§1 of the house: a data folder of an earlier release upgrades; the company is the one that was left."""
    as_left_by(release, folder / "data")
    environment = {"PORT": str(free_ports(1)[0]), "DATA_DIR": str(folder / "data"), "DEMO": "0"}
    process = Process(["-m", "crm_embedded"], environment, folder / "output.log")
    person = Person(process.wait_for(READY).group(1))
    person.log_in("admin", "Adm-in-2026")

    seen = person.ask(NAMES)

    assert "售后部" in [node["name"] for node in seen["departments"]["nodes"]]
    assert (seen["employees"]["totalCount"], seen["customers"]["totalCount"]) == (41, 0)
    with psycopg.connect(database_below(folder / "data")) as connection:
        kept = connection.execute("SELECT count(*) FROM journal WHERE type = 'department.created'").fetchone()
    assert kept == (seen["departments"]["totalCount"],)
    assert process.end() == 0
