"""Where a measurement takes place: a folder of its own with a PostgreSQL, gone with whoever measures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.prepare import counting_server
from crm_servers.lifeline import Lifeline
from crm_servers.postgres import PostgresServer


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder, the file whose lock keeps its servers alive, and the database server. What is closed ends first."""

    folder: Path
    lifeline: Path
    server: PostgresServer
    closing: ExitStack


@contextmanager
def ground() -> Iterator[Ground]:
    """An empty one. The folder's name is short, as sockets lie in it; PostgreSQL's own user reads it."""
    with ExitStack() as closing:
        folder = Path(tempfile.mkdtemp(prefix="bench"))
        folder.chmod(0o755)
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        lifeline = Lifeline(folder / "lifeline")
        closing.callback(lifeline.release)
        server = counting_server(folder / "pg", lifeline.path)
        closing.callback(server.stop)
        yield Ground(folder, lifeline.path, server, closing)
