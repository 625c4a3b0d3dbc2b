"""The product's own PostgreSQL: started from its wheel, taken over when an earlier run left it, ended with us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psutil

from crm_embedded.folder import DataFolder
from crm_servers.postgres import PostgresServer, programs
from crm_servers.waiting import wait_until

KEPT_BACKUPS = 5
# The product at rest shall do with 400 MB. What PostgreSQL does not hold in its own memory the system's holds for it.
_SMALL = {"shared_buffers": "32MB"}


def start(folder: DataFolder) -> PostgresServer:
    """A server that accepts connections. One that a killed run left behind is ended in good order first."""
    _end_the_one_left_behind(folder.postgres / "data")
    server = PostgresServer(folder.postgres, folder.lifeline, durable=True, settings=_SMALL)
    return server.start()


def back_up(server: PostgresServer, databases: list[str], folder: DataFolder, release: str) -> Path:
    """A dump (pg_restore's custom format) of every database before an upgrade; the last few are kept."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder.backups / f"{stamp}-{release}"
    unfinished = target.with_suffix(".unfinished")
    unfinished.mkdir(parents=True)
    for database in databases:
        dump = [
            str(programs() / "pg_dump"),
            "--format=custom",
            f"--file={unfinished / database}.dump",
            server.url_of(database),
        ]
        subprocess.run(dump, check=True, capture_output=True)
    unfinished.rename(target)
    for old in sorted(path for path in folder.backups.iterdir() if path.is_dir())[:-KEPT_BACKUPS]:
        shutil.rmtree(old)
    return target


def _end_the_one_left_behind(data: Path) -> None:
    # kill -9 of the product also ends its guard at times; the postmaster then runs on with nobody to stop it
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        if not _is_a_postmaster_of(pid, data):
            return
        os.kill(pid, signal.SIGINT)
    except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
        return
    wait_until(lambda: not _is_a_postmaster_of(pid, data), 30, "end of the PostgreSQL that an earlier run left behind")


def _is_a_postmaster_of(pid: int, data: Path) -> bool:
    """Whether ``pid`` is alive and has our cluster open: a number in an old file may be anybody's by now."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except psutil.NoSuchProcess:
        return False
