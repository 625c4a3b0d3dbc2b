"""The provider ``Background``: what a service does by itself all the time, in a thread of its own."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider

from crm_common import telemetry
from crm_common.reading import Reader
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.providers import Views

Step = Callable[[], bool]
"""Does one piece of what there is to do; whether there was any."""
_PULSE, _AFTER_A_FAILURE, _ENDING = 0.5, 2.0, 20.0


class Background(DependencyProvider):
    """``acting = Background(make)`` beside ``views``: ``make(host, reader)`` gives a `Step`, taken again and again.

    Where there is nothing to do it is asked again half a second later. Every replica runs one: the step itself sees to
    it that no two of them do the same. What it raises is logged; it goes on after two seconds.
    """

    container: Any = None

    def __init__(self, make: Callable[[ServiceHost, Reader], Step]) -> None:
        self._make = make
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        host = host_of(self.container)
        [views] = (each for each in self.container.dependencies if isinstance(each, Views))
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._run, args=(host, self._make(host, views.reader)), name=f"{host.service}-{self.attr_name}",
            daemon=True,
        )  # fmt: skip
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_ENDING)

    def get_dependency(self, _worker_ctx: Any) -> None:
        """Methods need nothing of it."""

    def _run(self, host: ServiceHost, step: Step) -> None:
        while not self._stop.is_set():
            try:
                if not step():
                    self._stop.wait(_PULSE)
            except Exception:  # noqa: BLE001 - whatever a step meets, the next one may go well
                telemetry.logger(host.service).exception("background.failed", name=self.attr_name)
                self._stop.wait(_AFTER_A_FAILURE)
