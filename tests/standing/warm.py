"""Programs forked from a process that has imported them already: importing the product takes each two seconds of work.

They are the product's own entry points, in processes of their own, with an environment and an output of their own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SERVICES = tuple(
    sorted(
        each.parent.name
        for each in (ROOT / "services").glob("*/*/__main__.py")
        if each.parent.name == each.parents[1].name.replace("-", "_")
    )
)
"""The package of each service that can be run; a folder without one (telephony, where the office box lies) is none."""
# what was killed so late that its end is still to come would otherwise be asked for without a pause
_PAUSE = 0.01


def surroundings() -> dict[str, str]:
    """What every program is told of this machine."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


class Warm:
    """A program that was forked; as much of a ``subprocess.Popen`` as tests need."""

    def __init__(self, parent: Parent, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._parent = parent

    def poll(self) -> int | None:
        """The exit code (minus the signal that ended it); None while it runs."""
        if self.returncode is None:
            self.returncode = self._parent.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, waited for; ``subprocess.TimeoutExpired`` after so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and timeout is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(_PAUSE)
        return code

    def send_signal(self, number: int) -> None:
        """Nothing happens to a program that has ended: its number is not given away before we have asked for it."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


class Parent:
    """The other side of a process that forks programs; it ends, and they are killed, when this process ends."""

    def __init__(self, kind: str) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "standing.warm", kind, str(theirs.fileno())],
                cwd=ROOT,
                env=surroundings() | {"PYTHONPATH": str(ROOT / "tests")},
                pass_fds=[theirs.fileno()],
            )
        # kept: the file's reader does not hold the socket open
        self._socket = ours
        self._file = ours.makefile("rw")
        self._lock = threading.Lock()

    def start(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Warm:
        """``python <command>`` (``-m``, a module, its arguments) with that environment, its output added to ``log``."""
        asked = {"start": list(command), "environment": dict(environment), "log": str(log)}
        return Warm(self, self.ask(asked))

    def close(self) -> None:
        """Kill what was started here, and end."""
        self._file.close()
        self._socket.close()
        self._process.wait()

    def ask(self, question: Mapping[str, Any]) -> Any:
        """The answer to one question."""
        with self._lock:
            self._file.write(json.dumps(question) + "\n")
            self._file.flush()
            answer = self._file.readline()
        assert answer, f"what forks the product's programs ended with {self._process.wait()}"
        return json.loads(answer)


@cache
def parent(kind: str) -> Parent:
    """The one of this kind (a name of ``_PREPARED``), started when it is first wanted."""
    return Parent(kind)


def _services() -> None:
    # as the services' own start does, before anything of theirs is imported
    from crm_common.runtime.green import patch

    patch()
    for name in SERVICES:
        importlib.import_module(f"{name}.service")
        importlib.import_module(f"{name}.settings")
    importlib.import_module("crm_common.runtime.broker")


def _gateway() -> None:
    for name in ("app", "server", "settings"):
        importlib.import_module(f"gateway.{name}")
    for name in ("client", "feed"):
        importlib.import_module(f"crm_common.runtime.broker_{name}")
    importlib.import_module("gateway.schema").build_schema()


def _embedded() -> None:
    importlib.import_module("crm_embedded.product")
    _gateway()


_PREPARED: Mapping[str, Callable[[], None]] = {"services": _services, "gateway": _gateway, "embedded": _embedded}


def _serve(descriptor: int) -> dict[str, Any]:
    """Fork what is asked for; returns in the forked process alone, with what it is to become."""
    children: set[int] = set()
    with os.fdopen(os.dup(descriptor)) as asked:
        for line in asked:
            question = json.loads(line)
            if "start" in question:
                answer: int | None = os.fork()
                if not answer:
                    os.close(descriptor)
                    return dict(question)
                children.add(int(answer or 0))
            else:
                answer = _ended(children, question["poll"])
            os.write(descriptor, f"{json.dumps(answer)}\n".encode())
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    sys.exit(0)


def _ended(children: set[int], pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    children.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _become(program: dict[str, Any]) -> None:
    """What the interpreter does for ``python -m module``, in a process that looks freshly started to it."""
    output = os.open(program["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, wanted in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(given, wanted)
    os.environ.clear()
    os.environ.update(program["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "eventlet" in sys.modules and sys.modules["eventlet"].patcher.is_monkey_patched("socket"):
        # the loop that came along is shared with the parent and all its other children
        sys.modules["eventlet"].hubs.use_hub()
    _, module, *arguments = program["start"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main(kind: str, descriptor: int) -> None:
    """Prepare, serve, and in each child become the program that is wanted."""
    # the terminal's Ctrl-C is meant for whoever started us: we end with him
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = [str(ROOT), *(each for each in sys.path if each not in (str(ROOT), str(ROOT / "tests")))]
    _PREPARED[kind]()
    gc.collect()
    gc.freeze()
    _become(_serve(descriptor))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
