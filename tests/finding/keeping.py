"""Keeps an index in threads of the test, and in processes that it may kill."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from crm_common import faults
from crm_common.context import system_context
from crm_common.jobs import Scheduler
from crm_common.search.indexing import Indexer
from crm_common.search.port import Hit, Question, SearchStore
from crm_common.search.ranking import levels
from crm_common.search.rebuild import Rebuilder
from crm_common.store import Store
from finding.service import SEARCHABLES
from ledger.host import LedgerHost

TYPES = ("Buyer", "Member")
JOB = "finding.search_rebuild"
ROOT = Path(__file__).parents[2]


def found(
    index: SearchStore, text: str, *, types: tuple[str, ...] = TYPES, owners: tuple[UUID, ...] | None = None
) -> list[Hit]:
    """The hits of a text."""
    return list(index.find(Question(levels(text), types, owners)).hits)


def ids(index: SearchStore, text: str) -> set[UUID]:
    """The ids of all hits, with what was written before."""
    index.settle()
    return {hit.id for hit in found(index, text)}


def build(host: LedgerHost, index: SearchStore, *, page: int = 500) -> dict[str, Any]:
    """Build the index anew, as a person asks for it; the run as it is shown."""
    scheduler = Scheduler(host, [Rebuilder(host.store, SEARCHABLES, index, page=page).job()])
    run = scheduler.run_now(JOB, system_context("finding", correlation_id="build"))
    assert run["outcome"] == "DONE", run["error"]
    return run


@contextmanager
def indexing(store: Store, index: SearchStore, *, batch: int = 50) -> Iterator[None]:
    """The changes of the service go to the index while the block runs."""
    stop = threading.Event()
    indexer = Indexer(store, SEARCHABLES, index, batch=batch, sweep=0.05)
    thread = threading.Thread(target=indexer.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


class Replica:
    """A process that keeps the index; ``trigger`` makes it die right after it has written to it."""

    def __init__(self, url: str, elastic: tuple[str, str], folder: Path, *, lease: float = 1.0) -> None:
        self.trigger = folder / "die"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONPATH": str(ROOT / "tests"),
            "CRM_CRASH_AT": faults.SEARCH_WRITTEN,
            "CRM_CRASH_WHEN": str(self.trigger),
        }
        with (folder / "replica.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "finding.replica", url, *elastic, str(lease)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def end(self) -> None:
        """Kill it, if it lives."""
        self.process.kill()
        self.process.wait(10)
