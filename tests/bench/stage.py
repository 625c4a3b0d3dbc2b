"""Starts the processes that are measured, on one database, and ends them by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from bench.contenders import Contender, alone, family
from bench.prepare import Prepared
from bench.surroundings import customer_environment, identity_environment
from crm_servers.rabbitmq import RabbitServer
from crm_servers.waiting import free_ports

CONNECTIONS = 16
"""To the database, for everybody: as many as the product takes in one process."""


class Stage:
    """Processes in a folder for their logs, with ``more`` in their environment. ``clear`` ends them all."""

    def __init__(self, folder: Path, prepared: Prepared, **more: str) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._prepared = prepared
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "GATEWAY_"))}
        self._environment = {
            **kept,
            **identity_environment(prepared.database_url, prepared.secret, prepared.key_secret),
            **customer_environment(prepared.customer.database_url, prepared.key_secret, str(folder / "files")),
            "IDENTITY_POOL_SIZE": str(CONNECTIONS),
            "CUSTOMER_POOL_SIZE": str(CONNECTIONS),
            "BENCH_PATH": prepared.path,
            "BENCH_VIEWER": str(prepared.viewer),
            "BENCH_CONNECTIONS": str(CONNECTIONS),
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "GATEWAY_PROFILE": "production",
            # what is measured is the work, not the protection from too much of it
            **{f"GATEWAY_RATE_{name}": "1000000" for name in ("ACTOR", "ACTOR_BURST", "ADDRESS", "ADDRESS_BURST")},
            "GATEWAY_LIMIT_AT_ONCE": "1000",
            **more,
        }
        self._started: list[subprocess.Popen[bytes]] = []

    def direct(self) -> Contender:
        """The yardstick."""
        port, process = self._serve("direct")
        self._wait(lambda: _listens(port), process, "direct")
        return Contender("direct", "direct", port, {"server": alone(process)}, graphql=False, secured=False)

    def resolvers(self) -> Contender:
        """Strawberry as it is mostly written."""
        port, process = self._serve("resolvers")
        self._wait(lambda: _listens(port), process, "resolvers")
        name = "Strawberry, resolvers and data loaders"
        return Contender("resolvers", name, port, {"server": alone(process)}, secured=False)

    def in_process(self) -> Contender:
        """The product in one process."""
        port, process = self._serve("in-process")
        self._wait(lambda: _ready(port), process, "the product")
        return Contender("in-process", "the product in one process", port, {"server": alone(process)})

    def over_broker(self, rabbit: RabbitServer) -> Contender:
        """The product as two processes joined by RabbitMQ."""
        [port] = free_ports(1)
        broker = {"CRM_AMQP_URL": rabbit.url, "CRM_LOG_LEVEL": "WARNING"}
        services = [self._start(each, [sys.executable, "-m", each, "run"], broker) for each in ("identity", "customer")]
        gateway = self._start("gateway", [sys.executable, "-m", "gateway"], broker | {"GATEWAY_PORT": str(port)})
        self._wait(lambda: _ready(port), gateway, "the gateway")
        readers = [alone(each) for each in services]
        works = {
            "gateway": alone(gateway),
            "services": lambda: sum(each() for each in readers),
            "RabbitMQ": family(rabbit.pid() or 0),
        }
        return Contender("broker", "the product over RabbitMQ", port, works)

    def processes(self) -> list[psutil.Process]:
        """What was started and not cleared, in order."""
        return [psutil.Process(each.pid) for each in self._started]

    def clear(self) -> None:
        """End what was started, last first."""
        for each in reversed(self._started):
            each.send_signal(signal.SIGTERM)
        for each in reversed(self._started):
            try:
                each.wait(timeout=30)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        self._started.clear()

    def _serve(self, kind: str) -> tuple[int, psutil.Process]:
        [port] = free_ports(1)
        return port, self._start(kind, [sys.executable, "-m", "bench.serving", kind, str(port)], {})

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> psutil.Process:
        with (self._folder / f"{name}.log").open("wb") as log:
            made = subprocess.Popen(command, env=self._environment | environment, stdout=log, stderr=subprocess.STDOUT)
        self._started.append(made)
        return psutil.Process(made.pid)

    def _wait(self, ready: Callable[[], bool], process: psutil.Process, what: str) -> None:
        until = time.monotonic() + 60
        while not ready():
            if process.status() == psutil.STATUS_ZOMBIE or time.monotonic() > until:
                words = "\n".join(log.read_text()[-2_000:] for log in sorted(self._folder.glob("*.log")))
                raise RuntimeError(f"{what} does not come up\n{words}")
            time.sleep(0.05)


def _ready(port: int) -> bool:
    return _get(port, "/health/ready") == 200


def _listens(port: int) -> bool:
    return _get(port, "/") is not None


def _get(port: int, path: str) -> int | None:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5, trust_env=False).status_code
    except httpx.HTTPError:
        return None
