"""Services in processes of their own, as production runs them, and callers for tests that are not asynchronous."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from crm_common import migrations, provision
from crm_common.provision import Provisioned
from infra.postgres import SharedPostgres
from ledger.waiting import until

T = TypeVar("T")
SECRET = "the secret of all processes of this test"
SERVICES = ("probe", "hearer", "identity")
CLASSES = {"probe": "ProbeService", "hearer": "HearerService", "identity": "IdentityStandIn"}
ROOT = Path(__file__).parents[2]


@contextmanager
def databases(server: SharedPostgres) -> Iterator[dict[str, Provisioned]]:
    """A migrated database for each service, by its name; removed afterwards."""
    made: dict[str, Provisioned] = {}
    try:
        for service in SERVICES:
            url = server.create_database(service)
            name = url.partition("?")[0].rpartition("/")[2]
            server.drop_database(url)
            made[service] = provision.database(server.url, service, name=name)
            migrations.run(made[service].owner_url, "probe")
        yield made
    finally:
        for database in made.values():
            server.drop_database(database.url)


@dataclass(frozen=True)
class Place:
    """Where services run: a broker's virtual host, databases, and a folder for their logs."""

    amqp_url: str
    databases: dict[str, Provisioned]
    folder: Path

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """What a process of ``service`` is told."""
        named = {
            "CRM_AMQP_URL": self.amqp_url,
            "CRM_CLUSTER_SECRET": SECRET,
            "CRM_METRICS_PORT": "0",
            f"{service.upper()}_DATABASE_URL": self.databases[service].url,
            f"{service.upper()}_OWNER_DATABASE_URL": self.databases[service].owner_url,
            "PYTHONPATH": str(ROOT / "tests"),
        }
        return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | named | more

    def install(self, *services: str) -> None:
        """``migrate`` each service, as an installation does before it starts anything."""
        installing = [
            subprocess.Popen([sys.executable, "-m", "probe", CLASSES[each], "migrate"], env=self.environment(each))
            for each in services
        ]
        assert [each.wait(60) for each in installing] == [0] * len(services)


class ServiceProcess:
    """One replica of a service."""

    def __init__(self, place: Place, service: str, **environment: str) -> None:
        self.service = service
        self.health = ""
        self.log_path = place.folder / f"{service}-{time.monotonic_ns()}.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "probe", CLASSES[service], "run"],
                env=place.environment(service, **environment),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def started(self) -> ServiceProcess:
        """Itself, when it is ready."""
        until(lambda: self.said("service.started") or self.process.poll() is not None, f"{self.service} starts", 40)
        assert self.process.poll() is None, f"{self.service} ended: {self.log_path.read_text()}"
        self.health = f"http://127.0.0.1:{self.said('service.started')[0]['health_port']}"
        until(self.ready, f"{self.service} is ready")
        return self

    def lines(self) -> list[dict[str, Any]]:
        """Everything it has logged."""
        complete = self.log_path.read_text().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in complete if line.startswith("{")]

    def said(self, event: str) -> list[dict[str, Any]]:
        """The log lines of one event."""
        return [line for line in self.lines() if line["event"] == event]

    def ready(self) -> bool:
        """What its readiness probe says."""
        return httpx.get(f"{self.health}/health/ready").status_code == 200

    def metric(self, line_start: str) -> float:
        """The value of the metric whose line begins so; 0 when there is none yet."""
        found = [x for x in httpx.get(f"{self.health}/metrics").text.splitlines() if x.startswith(line_start)]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    def terminate(self) -> None:
        """What an orchestrator does first."""
        self.process.send_signal(signal.SIGTERM)

    def end(self, seconds: float = 40) -> int:
        """SIGTERM, and its exit code."""
        self.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Without warning."""
        self.process.kill()
        self.process.wait(10)


class ServiceProcesses:
    """Starts replicas and ends what is left of them."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._started: list[ServiceProcess] = []

    def start(self, service: str, **environment: str) -> ServiceProcess:
        """A replica that is ready."""
        return self.begin(service, **environment).started()

    def begin(self, service: str, **environment: str) -> ServiceProcess:
        """A replica that may not be ready yet."""
        self._started.append(ServiceProcess(self.place, service, **environment))
        return self._started[-1]

    def start_all(self, *services: str) -> None:
        """A replica of each, all ready."""
        begun = [ServiceProcess(self.place, service) for service in services]
        self._started += begun
        for each in begun:
            each.started()

    def only(self, service: str) -> ServiceProcess:
        """The one replica of the service that runs."""
        (found,) = (each for each in self._started if each.service == service and each.process.poll() is None)
        return found

    def end(self) -> None:
        """Kill all."""
        for each in self._started:
            if each.process.poll() is None:
                each.kill()


class Loop:
    """An event loop in a thread, for tests that call asynchronous code and look on from outside."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Callable[[float], T]:
        """Begin the work; the answer waits for its result, so many seconds."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        return future.result

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 60) -> T:
        """The result of the work."""
        return self.begin(work)(seconds)

    def close(self) -> None:
        """End the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()
