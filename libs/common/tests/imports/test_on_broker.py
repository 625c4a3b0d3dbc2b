"""IOX-01 in the full system: the worker lives in the service's green process, and another replica goes on for it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from crm_common import codec
from crm_common.context import Actor, ActorKind, Context, Seal
from crm_common.objects import FileObjects, open_objects
from crm_common.provision import Provisioned
from crm_common.runtime.broker_client import BrokerClient
from importing.house import SECRET, SHOWN, depot_database, settings_of
from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from ledger.waiting import until
from probe.running import Loop

TESTS = Path(__file__).parents[4] / "tests"
ROWS = 6_000


class Replicas:
    """Processes of the depot, and a caller of theirs."""

    def __init__(self, amqp_url: str, database: Provisioned, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(TESTS),
            "CRM_AMQP_URL": amqp_url,
            "CRM_CLUSTER_SECRET": SECRET,
            "CRM_OBJECTS_FOLDER": str(folder / "objects"),
            "CRM_METRICS_PORT": "0",
            "DEPOT_DATABASE_URL": database.url,
        }
        self.running: list[subprocess.Popen[bytes]] = []
        self.loop = Loop()
        self.client = BrokerClient(amqp_url, seal=Seal(SECRET.encode()))
        self.loop.run(self.client.start())

    def start(self, **more: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"depot-{len(self.running)}.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "importing.broker", "run"]
            environment = self.environment | more
            self.running.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))
        until(lambda: "service.started" in log.read_text() or self.running[-1].poll() is not None, "it starts", 60)
        assert self.running[-1].poll() is None, log.read_text()
        lines = [json.loads(line) for line in log.read_text().splitlines() if "service.started" in line]
        ready = f"http://127.0.0.1:{lines[0]['health_port']}/health/ready"
        until(lambda: httpx.get(ready, trust_env=False).status_code == 200, "it is ready", 60)
        return self.running[-1]

    def call(self, method: str, **payload: Any) -> Any:
        actor = Actor(kind=ActorKind.EMPLOYEE, id=UUID(int=1), name="anna",
                      permissions=frozenset({"depot.import", "depot.import_bulk"}))  # fmt: skip
        context = Context(actor=actor, correlation_id="call", deadline=time.time() + 20)
        return codec.decode_json(self.loop.run(self.client.call("depot", method, payload, context)))

    def close(self) -> None:
        for each in self.running:
            each.kill()
            each.wait(10)
        self.loop.run(self.client.close())
        self.loop.close()


@pytest.fixture
def replicas(
    postgres_server: SharedPostgres, rabbitmq: SharedRabbit, tmp_path: Path
) -> Iterator[tuple[Replicas, Provisioned]]:
    with rabbitmq.vhost("depot") as vhost, depot_database(postgres_server) as database:
        found = Replicas(vhost, database, tmp_path)
        yield found, database
        found.close()


def test_another_replica_goes_on_where_a_killed_one_was(replicas: tuple[Replicas, Provisioned]) -> None:
    depot, database = replicas
    trigger = depot.folder / "die"
    first = depot.start(CRM_CRASH_AT="change.committed", CRM_CRASH_WHEN=str(trigger))
    told = {"kind": "ITEM", "file_name": "a.csv", "select": {"job": SHOWN}}
    job = depot.call("start_item_import", **told)["job"]["id"]
    files = open_objects(settings_of(database.url, depot.folder / "objects").process)
    assert isinstance(files, FileObjects)
    lines = "\n".join(f"{number},item {number}" for number in range(ROWS))
    files.put(f"imports/{job}/source", io.BytesIO(f"code,name\n{lines}\n".encode()))
    depot.call("map_item_import", id=job)
    depot.call("run_item_import", id=job)
    trigger.touch()
    assert first.wait(60) == -signal.SIGKILL
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        ((done,),) = owner.execute("SELECT done FROM import_job").fetchall()
        assert 0 < done < ROWS
        depot.start()
        owner.execute("UPDATE import_job SET lease_until = now() - interval '1 s'")

        def ended() -> bool:
            (shown,) = depot.call("item_imports_by_ids", ids=[job], select=SHOWN)
            return bool(shown["state"] != "RUNNING")

        until(ended, "the import ends", 90)
        found = owner.execute("SELECT state, done, created, fencing FROM import_job").fetchone()
        assert found == ("DONE", ROWS, ROWS, 2)
        assert owner.execute("SELECT count(*) FROM item").fetchone() == (ROWS,)
        assert owner.execute("SELECT count(*) FROM journal WHERE type = 'item.made'").fetchone() == (ROWS,)
