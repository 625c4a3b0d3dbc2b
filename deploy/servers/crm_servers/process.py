"""One server process under a guard: start, stop, kill, wait until it is ready, and its log when it is not."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crm_servers import guard
from crm_servers.waiting import wait_until

SERVER_USER = "crm-servers"
GUARD = (sys.executable, "-I", "-S", guard.__file__)


class ServerFailed(Exception):  # noqa: N818 - reads as what happened
    """A server ended or did not become ready; the text ends with the last lines of its log."""


class _Guard(subprocess.Popen[bytes]):
    """Outlives on purpose the object that started it, so its end is nothing to warn about."""

    def __del__(self) -> None:
        return


@dataclass
class GuardedProcess:
    """How to run one server. Paths are absolute.

    `folder` holds its files and goes with the owner where `remove` says so; `environment` is all the server sees
    besides PATH and its like; `lifeline` ends it; `stop_signal` asks it to end, and after `stop_seconds` it is killed.
    """

    name: str
    folder: Path
    lifeline: Path
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    stop_seconds: int = 30
    orphan_signal: int = 0  # how the guard ends the server once the owner is gone; 0: as stop_signal
    remove: bool = False
    _guard: _Guard | None = field(default=None, init=False, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def guard_lock(self) -> Path:
        return self.folder / f"{self.name}.guard"

    def start(self, ready: Callable[[], bool], seconds: float) -> None:
        """Returns when `ready`; ServerFailed when the process ends before or `seconds` pass (it is killed then)."""
        told = guard_order(self, server_user())
        self.pid_file.unlink(missing_ok=True)  # of a guard that was killed
        # A session of its own: Ctrl-C in a terminal reaches the owner, and only the owner decides what ends.
        watched = self._guard = _Guard(GUARD, stdin=subprocess.PIPE, start_new_session=True)
        assert watched.stdin is not None
        with watched.stdin as order:
            order.write(json.dumps(told).encode())

        def settled() -> bool:
            return watched.poll() is not None or (self.pid_file.exists() and ready())

        try:
            wait_until(settled, seconds, f"{self.name} ready")
        except TimeoutError as late:
            watched.terminate()
            self.kill()
            raise ServerFailed(f"{late}\n{self.log_tail()}") from late
        if watched.returncode is not None:
            raise ServerFailed(f"{self.name} ended with code {watched.returncode}\n{self.log_tail()}")

    def pid(self) -> int | None:
        """The server's own process id, None when it does not run."""
        try:
            return int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def running(self) -> bool:
        return not lock_is_free(self.guard_lock)

    def stop(self) -> None:
        """Asks the server to end and waits until it has; killed after `stop_seconds`."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """kill -9, as a power cut would; returns when the process is gone."""
        self._end(signal.SIGKILL)

    def _end(self, signum: int) -> None:
        """Sends `signum` and waits for the guard to be through; then lets go of the guards that have ended."""
        pid = self.pid()
        if pid is not None:
            guard.send(pid, signum)
        try:
            wait_until(lambda: not self.running(), self.stop_seconds, f"end of {self.name}")
        except TimeoutError:
            if pid is not None:
                guard.send(pid, signal.SIGKILL)
            wait_until(lambda: not self.running(), 10, f"end of {self.name} after kill -9")
        if self._guard is not None:
            self._guard.wait()

    def log_tail(self, lines: int = 30) -> str:
        try:
            last = self.log.read_text(errors="replace").splitlines()[-lines:]
            return "\n".join(line[:500] for line in last)
        except FileNotFoundError:
            return "(no log)"


def guard_order(process: GuardedProcess, user: str, *, log: bool = True) -> dict[str, object]:
    """What the guard reads from its standard input (as JSON) to run `process` as `user` ("": as ourselves).

    Without `log` the process writes to the guard's own output.
    """
    return {
        "command": list(process.command),
        "folder": str(process.folder),
        "environment": {**clean_environment(), **process.environment},
        "log": str(process.log) if log else "",
        "pid_file": str(process.pid_file),
        "guard_lock": str(process.guard_lock),
        "lifeline": str(process.lifeline),
        "stop_signal": int(process.orphan_signal or process.stop_signal),
        "stop_seconds": process.stop_seconds,
        "remove": str(process.folder) if process.remove else "",
        "user": user,
    }


def lock_is_free(path: Path) -> bool:
    """True when no process holds the lock on `path`, or nobody ever took it."""
    try:
        with path.open() as asked:
            fcntl.flock(asked, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


def clean_environment() -> dict[str, str]:
    """What a server inherits: enough to find programs and certificates, nothing that changes how it runs."""
    wanted = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "SSL_CERT_FILE")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def server_user() -> str:
    """The user that servers run as: nobody else than ourselves, or as root an account made for it.

    PostgreSQL and Elasticsearch refuse to run as root.
    """
    if os.geteuid() != 0:
        return ""
    try:
        pwd.getpwnam(SERVER_USER)
    except KeyError:
        make = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER]
        made = subprocess.run(make, capture_output=True, text=True, check=False)
        if made.returncode not in (0, 9):  # 9: somebody else made it meanwhile
            raise ServerFailed(f"cannot make the user {SERVER_USER}: {made.stderr.strip()}") from None
    return SERVER_USER


def run_as_server(command: Sequence[str | Path], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a server's tool to its end as the user that servers run as, in `folder`; output is captured."""
    user = server_user()
    return subprocess.run(
        command,
        cwd=folder,
        env={**clean_environment(), **environment},
        user=user or None,
        group=user or None,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        check=False,
    )


def own(folder: Path) -> Path:
    """Makes `folder` (0700) and gives it to the user that servers run as; it may pass through the folders above."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user := server_user():
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
        for above in folder.absolute().parents:
            status = above.stat()
            if status.st_uid != account.pw_uid and not status.st_mode & stat.S_IXOTH:
                above.chmod(status.st_mode | stat.S_IXOTH)  # pass through, not look into
    return folder


def hand_over(file: Path, text: str) -> Path:
    """Writes a file only the servers' user can read (it may hold a password)."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)
    if user := server_user():
        account = pwd.getpwnam(user)
        os.chown(file, account.pw_uid, account.pw_gid)
    return file
