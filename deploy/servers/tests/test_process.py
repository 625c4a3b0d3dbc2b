"""A guarded process ends when it should, says why it failed, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crm_servers.lifeline import Lifeline
from crm_servers.places import RunFolder
from crm_servers.process import GuardedProcess, ServerFailed, server_user
from crm_servers.waiting import free_ports, port_answers, wait_until


@pytest.fixture
def run() -> Iterator[RunFolder]:
    folder = RunFolder()
    yield folder
    folder.close()


def guarded(run: RunFolder, script: str, *, stop_seconds: int = 30) -> GuardedProcess:
    folder = run.path / "server"
    folder.mkdir()
    folder.chmod(0o777)  # the script runs as the servers' user and writes here
    command = ["/bin/sh", "-c", script]
    return GuardedProcess("server", folder, run.lifeline.path, command, stop_seconds=stop_seconds, remove=True)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def pid_of(process: GuardedProcess) -> int:
    pid = process.pid()
    assert pid is not None
    return pid


def test_a_server_that_ends_while_starting_is_told_with_the_end_of_its_log(run: RunFolder) -> None:
    process = guarded(run, "echo 'port is taken'; exit 3")
    with pytest.raises(ServerFailed, match="server ended with code 3\nport is taken"):
        process.start(ready=lambda: False, seconds=10)
    assert not process.running()


def test_a_server_that_does_not_become_ready_is_killed(run: RunFolder) -> None:
    process = guarded(run, "echo $$ > started; echo thinking; exec sleep 60")
    with pytest.raises(ServerFailed, match=r"not within 0.5 s: server ready\nthinking"):
        process.start(ready=lambda: False, seconds=0.5)
    assert gone(int((process.folder / "started").read_text()))


def test_a_server_deaf_to_its_stop_signal_is_killed_after_its_time(run: RunFolder) -> None:
    process = guarded(run, "trap '' TERM; touch up; while :; do sleep 0.1; done", stop_seconds=1)
    process.start(ready=(process.folder / "up").exists, seconds=10)
    pid = pid_of(process)
    process.stop()
    assert gone(pid)


def test_a_deaf_server_is_killed_too_when_its_owner_is_gone() -> None:
    run = RunFolder()
    process = guarded(run, "trap '' TERM; touch up; while :; do sleep 0.1; done", stop_seconds=1)
    process.start(ready=(process.folder / "up").exists, seconds=10)
    pid = pid_of(process)
    run.close(seconds=10)
    assert gone(pid)


def test_what_a_server_started_beside_itself_ends_with_it(run: RunFolder) -> None:
    process = guarded(run, "sleep 60 & echo $! > beside; exec sleep 60")
    process.start(ready=(process.folder / "beside").exists, seconds=10)
    beside = int((process.folder / "beside").read_text())
    assert not gone(beside)
    process.stop()
    wait_until(lambda: gone(beside), 5, "end of the second process")


def test_as_root_a_server_runs_as_a_user_of_its_own(run: RunFolder) -> None:
    process = guarded(run, "id -un > who; exec sleep 60")
    process.start(ready=(process.folder / "who").exists, seconds=10)
    expected = server_user() or psutil.Process().username()
    assert psutil.Process(pid_of(process)).username() == expected
    process.stop()


def test_a_server_sees_no_variables_but_those_it_needs(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SECRET_OF_THE_OWNER", "seen")
    process = guarded(run, "env > seen.new; mv seen.new seen; exec sleep 60")
    process.start(ready=(process.folder / "seen").exists, seconds=10)
    assert "CRM_SECRET_OF_THE_OWNER" not in (process.folder / "seen").read_text()
    process.stop()


def test_servers_end_and_their_folder_goes_when_the_lifeline_is_released() -> None:
    run = RunFolder()
    process = guarded(run, "touch up; exec sleep 60")
    process.start(ready=(process.folder / "up").exists, seconds=10)
    pid = pid_of(process)
    run.close()
    assert gone(pid)
    assert not run.path.exists()


def test_a_lifeline_has_one_owner(tmp_path: Path) -> None:
    held = Lifeline(tmp_path / "lifeline")
    with pytest.raises(BlockingIOError):
        Lifeline(tmp_path / "lifeline")
    held.release()
    Lifeline(tmp_path / "lifeline").release()


def test_a_guard_told_to_end_asks_the_server_first(run: RunFolder) -> None:
    process = guarded(run, "trap 'echo asked > how; exit 0' TERM; touch up; while :; do sleep 0.1; done")
    process.start(ready=(process.folder / "up").exists, seconds=10)
    os.kill(psutil.Process(pid_of(process)).ppid(), signal.SIGTERM)
    wait_until(lambda: not process.running(), 10, "end of the guard")
    assert (process.folder / "how").read_text() == "asked\n"


@pytest.mark.infra
def test_free_ports_differ_and_do_not_answer() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert not any(port_answers(port) for port in ports)
