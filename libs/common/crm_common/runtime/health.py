"""What an orchestrator asks a service process by HTTP: is it alive, is it ready, what has it measured."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import eventlet
from eventlet import wsgi

from crm_common import telemetry

Checks = Mapping[str, Callable[[], bool]]


class HealthServer:
    """Serves ``/health/live``, ``/health/ready`` and ``/metrics`` on ``(address, port)``; port 0 takes a free one."""

    def __init__(self, address: tuple[str, int], checks: Checks) -> None:
        self._checks = checks
        self._socket = eventlet.listen(address, reuse_port=False)
        self.port: int = self._socket.getsockname()[1]
        self._thread: Any = None

    def start(self) -> None:
        """Begin to answer."""
        silent = logging.getLogger("crm.health")
        silent.addHandler(logging.NullHandler())
        silent.propagate = False
        self._thread = eventlet.spawn(wsgi.server, self._socket, self._answer, log=silent, log_output=False)

    def stop(self) -> None:
        """Answer no more."""
        if self._thread is not None:
            self._thread.kill()
        self._socket.close()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, content_type, body = self._page(str(environ["PATH_INFO"]))
        start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body]

    def _page(self, path: str) -> tuple[str, str, bytes]:
        if path == "/health/live":
            return "200 OK", "application/json", b'{"live":true}'
        if path == "/health/ready":
            states = {name: _holds(check) for name, check in self._checks.items()}
            ready = all(states.values())
            body = json.dumps({"ready": ready, "checks": states}).encode()
            return ("200 OK" if ready else "503 Service Unavailable"), "application/json", body
        if path == "/metrics":
            text, content_type = telemetry.render_metrics()
            return "200 OK", content_type, text
        return "404 Not Found", "text/plain", b"not here"


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever it is, the service is not ready
        return False
