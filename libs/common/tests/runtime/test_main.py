"""The commands of a service's process say what is wrong in one go, and can be repeated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import kombu
import pytest

from crm_common.provision import Provisioned
from probe.running import Place


def run(*arguments: str, environment: dict[str, str]) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "probe", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def nowhere(tmp_path: Path) -> Place:
    """A place of which only the form is right."""
    database = Provisioned("postgresql://crm_probe_owner@/none", "postgresql://crm_probe@/none")
    return Place("amqp://guest@127.0.0.1:1/", {"probe": database}, tmp_path)


@pytest.mark.parametrize("arguments", [(), ("dance",), ("run", "migrate")])
def test_an_unknown_command_is_told_what_there_is(nowhere: Place, arguments: tuple[str, ...]) -> None:
    code, out, err = run("ProbeService", *arguments, environment=nowhere.environment("probe"))

    assert (code, out, err) == (2, "", "usage: python -m probe run | migrate | reindex\n")


@pytest.mark.parametrize("command", ["run", "migrate", "reindex"])
def test_every_fault_of_the_environment_is_named_at_once(nowhere: Place, command: str) -> None:
    environment = nowhere.environment("probe", CRM_CLUSTER_SECRET="short", PROBE_WORKERS="none")
    del environment["PROBE_DATABASE_URL"]
    code, out, err = run("ProbeService", command, environment=environment)

    assert (code, out) == (2, "")
    assert sorted(line for line in err.splitlines() if line.startswith("- ")) == [
        "- CRM_CLUSTER_SECRET is shorter than 32 bytes",
        "- PROBE_DATABASE_URL is missing: The service's database, as its runtime role.",
        "- PROBE_WORKERS=none is not a whole number",
    ]


def test_a_service_without_a_broker_is_told_so(nowhere: Place) -> None:
    code, _, err = run("ProbeService", "run", environment=nowhere.environment("probe", CRM_AMQP_URL=""))

    assert (code, err) == (
        2,
        "The configuration has a fault:\n- CRM_AMQP_URL is missing: a service process needs RabbitMQ\n",
    )


def test_only_the_owner_migrates(nowhere: Place) -> None:
    environment = nowhere.environment("probe", PROBE_OWNER_DATABASE_URL="")
    code, _, err = run("ProbeService", "migrate", environment=environment)

    assert code == 2
    assert err.endswith("- PROBE_OWNER_DATABASE_URL is missing: only the owner migrates\n")


@pytest.mark.infra
def test_migrating_twice_declares_and_upgrades_once(
    rabbitmq_vhost: str, service_databases: dict[str, Provisioned], tmp_path: Path
) -> None:
    place = Place(rabbitmq_vhost, service_databases, tmp_path)
    said = (0, "hearer: the database is at r0001\nhearer: queues and exchanges are declared\n", "")

    assert run("HearerService", "migrate", environment=place.environment("hearer")) == said
    assert run("HearerService", "migrate", environment=place.environment("hearer")) == said
    with kombu.Connection(rabbitmq_vhost) as connection, connection.channel() as channel:
        names = ("rpc-hearer", "crm.events", "evt-probe-note.written--hearer.hear_the_note")
        assert [kombu.Queue(name, channel=channel).queue_declare(passive=True).message_count for name in names] == [
            0
        ] * 3
