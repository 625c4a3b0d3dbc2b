"""The servers of the full system and the environment variables that tell each program where they are."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from crm_common.provision import Provisioned, database
from crm_full.folder import DataFolder
from crm_full.programs import Program
from crm_servers import addresses
from crm_servers.provision import provide_kept

A = TypeVar("A", bound=addresses.Address)
# The one variable that only `migrate` gets.
OWNER = "OWNER_DATABASE_URL"
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


def gateway_environment(program: Program, servers: Servers, folder: DataFolder, port: int) -> dict[str, str]:
    return {
        "CRM_AMQP_URL": servers.rabbit.url,
        "CRM_CLUSTER_SECRET": folder.secret("cluster"),
        "CRM_METRICS_PORT": str(folder.port(program.name)),
        f"{program.prefix}PORT": str(port),
        # it opens sealed files on their way out
        **_objects(servers),
    }


def service_environment(program: Program, servers: Servers, folder: DataFolder) -> dict[str, str]:
    """What we know of the variables that the service declares, its owner's address included (for `migrate`).

    Makes the database and its roles when they are missing. A secret that the service asks for is made up and kept.
    """
    made = database_of(program, servers, folder)
    known = {
        "CRM_AMQP_URL": servers.rabbit.url,
        "CRM_CLUSTER_SECRET": folder.secret("cluster"),
        "CRM_METRICS_PORT": str(folder.port(program.name)),
        "CRM_SEARCH_URL": servers.elasticsearch.url,
        f"{program.prefix}DATABASE_URL": made.url,
        f"{program.prefix}{OWNER}": made.owner_url,
        f"{program.prefix}SEARCH_URL": servers.elasticsearch.url,
        **_objects(servers),
    }
    wanted = declared(program)
    for name, required in wanted.items():
        if required and name not in known and name.endswith("_SECRET"):
            known[name] = folder.secret(name.lower())
    return {name: value for name, value in known.items() if name in wanted}


def _objects(servers: Servers) -> dict[str, str]:
    """Where files lie."""
    return {
        "CRM_OBJECTS_URL": servers.s3.url,
        "CRM_OBJECTS_ACCESS_KEY": servers.s3.access_key,
        "CRM_OBJECTS_SECRET_KEY": servers.s3.secret_key,
    }


def without_owner(environment: Mapping[str, str]) -> dict[str, str]:
    """What a service runs with: it may do less than the owner of its database, who only migrates."""
    return {name: value for name, value in environment.items() if not name.endswith(OWNER)}


def declared(program: Program) -> dict[str, bool]:
    """The names of the variables that the service reads; true for those it must have."""
    asked = [sys.executable, "-m", "crm_full.declared", program.package]
    found: dict[str, bool] = json.loads(subprocess.check_output(asked, text=True))
    return found


def database_of(program: Program, servers: Servers, folder: DataFolder) -> Provisioned:
    admin = servers.postgres.url
    if "host=/" in admin:  # our own server trusts whoever may open its socket
        return database(admin, program.database)
    owner, runtime = folder.secret(f"{program.name}-owner"), folder.secret(program.name)
    return database(admin, program.database, password=runtime, owner_password=owner)
