"""The full system of this very repository: a first start prints a password, and with it one logs in over RabbitMQ."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crm_servers.waiting import free_ports, wait_until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(400)]

LOGIN = "mutation($i: LoginInput!) { login(input: $i) { tokens { accessToken mustChangePassword } } }"


@pytest.fixture
def data() -> Iterator[Path]:
    """A short path: PostgreSQL's socket lies in it."""
    folder = Path(tempfile.mkdtemp(prefix="crm-full-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_first_start_founds_the_company_and_its_administrator_logs_in(data: Path) -> None:
    port = free_ports(1)[0]
    url, said = f"http://127.0.0.1:{port}", data / "said"
    with said.open("w") as output:
        environment = {**os.environ, "DATA_DIR": str(data), "PORT": str(port)}
        command = [sys.executable, "-m", "crm_full"]
        launcher = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        wait_until(lambda: ready(url) or launcher.poll() is not None, 240, said.read_text, pause=0.2)
        found = re.search(r"Log in as (\S+) with the one-time password (\S+)", said.read_text())
        assert found is not None, said.read_text()
        variables = {"i": {"loginName": found.group(1), "password": found.group(2)}}
        body = {"query": LOGIN, "variables": variables}

        # The gateway is ready when it serves; the service beside it may take a moment longer and is retried until then.
        def logged_in() -> bool:
            answer = httpx.post(f"{url}/graphql", json=body, timeout=10, trust_env=False).json()
            tokens = ((answer.get("data") or {}).get("login") or {}).get("tokens")
            return tokens is not None and tokens["mustChangePassword"] is True and len(tokens["accessToken"]) > 100

        wait_until(logged_in, 30, said.read_text, pause=0.5)
    finally:
        launcher.send_signal(signal.SIGINT)
        code = launcher.wait(timeout=120)
    assert code == 0, said.read_text()
