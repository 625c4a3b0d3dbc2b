"""A reminder fires once (OFC-03), also when two replicas are at it and one of them is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_common import faults, migrations, provision
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from infra.postgres import SharedPostgres
from ledger.waiting import until
from office.usecases import reminders
from office.usecases.reminders import REMINDERS_TOLD
from reminding.replica import office, taken_up

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MANY = 4 * reminders.BATCH + 50
_MANY = """
INSERT INTO reminder (id, owner_id, title, at, zone, next_at, times_fired, created_at, updated_at, version)
SELECT gen_random_uuid(), gen_random_uuid(), 'R' || n, %(at)s, 'Asia/Shanghai', %(at)s, 0, %(at)s, %(at)s, 1
FROM generate_series(1, %(count)s) n
"""


@pytest.fixture
def url(postgres_server: SharedPostgres) -> Iterator[str]:
    """A database with reminders that are due."""
    admin = postgres_server.create_database("office")
    name = admin.partition("?")[0].rpartition("/")[2]
    postgres_server.drop_database(admin)
    made = provision.database(postgres_server.url, "office", name=name)
    migrations.run(made.owner_url, "office")
    store = Store(made.url, service="office")
    with store.transaction() as connection:
        connection.exec_driver_sql(_MANY, {"at": NOW, "count": MANY})
    store.close()
    yield made.url
    postgres_server.drop_database(made.url)


def replica(url: str, point: str, trigger: Path) -> subprocess.Popen[bytes]:
    """Another process at the same work, which dies at the point once the trigger is there."""
    inherited = [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
    paths = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *inherited))}
    dying = {"CRM_CRASH_AT": point, "CRM_CRASH_WHEN": str(trigger)}
    told = json.dumps({"url": url, "as_of": NOW.isoformat()})
    return subprocess.Popen([sys.executable, "-m", "reminding.replica", told], env=os.environ | paths | dying)


def count(host: ServiceHost, statement: str) -> int:
    return int(host.store.rows(statement)[0][0])


@pytest.mark.parametrize(("point", "batches"), [(REMINDERS_TOLD, 0), (REMINDERS_TOLD, 1), (faults.CHANGE_WRITTEN, 0)])
def test_a_replica_that_dies_leaves_the_rest_to_the_other(url: str, tmp_path: Path, point: str, batches: int) -> None:
    trigger = tmp_path / "now"
    if not batches:
        trigger.touch()
    with office(url) as host:
        dying = replica(url, point, trigger)
        if batches:
            until(lambda: count(host, "SELECT count(*) FROM message") >= reminders.BATCH, "the first batch", 60)
            trigger.touch()
        ended = dying.wait(60)
        assert ended in ({-9} if not batches else {-9, 0})
        told = count(host, "SELECT count(*) FROM message")
        assert told % reminders.BATCH == 0 or told == MANY
        if ended:
            run = until(lambda: taken_up(host), "the lease of the dead to end")
            assert run is not None
            assert run.fencing == 2
            reminders.fire_due(run)
        assert_each_fired_once(host)


def assert_each_fired_once(host: ServiceHost) -> None:
    """A message and an event for each, and none waits."""
    assert count(host, "SELECT count(*) FROM message") == MANY
    assert count(host, "SELECT count(DISTINCT receiver_id) FROM message") == MANY
    assert count(host, "SELECT count(*) FROM journal WHERE type = 'reminder.fired'") == MANY
    assert count(host, "SELECT count(*) FROM reminder WHERE next_at IS NOT NULL OR times_fired <> 1") == 0
