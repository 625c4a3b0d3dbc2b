"""Servers in containers where Docker answers; run as a process, it keeps one container until it is told to end.

`python -m crm_servers.containers Postgres /path/address.json` writes the address when the server is up.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crm_servers import addresses
from crm_servers.waiting import port_answers, wait_until

SOCKETS = (Path("/var/run/docker.sock"), Path.home() / ".docker" / "run" / "docker.sock")


@dataclass(frozen=True)
class Image:
    """What to run, which ports to open on 127.0.0.1, and how the address follows from the published ports."""

    name: str
    environment: dict[str, str]
    ports: tuple[int, ...]
    address: Callable[[dict[int, int]], addresses.Address]
    command: str = ""


def docker_answers() -> bool:
    """True when a Docker engine replies; asks only where one could be, since the client library is slow to import."""
    if not os.environ.get("DOCKER_HOST") and not any(each.is_socket() for each in SOCKETS):
        return False
    import docker

    try:
        client = docker.from_env(timeout=5)
        client.ping()
        client.close()
    except docker.errors.DockerException:
        return False
    return True


SINGLE_NODE = {
    "discovery.type": "single-node",
    "xpack.security.enabled": "false",
    "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
}


def image(kind: str) -> Image:
    """The image for a kind of address (class name in `addresses`), with a fresh password."""
    secret = secrets.token_hex(16)
    return (_servers(secret) | _stores(secret))[kind]


def _servers(secret: str) -> dict[str, Image]:
    postgres = f"postgresql://postgres:{secret}@127.0.0.1"
    rabbit = f"crm:{secret}@127.0.0.1"
    return {
        "Postgres": Image(
            "postgres:18-alpine",
            {"POSTGRES_PASSWORD": secret},
            (5432,),
            lambda at: addresses.Postgres(f"{postgres}:{at[5432]}/postgres", f"{postgres}:{at[5432]}/postgres"),
            "postgres -c fsync=off -c synchronous_commit=off -c max_connections=300",
        ),
        "Rabbit": Image(
            "rabbitmq:3.13-management-alpine",
            {"RABBITMQ_DEFAULT_USER": "crm", "RABBITMQ_DEFAULT_PASS": secret},
            (5672, 15672),
            lambda at: addresses.Rabbit(f"amqp://{rabbit}:{at[5672]}/%2F", f"http://{rabbit}:{at[15672]}"),
        ),
        "Elasticsearch": Image(
            "docker.elastic.co/elasticsearch/elasticsearch:8.19.0",
            SINGLE_NODE,
            (9200,),
            lambda at: addresses.Elasticsearch(f"http://127.0.0.1:{at[9200]}"),
        ),
        "Toxiproxy": Image(
            "ghcr.io/shopify/toxiproxy:2.5.0",
            {},
            (8474,),
            lambda at: addresses.Toxiproxy(f"http://127.0.0.1:{at[8474]}"),
        ),
    }


def _stores(secret: str) -> dict[str, Image]:
    return {
        "S3": Image(
            "minio/minio:RELEASE.2025-09-07T16-13-09Z",
            {"MINIO_ROOT_USER": "crm", "MINIO_ROOT_PASSWORD": secret},
            (9000,),
            lambda at: addresses.S3(f"http://127.0.0.1:{at[9000]}", "crm", secret),
            "server /data",
        ),
        "OtherS3": Image(
            "versity/versitygw:v1.8.0",
            {"ROOT_ACCESS_KEY_ID": "crm", "ROOT_SECRET_ACCESS_KEY": secret},
            (7070,),
            lambda at: addresses.OtherS3(f"http://127.0.0.1:{at[7070]}", "crm", secret),
            "posix --sidecar /tmp /mnt",
        ),
    }


def keep(kind: str, told: Path) -> None:
    """Starts the container, writes its address to `told`, and removes it at SIGTERM."""
    from testcontainers.core.container import DockerContainer

    wanted = image(kind)
    container: Any = DockerContainer(wanted.name)
    for name, value in wanted.environment.items():
        container.with_env(name, value)
    if wanted.command:
        container.with_command(wanted.command)
    for port in wanted.ports:
        container.ports[port] = ("127.0.0.1", None)  # not on all addresses, which is Docker's default
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    container.start()
    try:
        at = {port: int(container.get_exposed_port(port)) for port in wanted.ports}
        wait_until(lambda: all(port_answers(each) for each in at.values()), 120, f"{wanted.name} answers")
        unfinished = told.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(wanted.address(at))))
        unfinished.rename(told)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
    finally:
        container.stop()


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
