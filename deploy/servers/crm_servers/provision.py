"""Provides a server for one run: an address from the environment, else a container, else a native server.

Several processes of one run (test workers) share what the first of them started.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar, cast

from crm_servers import addresses, containers
from crm_servers.elasticsearch import ElasticsearchServer
from crm_servers.installing import Missing
from crm_servers.minio import MinioServer
from crm_servers.places import exclusively
from crm_servers.postgres import PostgresServer
from crm_servers.process import GuardedProcess, ServerFailed, hand_over, own
from crm_servers.rabbitmq import RabbitServer
from crm_servers.toxiproxy import ToxiproxyServer
from crm_servers.versity import VersityServer

A = TypeVar("A", bound=addresses.Address)


def postgres(folder: Path, lifeline: Path, keep: bool) -> addresses.Postgres:
    server = PostgresServer(folder, lifeline, durable=keep, remove=not keep).start()
    return addresses.Postgres(server.url, server.tcp_url)


def rabbitmq(folder: Path, lifeline: Path, keep: bool) -> addresses.Rabbit:
    server = RabbitServer(folder, lifeline, remove=not keep).start()
    return addresses.Rabbit(server.url, server.management_url)


def elasticsearch(folder: Path, lifeline: Path, keep: bool) -> addresses.Elasticsearch:
    return addresses.Elasticsearch(ElasticsearchServer(folder, lifeline, remove=not keep).start().url)


def s3(folder: Path, lifeline: Path, keep: bool) -> addresses.S3:
    server = MinioServer(folder, lifeline, remove=not keep).start()
    return addresses.S3(server.url, server.access_key, server.secret_key)


def other_s3(folder: Path, lifeline: Path, keep: bool) -> addresses.OtherS3:
    server = VersityServer(folder, lifeline, remove=not keep).start()
    return addresses.OtherS3(server.url, server.access_key, server.secret_key)


def toxiproxy(folder: Path, lifeline: Path, keep: bool) -> addresses.Toxiproxy:
    return addresses.Toxiproxy(ToxiproxyServer(folder, lifeline, remove=not keep).start().url)


NATIVE: dict[type, Callable[[Path, Path, bool], addresses.Address]] = {
    addresses.Postgres: postgres,
    addresses.Rabbit: rabbitmq,
    addresses.Elasticsearch: elasticsearch,
    addresses.S3: s3,
    addresses.OtherS3: other_s3,
    addresses.Toxiproxy: toxiproxy,
}


def provide(kind: type[A], run: Path, lifeline: Path, prefix: str = "CRM_TEST_") -> tuple[A, str]:
    """The address of a server of this kind and how it came (environment, container, native).

    Asks variables that start with `prefix`. Started servers live in `run` until `lifeline` is released. Missing, with a
    line for people, when there is none to be had; ServerFailed when it is there and does not start. The answer, good or
    bad, is the same for every process of the run.
    """
    name = kind.__name__.lower()
    noted = run / f"{name}.json"
    with exclusively(run / f"{name}.lock"):
        if not noted.exists():
            hand_over(noted, json.dumps(found(kind, run / name, lifeline, prefix)))
        answer = json.loads(noted.read_text())
    if "missing" in answer:
        raise Missing(answer["missing"])
    if "failed" in answer:
        raise ServerFailed(answer["failed"])
    return kind(**answer["address"]), answer["how"]


def provide_kept(kind: type[A], folder: Path, lifeline: Path, prefix: str = "CRM_") -> A:
    """As `provide`, for a server that keeps its data in `folder` from one start to the next; never a container."""
    given = cast("A | None", kind.from_environment(prefix))
    return given or cast("A", NATIVE[kind](folder, lifeline, True))


def found(kind: type[A], folder: Path, lifeline: Path, prefix: str) -> dict[str, object]:
    try:
        if (given := kind.from_environment(prefix)) is not None:
            return {"how": "environment", "address": asdict(given)}
        if containers.docker_answers():
            return {"how": "container", "address": in_container(kind, folder, lifeline)}
        return {"how": "native", "address": asdict(NATIVE[kind](folder, lifeline, False))}
    except Missing as reason:
        return {"missing": str(reason)}
    except (ServerFailed, TimeoutError, subprocess.TimeoutExpired) as reason:
        return {"failed": str(reason)}


def in_container(kind: type[A], folder: Path, lifeline: Path) -> dict[str, str]:
    """A container in the care of a guarded process, so that it ends as a native server does."""
    name = kind.__name__
    told = own(folder) / "container.json"
    keeper = GuardedProcess(
        name="container",
        folder=folder,
        lifeline=lifeline,
        command=[sys.executable, "-m", "crm_servers.containers", name, str(told)],
        environment={key: value for key, value in os.environ.items() if key.startswith(("DOCKER", "TC_", "HOME"))},
        remove=True,
    )
    keeper.start(ready=told.exists, seconds=600)  # the first time an image is fetched
    address: dict[str, str] = json.loads(told.read_text())
    return address
