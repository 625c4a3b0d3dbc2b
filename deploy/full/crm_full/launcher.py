"""Starts the servers, migrates every service, then runs all programs under honcho until one ends or all are stopped."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import honcho.manager

from crm_full.folder import DataFolder, write_private
from crm_full.programs import Program, gateway, services
from crm_full.surroundings import gateway_environment, service_environment, start_servers, without_owner
from crm_servers.process import GUARD, GuardedProcess, guard_order, lock_is_free
from crm_servers.waiting import wait_until

# A program drains for up to 25 s; its guard kills it then; honcho's own patience must be longer than both.
DRAIN_SECONDS = 27
HONCHO_PATIENCE = 35
# The service whose `found` makes the company on a new database and prints the administrator's one-time password.
FOUNDER = "identity"


class CommandFailed(Exception):  # noqa: N818 - reads as what happened
    """A service's command that goes before its start failed; the text says which."""


def say(line: str) -> None:
    print(f"full system | {line}", file=sys.stderr, flush=True)


def launch(root: Path, data: Path, port: int) -> int:
    """Runs the full system of the repository at `root` with its data in `data`; the exit code, when it has ended."""
    folder = DataFolder(data)
    try:
        started = time.monotonic()
        servers = start_servers(folder, say)
        environments = {}
        for service in services(root):
            environment = service_environment(service, servers, folder)
            command(service, environment, "migrate")
            environments[service] = without_owner(environment)
            if service.name == FOUNDER:
                command(service, environments[service], "found")
        if (front := gateway(root)) is not None:
            environments[front] = gateway_environment(front, servers, folder, port)
        say(f"starting {', '.join(each.name for each in environments)} after {time.monotonic() - started:.1f} s")
        return run(environments, folder)
    finally:
        say("stopping the servers …")
        folder.release()
        guards = list(folder.path.glob("**/*.guard"))
        wait_until(lambda: all(lock_is_free(each) for each in guards), 90, "end of the servers", pause=0.1)


def command(service: Program, environment: Mapping[str, str], name: str) -> None:
    done = subprocess.run([sys.executable, "-m", service.package, name], env={**os.environ, **environment}, check=False)
    if done.returncode != 0:
        raise CommandFailed(f"{service.name}: {name} failed with code {done.returncode} (see above)")


def run(environments: Mapping[Program, Mapping[str, str]], folder: DataFolder) -> int:
    """Honcho's loop over all programs, each in a guard's care; as soon as one ends, all end."""
    honcho.manager.KILL_WAIT = HONCHO_PATIENCE
    manager = honcho.manager.Manager()
    guards = folder.path / "programs"
    guards.mkdir(exist_ok=True)
    for program, environment in environments.items():
        folder.note_environment(program.name, environment)
        line = [sys.executable, "-m", program.package, *program.arguments]
        inherited = {name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "HOME"))}
        seen = {**inherited, "PYTHONUNBUFFERED": "1", **environment}
        process = GuardedProcess(program.name, guards, folder.lifeline, line, seen, stop_seconds=DRAIN_SECONDS)
        order = write_private(guards / f"{program.name}.order", json.dumps(guard_order(process, "", log=False)))
        manager.add_process(program.name, f"exec {shlex.join(GUARD)} < {shlex.quote(str(order))}")
    if not environments:
        say("there is no program to run yet; the servers run until this is stopped")
        manager.add_process("idle", "exec tail -f /dev/null")
    manager.loop()
    code: int = manager.returncode
    return 0 if code in {130, 143} else code
