"""The lock whose freeing tells the guards that their owner is gone."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path

_open: weakref.WeakSet[Lifeline] = weakref.WeakSet()


def _leave_to_parent() -> None:
    """A forked child would hold the lock too, and go on holding it when its parent is killed."""
    for each in _open:
        each.release()


os.register_at_fork(after_in_child=_leave_to_parent)


class Lifeline:
    """Held from creation until `release` or the end of this process; one owner per file at a time.

    BlockingIOError when another process holds it. `path` may be given to guards of other processes (test workers),
    which then end with the holder, not with the worker that happened to start them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held = path.open("w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._held.close()
            raise
        _open.add(self)

    def release(self) -> None:
        self._held.close()
