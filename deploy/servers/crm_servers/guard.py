"""Runs one server as its child and ends it when its owner is gone, however the owner went (return, Ctrl-C, kill -9).

The owner holds an exclusive lock on a file (the lifeline); the kernel frees it with the owner's last breath, and this
process, waiting for that lock, then stops the server. A script; its order comes as JSON on standard input (not as an
argument: those are for everybody to read, and an order has passwords in it). Standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import Any


def main(order: dict[str, Any]) -> int:
    """`order`: see process.guard_order, which writes it."""
    held = Path(order["guard_lock"]).open("w")  # noqa: SIM115 - held until this process ends
    fcntl.flock(held, fcntl.LOCK_EX)
    stopping: list[int] = []

    def stop(_signum: int, _frame: FrameType | None) -> None:
        if not stopping:
            stopping.append(1)
            signal.alarm(order["stop_seconds"])
            send(child.pid, order["stop_signal"])

    def give_up(_signum: int, _frame: FrameType | None) -> None:
        send(child.pid, signal.SIGKILL)

    # A stop that arrives before the server exists waits here and is delivered right after.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    child = launch(order)
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    tell_pid(Path(order["pid_file"]), child.pid)
    threading.Thread(target=wait_for_owner, args=(order["lifeline"],), daemon=True).start()
    code = child.wait()
    signal.alarm(0)
    end_group(child.pid)
    Path(order["pid_file"]).unlink(missing_ok=True)
    if order["remove"] and owner_gone(order["lifeline"]):
        clear(Path(order["remove"]))
    return code if code >= 0 else 128 - code


def launch(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    user = {"user": order["user"], "group": order["user"], "extra_groups": []} if order["user"] else {}
    # Without a log the program writes where the guard does.
    with Path(order["log"]).open("ab") if order["log"] else nullcontext() as log:
        return subprocess.Popen(
            order["command"],
            cwd=order["folder"],
            env=order["environment"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT if log else None,
            start_new_session=True,
            # The child must not inherit the blocked SIGTERM of the lines around.
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, set()),  # noqa: PLW1509 - no thread yet
            **user,
        )


def tell_pid(file: Path, pid: int) -> None:
    """At once and whole: who sees the file finds the number in it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(pid))
    fresh.rename(file)


def send(pid: int, signum: int) -> None:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def end_group(pid: int) -> None:
    """What the server left in its process group (helpers of Erlang, epmd) ends with it."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def wait_for_owner(lifeline: str) -> None:
    with Path(lifeline).open() as watched:
        fcntl.flock(watched, fcntl.LOCK_SH)
    os.kill(os.getpid(), signal.SIGTERM)


def owner_gone(lifeline: str) -> bool:
    """False while the owner lives: it may start the server again on the same folder."""
    try:
        with Path(lifeline).open() as watched:
            fcntl.flock(watched, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


def clear(folder: Path) -> None:
    """Removes the server's folder, and the run's folder around it when this was its last server."""
    shutil.rmtree(folder, ignore_errors=True)
    around = folder.parent
    try:
        last = not any(each.is_dir() for each in around.iterdir())
    except FileNotFoundError:  # its owner was quicker
        return
    if last:
        shutil.rmtree(around, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(json.load(sys.stdin)))
