"""RabbitMQ goes and comes back under a running system: answers are refused in time, nothing is lost, work goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crm_servers.rabbitmq import RabbitServer
from faults.test_crashes import NAMES, acknowledged, create, created_events, outbox
from infra.postgres import SharedPostgres
from ledger.waiting import until
from standing.systems import on_broker

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]


def test_a_broker_s_restart_is_an_interruption_and_no_loss(
    postgres_server: SharedPostgres, own_rabbitmq: RabbitServer, tmp_path: Path
) -> None:
    with on_broker(postgres_server, own_rabbitmq.url, tmp_path, cold=True) as system:
        admin = system.admin()
        assert acknowledged(create(admin, "以前"))
        own_rabbitmq.settle()

        own_rabbitmq.kill()
        began = time.monotonic()
        away = admin.send(NAMES)
        waited = time.monotonic() - began
        own_rabbitmq.start()

        assert [error["extensions"]["code"] for error in away["errors"]] == ["UNAVAILABLE"]
        assert waited < 10, "a caller waits no longer than his deadline"
        until(lambda: acknowledged(create(admin, "以后")), "calls are answered again")
        until(lambda: outbox(system) == 0, "what was written meanwhile is published")
        assert [created_events(system, name) for name in ("以前", "以后")] == [1, 1]
