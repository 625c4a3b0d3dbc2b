"""The gateway as a process of its own: configuration faults told at once, ready and away, an orderly end on SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from crm_common.settings import Misconfigured
from gateway.settings import Limits, Live, Profile, Rates, from_environment
from ledger.waiting import until

SECRET = "a secret of the tests that has 32 bytes"


def test_every_fault_of_the_configuration_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as wrong:
        from_environment(
            {
                "GATEWAY_PROFILE": "prod",
                "GATEWAY_PORT": "http",
                "GATEWAY_LIMIT_DEPTH": "0",
                "GATEWAY_RATE_LOGIN": "often",
                "GATEWAY_ACTOR_SECONDS": "31",
                "GATEWAY_ALLOWED_ORIGINS": "https://crm.example.com, *",
                "GATEWAY_TRUSTED_PROXIES": "10.0.0.0/8,everybody",
                "GATEWAY_TRUSTED_DOCUMENTS": str(tmp_path / "none.json"),
                "CRM_CLUSTER_SECRET": "short",
            }
        )
    assert len(wrong.value.faults) == 9
    assert "short" not in str(wrong.value).replace("shorter", "")


def test_settings_are_read_with_their_parts() -> None:
    found = from_environment(
        {
            "GATEWAY_PROFILE": "production",
            "GATEWAY_LIMIT_DEPTH": "7",
            "GATEWAY_RATE_LOGIN": "0.5",
            "GATEWAY_LIVE_QUEUE": "9",
            "GATEWAY_ALLOWED_ORIGINS": "https://crm.example.com",
            "CRM_CLUSTER_SECRET": SECRET,
        }
    ).gateway
    assert (found.profile, found.limits, found.rates, found.live) == (
        Profile.PRODUCTION,
        Limits(depth=7),
        Rates(login=0.5),
        Live(queue=9),
    )
    assert (found.development, found.allowed_origins) == (False, ("https://crm.example.com",))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(amqp_url: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    environment = {"CRM_AMQP_URL": amqp_url, "CRM_CLUSTER_SECRET": SECRET, "GATEWAY_PORT": str(port), **more}
    command = [sys.executable, "-m", "gateway"]
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            yield running, f"http://127.0.0.1:{port}"
        finally:
            running.kill()


def answers(url: str) -> httpx.Response | None:
    try:
        return httpx.get(url)
    except httpx.TransportError:
        return None


@pytest.mark.infra
def test_a_process_serves_tells_what_is_missing_and_ends_in_order(rabbitmq_vhost: str) -> None:
    metrics = free_port()
    with process(rabbitmq_vhost, CRM_METRICS_PORT=str(metrics), GATEWAY_PROFILE="production") as (running, url):
        until(lambda: answers(f"{url}/health/live"), "start of the process", seconds=60)
        kind = httpx.post(f"{url}/graphql", json={"query": "{ __typename }"}).json()
        assert kind["data"] == {"__typename": "Query"}
        until(
            lambda: httpx.get(f"{url}/health/ready").json()["faults"] == ["identity does not answer"],
            "connection to the broker",
        )
        assert httpx.get(f"{url}/metrics").status_code == 404
        assert "crm_gateway_operation_seconds" in httpx.get(f"http://127.0.0.1:{metrics}/metrics").text
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=25) == 0
        assert answers(f"{url}/health/live") is None


@pytest.mark.infra
def test_without_a_broker_the_process_lives_and_is_not_ready() -> None:
    with process(f"amqp://guest:guest@127.0.0.1:{free_port()}/") as (running, url):
        until(lambda: answers(f"{url}/health/live"), "start of the process", seconds=60)
        faults = httpx.get(f"{url}/health/ready", timeout=10).json()["faults"]
        assert faults == ["identity does not answer", "the event feed is not connected"]
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 0
