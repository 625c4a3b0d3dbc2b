"""Starts the product as people do: ``crm_embedded`` alone, or one process per service with gateway and broker."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from crm_common import provision
from crm_common.provision import Provisioned
from crm_servers.waiting import free_ports
from infra.postgres import SharedPostgres
from standing.person import Person
from standing.warm import SERVICES, Warm, parent, surroundings

ADMIN = "Adm-in-2026"
SECRET = "the secret of all processes of this test"
_PASSWORD = re.compile(r"Log in as (\S+) with the one-time password (\S+)")


@dataclass
class System:
    """A running system with a founded company. ``databases``: each service's, as a role that may read everything."""

    mode: str
    url: str
    databases: dict[str, str]
    processes: dict[str, Process] = field(default_factory=dict)
    amqp_url: str = ""

    def person(self, **options: Any) -> Person:
        """Somebody who is not logged in yet."""
        return Person(self.url, **options)

    def admin(self) -> Person:
        """The first administrator, logged in with a password of his own."""
        person = self.person()
        person.log_in("admin", ADMIN)
        return person

    @property
    def database(self) -> str:
        """Identity's database."""
        return self.databases["identity"]

    def rows(self, statement: str, *values: Any, service: str = "identity") -> list[tuple[Any, ...]]:
        """What a service's database holds."""
        with psycopg.connect(self.databases[service], autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()


class Process:
    """A program that can be ended, killed and started again; its output lies in a file.

    ``warm`` names the kind of process that has it ready (see ``standing.warm``); absent, Python starts anew.
    """

    def __init__(
        self, command: Sequence[str], environment: dict[str, str], log: Path, *, warm: str | None = None
    ) -> None:
        self.command = command
        self.environment = surroundings() | environment
        self.log = log
        self.warm = warm
        self.start()

    def start(self) -> None:
        self.running: subprocess.Popen[bytes] | Warm
        self.log.touch()
        if self.warm is not None:
            self.running = parent(self.warm).start(self.command, self.environment, self.log)
            return
        with self.log.open("ab") as log:
            command = [sys.executable, *self.command]
            self.running = subprocess.Popen(command, env=self.environment, stdout=log, stderr=subprocess.STDOUT)

    def wait_for(self, pattern: str, seconds: float = 300) -> re.Match[str]:
        """The first place in the output that matches."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := re.search(pattern, self.log.read_text()):
                return found
            assert self.running.poll() is None, f"{self.command} ended:\n{self.log.read_text()}"
            time.sleep(0.05)
        raise TimeoutError(f"{self.command} did not say {pattern}:\n{self.log.read_text()}")

    def end(self, seconds: float = 60) -> int:
        """SIGTERM, and the exit code."""
        self.tell_to_end()
        return self.running.wait(seconds)

    def tell_to_end(self) -> None:
        """SIGTERM, without waiting for what comes of it."""
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)

    def told(self, name: str, lines: int = 12) -> str:
        """How the process fares and how its output ends, under its name."""
        code = self.running.poll()
        state = "runs" if code is None else f"ended with {code}"
        return "\n".join([f"--- {name} {state}", *self.log.read_text().splitlines()[-lines:]])

    def kill(self) -> None:
        """kill -9."""
        self.running.kill()
        self.running.wait()


@contextmanager
def embedded(environment: dict[str, str] | None = None) -> Iterator[System]:
    """``make run`` without demo data, on a new data folder."""
    with tempfile.TemporaryDirectory(prefix="crm") as folder, ExitStack() as closing:
        [port] = free_ports(1)
        data = Path(folder) / "data"
        chosen = {"PORT": str(port), "DATA_DIR": str(data), "DEMO": "0"} | (environment or {})
        process = Process(["-m", "crm_embedded"], chosen, Path(folder) / "output.log", warm="embedded")
        closing.callback(process.end)
        found = process.wait_for(_PASSWORD.pattern)
        process.wait_for("Ready after")
        databases = {service: database_below(data, service) for service in SERVICES}
        _need_no_disk(databases["identity"])
        system = System("embedded", f"http://127.0.0.1:{port}", databases, {"crm": process})
        _take_over(system, found.group(2))
        yield system


def _need_no_disk(database: str) -> None:
    """Let a data folder that lives as long as a test not be synced: its end alone would sync thousands of new files."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


def database_below(data: Path, service: str = "identity") -> str:
    """A service's database in a data folder, through the socket that lies there."""
    [socket] = (path for path in (data / "postgres").glob(".s.PGSQL.*") if path.suffix != ".lock")
    return f"postgresql://postgres@/crm_{service}?host={socket.parent}&port={socket.suffix[1:]}"


@contextmanager
def on_broker(
    postgres: SharedPostgres,
    amqp_url: str,
    folder: Path,
    environment: dict[str, str] | None = None,
    *,
    cold: bool = False,
) -> Iterator[System]:
    """Every service and the gateway as processes of their own, on databases of their own and an empty virtual host.

    ``cold``: each is started as in production, not forked from one that has imported everything.
    """
    with ExitStack() as closing:
        [port] = free_ports(1)
        variables = {"CRM_AMQP_URL": amqp_url, "CRM_CLUSTER_SECRET": SECRET, "GATEWAY_PORT": str(port)}
        variables["CRM_OBJECTS_FOLDER"] = str(folder / "files")
        databases = {}
        for service in SERVICES:
            made, databases[service] = _database(postgres, service)
            closing.callback(postgres.drop_database, made.url)
            variables |= _told(service, made)
        variables |= environment or {}
        password = _install(variables, folder)
        processes: dict[str, Process] = {}
        closing.callback(_end_together, processes)
        for service in (*SERVICES, "gateway"):
            command = ["-m", service] if service == "gateway" else ["-m", service, "run"]
            warm = None if cold else "gateway" if service == "gateway" else "services"
            processes[service] = Process(command, variables, folder / f"{service}.log", warm=warm)
        url = f"http://127.0.0.1:{port}"
        wait_ready(url, processes)
        system = System("broker", url, databases, processes, amqp_url)
        _take_over(system, password)
        yield system


def _told(service: str, database: Provisioned) -> dict[str, str]:
    prefix = service.upper()
    return {
        f"{prefix}_DATABASE_URL": database.url,
        f"{prefix}_OWNER_DATABASE_URL": database.owner_url,
        f"{prefix}_KEY_SECRET": f"{SECRET}: keys",
    }


def _end_together(processes: Mapping[str, Process]) -> None:
    # each waits some seconds for its connections: told one after the other, seven of them need half a minute
    for process in processes.values():
        process.tell_to_end()
    for process in processes.values():
        process.running.wait(60)


def wait_ready(url: str, processes: Mapping[str, Process], seconds: float = 300) -> None:
    """Return when the gateway says that it is ready; else say what it said last, and how the processes' logs end."""
    until = time.monotonic() + seconds
    last = "nothing was asked yet"
    while time.monotonic() < until and all(each.running.poll() is None for each in processes.values()):
        try:
            answer = httpx.get(f"{url}/health/ready", timeout=5)
            if answer.status_code == 200:
                return
            last = f"{answer.status_code} {answer.text}"
        except httpx.TransportError as not_yet:
            last = repr(not_yet)
        time.sleep(0.05)
    told = "\n".join(each.told(name) for name, each in processes.items())
    raise TimeoutError(f"{url} is not ready: {last}\n{told}")


def _database(postgres: SharedPostgres, service: str) -> tuple[Provisioned, str]:
    url = postgres.create_database(service)
    name = url.partition("?")[0].rpartition("/")[2]
    postgres.drop_database(url)
    return provision.database(postgres.url, service, name=name), url


def _install(variables: dict[str, str], folder: Path) -> str:
    steps = [Process(["-m", each, "migrate"], variables, folder / f"{each}-migrate.log") for each in SERVICES]
    for step in steps:
        assert step.running.wait(300) == 0, step.log.read_text()
    founding = Process(["-m", "identity", "found", "我的公司"], variables, folder / "found.log")
    assert founding.running.wait(300) == 0, founding.log.read_text()
    found = _PASSWORD.search((folder / "found.log").read_text())
    assert found is not None
    return found.group(2)


def _take_over(system: System, password: str) -> None:
    system.person().log_in("admin", password, ADMIN)
