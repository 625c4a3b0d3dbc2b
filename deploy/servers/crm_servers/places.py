"""Where servers keep what they need: the cache of installed programs and the short-lived folder of one run."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_servers.lifeline import Lifeline
from crm_servers.process import lock_is_free
from crm_servers.waiting import wait_until


def cache_folder() -> Path:
    """Programs that are fetched or built once: $CRM_CACHE_DIR, else ~/.cache/crm (root: /var/cache/crm).

    Root's servers run as another user, who must be able to reach the programs; a home folder is closed to it.
    """
    default = Path("/var/cache/crm") if os.geteuid() == 0 else Path.home() / ".cache" / "crm"
    folder = Path(os.environ.get("CRM_CACHE_DIR") or default).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def exclusively(lock: Path) -> Iterator[None]:
    """One process at a time between here and the end of the block, over all processes that name this file."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


class RunFolder:
    """A temporary folder whose servers end, and which goes, when this object is closed or its process dies.

    Short path below /tmp: sockets lie in it, and their paths are limited to about 100 bytes.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="crm-", dir="/tmp"))
        self.path.chmod(0o711)  # the servers' user passes through to its own folders
        self.lifeline = Lifeline(self.path / "lifeline")

    def close(self, seconds: float = 60) -> None:
        """Lets all servers of the run end, waits for them, and removes what is left."""
        guards = list(self.path.glob("*/*.guard"))  # released, servers remove their folders themselves
        self.lifeline.release()
        wait_until(lambda: all(lock_is_free(each) for each in guards), seconds, "end of the run's servers")
        shutil.rmtree(self.path, ignore_errors=True)
