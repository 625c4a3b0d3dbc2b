"""Waiting for a condition with a deadline, and finding free ports."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable

SERVER_PORTS = range(20_000, 32_000)
# A port is not free again because nobody listens yet.
_given: set[int] = set()


def wait_until(
    condition: Callable[[], bool], seconds: float, what: Callable[[], str] | str, pause: float = 0.02
) -> None:
    """Returns as soon as `condition` is true; TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what if isinstance(what, str) else what()}")
        time.sleep(pause)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that are free now, each another one.

    From below the range that systems give to outgoing connections: a server may come up, or come back, seconds later,
    and a port out of that range may be a client's by then.
    """
    found: list[int] = []
    for port in random.SystemRandom().sample(SERVER_PORTS, k=len(SERVER_PORTS)):
        if port not in _given and is_free(port):
            found.append(port)
            _given.add(port)
        if len(found) == count:
            return found
    raise TimeoutError(f"fewer than {count} free ports between {SERVER_PORTS.start} and {SERVER_PORTS.stop}")


def is_free(port: int) -> bool:
    """True when a server could listen at `port` of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a closed connection is no obstacle
        try:
            asked.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_answers(port: int) -> bool:
    """True when something on 127.0.0.1 accepts connections at `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as asked:
        asked.settimeout(1)
        return asked.connect_ex(("127.0.0.1", port)) == 0
