"""A test run shares its servers among its workers, ends them however it ends, and says what is missing.

Each test here starts a test run of its own, as a person would, over a small file of tests.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from crm_servers.waiting import wait_until
from infra.postgres import SharedPostgres

ROOT = Path(__file__).resolve().parents[2]


def command(folder: Path, tests: str, *options: str) -> list[str]:
    (folder / "test_inner.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --disable-socket --allow-unix-socket\n")
    plugins = ("-p", "pytest_socket", "-p", "xdist.plugin", "-p", "infra.plugin")
    return [sys.executable, "-m", "pytest", "-q", "-rs", *plugins, *options, str(folder)]


def environment(**more: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "PYTEST_"))}
    named = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT / "tests")}  # others only cost time here
    return {**inherited, **named, **more}


def inner_run(folder: Path, tests: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    asked, seen = command(folder, tests, *options), environment(**more)
    return subprocess.run(asked, cwd=folder, env=seen, capture_output=True, text=True, timeout=100, check=False)


SEEN = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range(6))
def test_inner(postgres_server, number):
    Path({folder!r}, f"{{number}}.seen").write_text(postgres_server.url)
"""


def test_workers_share_one_server_which_ends_with_the_run(tmp_path: Path) -> None:
    done = inner_run(tmp_path, SEEN.format(folder=str(tmp_path)), "-n", "2")
    assert "6 passed" in done.stdout, done.stdout
    seen = {each.read_text() for each in tmp_path.glob("*.seen")}
    assert len(seen) == 1
    socket_folder = Path(seen.pop().partition("host=")[2].partition("&")[0])
    assert not socket_folder.parent.exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_servers_end_however_the_run_is_ended(tmp_path: Path, how: signal.Signals) -> None:
    up = tmp_path / "up"
    tests = f"""
import time
from pathlib import Path

def test_inner(postgres_server, toxiproxy):
    Path({str(up)!r}).write_text(postgres_server.url)
    time.sleep(60)
"""
    asked = interruptible(command(tmp_path, tests))
    run = subprocess.Popen(asked, cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL)
    wait_until(lambda: up.exists() and bool(up.read_text()), 60, "inner run's servers")
    folder = Path(up.read_text().partition("host=")[2].partition("&")[0]).parent
    servers = [psutil.Process(int(each.read_text())) for each in folder.glob("*/*.pid")]
    assert sorted(each.name() for each in servers) == ["postgres", "toxiproxy-v2.5.0"]
    assert all(each.is_running() for each in servers)
    run.send_signal(how)
    run.wait(timeout=30)
    wait_until(lambda: not any(alive(each) for each in servers), 20, "end of the inner run's servers")
    wait_until(lambda: not folder.exists(), 20, "end of the inner run's folder")


def interruptible(asked: list[str]) -> list[str]:
    """The command with SIGINT as a terminal gives it; a run in the background has it ignored, and children inherit."""
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-c", heard, *asked]


def alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


NEEDS_TOXIPROXY = "def test_inner(toxiproxy):\n    pass\n"


def test_a_missing_server_is_a_skip_that_says_what_is_missing(tmp_path: Path) -> None:
    done = inner_run(tmp_path, NEEDS_TOXIPROXY, PATH="/usr/bin-none", CRM_CACHE_DIR=str(tmp_path / "cache"))
    assert "1 skipped" in done.stdout, done.stdout
    assert "toxiproxy-v2.5.0: neither in the cache nor is there Go to build it" in done.stdout


def test_where_servers_are_required_a_missing_one_is_a_failure(tmp_path: Path) -> None:
    required = {"PATH": "/usr/bin-none", "CRM_CACHE_DIR": str(tmp_path / "cache"), "CRM_REQUIRE_INFRA": "1"}
    done = inner_run(tmp_path, NEEDS_TOXIPROXY, **required)
    assert done.returncode == 1
    assert "required server is missing: toxiproxy-v2.5.0: neither in the cache" in done.stdout


def test_an_address_from_the_environment_comes_first(tmp_path: Path, postgres_server: SharedPostgres) -> None:
    tests = SEEN.format(folder=str(tmp_path))
    done = inner_run(tmp_path, tests, "-k", "inner[0]", CRM_TEST_POSTGRES_URL=postgres_server.url)
    assert "1 passed" in done.stdout, done.stdout
    assert (tmp_path / "0.seen").read_text() == postgres_server.url


def test_a_test_without_a_server_may_not_open_a_socket(tmp_path: Path) -> None:
    done = inner_run(tmp_path, "import socket\n\ndef test_inner():\n    socket.socket(socket.AF_INET)\n")
    assert done.returncode == 1
    assert "SocketBlockedError" in done.stdout


def test_tests_with_servers_are_marked_so_that_the_others_can_run_alone(tmp_path: Path) -> None:
    tests = "def test_with(postgres_server):\n    pass\n\ndef test_without():\n    pass\n"
    done = inner_run(tmp_path, tests, "-m", "not infra")
    assert "1 passed, 1 deselected" in done.stdout
