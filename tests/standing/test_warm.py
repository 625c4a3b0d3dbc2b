"""Forked programs behave as started ones: exit codes, signals, an environment and an output of their own."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from ledger.waiting import until
from standing.systems import Process
from standing.warm import Parent

BROKEN_SERVERS = {
    "CRM_AMQP_URL": "amqp://nobody@127.0.0.1:1/",
    "CRM_CLUSTER_SECRET": "a secret of thirty-two characters",
    "DOCUMENTS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "DOCUMENTS_KEY_SECRET": "another secret of so many letters",
}


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    return BROKEN_SERVERS | {"CRM_OBJECTS_FOLDER": str(tmp_path / "files")}


def test_a_program_says_what_it_misses_and_ends_with_its_own_code(tmp_path: Path) -> None:
    program = Process(["-m", "documents", "run"], {}, tmp_path / "log", warm="services")
    assert program.running.wait(60) == 2
    assert "CRM_CLUSTER_SECRET" in program.log.read_text()


def test_an_environment_is_one_programs_alone_and_a_signal_ends_it_in_order(
    tmp_path: Path, told: dict[str, str]
) -> None:
    program = Process(["-m", "documents", "run"], told, tmp_path / "log", warm="services")
    program.wait_for("service.started")
    other = Process(["-m", "documents", "run"], {}, tmp_path / "other", warm="services")
    assert other.running.wait(60) == 2
    assert program.running.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        program.running.wait(0.05)
    assert program.end() == 0


def test_what_was_killed_says_so_and_starts_again(tmp_path: Path, told: dict[str, str]) -> None:
    program = Process(["-m", "documents", "run"], told, tmp_path / "log", warm="services")
    program.kill()
    assert program.running.poll() == -signal.SIGKILL
    program.start()
    program.wait_for("service.started")
    program.kill()


def test_programs_end_with_the_process_that_asked_for_them(tmp_path: Path, told: dict[str, str]) -> None:
    parent = Parent("services")
    (tmp_path / "log").touch()
    program = parent.start(["-m", "documents", "run"], told, tmp_path / "log")
    until(lambda: "service.started" in (tmp_path / "log").read_text(), "the program has started")
    parent.close()
    with pytest.raises(ProcessLookupError):
        os.kill(program.pid, 0)
