"""The servers of the full system and the environment variables that tell each program where they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from crm_common.provision import database
from crm_full.folder import DataFolder
from crm_full.programs import GATEWAY, Program
from crm_servers import addresses
from crm_servers.provision import provide_kept

A = TypeVar("A", bound=addresses.Address)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Servers:
    """Where the four servers answer."""

    postgres: addresses.Postgres
    rabbit: addresses.Rabbit
    elasticsearch: addresses.Elasticsearch
    s3: addresses.S3


def start_servers(folder: DataFolder, say: Say) -> Servers:
    """All four at once; returns when the slowest is ready. Missing or ServerFailed with a line for people."""

    def one(kind: type[A], name: str) -> A:
        started = time.monotonic()
        address = provide_kept(kind, folder.path / name, folder.lifeline)
        say(f"{name} ready after {time.monotonic() - started:.1f} s")
        return address

    with ThreadPoolExecutor() as pool:
        postgres = pool.submit(one, addresses.Postgres, "postgres")
        rabbit = pool.submit(one, addresses.Rabbit, "rabbitmq")
        elasticsearch = pool.submit(one, addresses.Elasticsearch, "elasticsearch")
        s3 = pool.submit(one, addresses.S3, "minio")
    return Servers(postgres.result(), rabbit.result(), elasticsearch.result(), s3.result())


def environment_of(program: Program, servers: Servers, folder: DataFolder, port: int) -> dict[str, str]:
    """The variables of one program, all with its prefix; makes a service's database and roles when they are missing."""
    variables = {"AMQP_URL": servers.rabbit.url, "CLUSTER_SECRET": folder.secret("cluster")}
    if program.name == GATEWAY:
        variables["PORT"] = str(port)
    else:
        variables |= of_service(program, servers, folder)
    return {program.prefix + name: value for name, value in variables.items()}


def of_service(program: Program, servers: Servers, folder: DataFolder) -> dict[str, str]:
    admin = servers.postgres.url
    if "host=/" in admin:  # our own server trusts whoever may open its socket
        made = database(admin, program.database)
    else:
        owner, runtime = folder.secret(f"{program.name}-owner"), folder.secret(program.name)
        made = database(admin, program.database, password=runtime, owner_password=owner)
    return {
        "DATABASE_URL": made.url,
        "DATABASE_OWNER_URL": made.owner_url,
        "SEARCH_URL": servers.elasticsearch.url,
        "OBJECTS_URL": servers.s3.url,
        "OBJECTS_ACCESS_KEY": servers.s3.access_key,
        "OBJECTS_SECRET_KEY": servers.s3.secret_key,
    }
