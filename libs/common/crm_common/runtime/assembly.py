"""A service put together: its calls, its inbox, its relay and its jobs, and the loops that keep them going."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from crm_common import everywhere, telemetry
from crm_common.jobs import Scheduler
from crm_common.journal import verifying
from crm_common.journal.inbox import Inbox
from crm_common.journal.relay import Relay
from crm_common.projections.declare import projections_of
from crm_common.projections.keeper import Keeper
from crm_common.runtime.client import EventPublisher
from crm_common.runtime.dispatch import Builtin, Dispatcher
from crm_common.runtime.host import host_of
from crm_common.runtime.searching import searching_of
from crm_common.runtime.threads import still_running
from crm_common.settings_data import StoredSettings

Builtins = Callable[["Assembly"], Mapping[str, Builtin]]


class Assembly:
    """One service in this process, in either mode. ``container`` is bound; nothing runs before :meth:`start`."""

    def __init__(
        self,
        container: Any,
        publisher: EventPublisher,
        *,
        builtins: Builtins | None = None,
        inbox_workers: int = 2,
    ) -> None:
        self.host = host_of(container)
        self.container = container
        self.publisher = publisher
        self.dispatcher = Dispatcher(container, container.entrypoints, container.dependencies)
        self.inbox = Inbox(self.host, self.dispatcher.handlers(), only=self.dispatcher.wanted())
        self.relay = Relay(self.host.store, publisher)
        self.keeper = Keeper(self.host, projections_of(container.service_cls))
        self._searching = searching_of(container)
        self.answering = self._searching.answering if self._searching else None
        own = self._searching.jobs() if self._searching else []
        verify = verifying.jobs(self.host, container.service_cls)
        self.scheduler = Scheduler(self.host, [*self.dispatcher.jobs(), *self.keeper.jobs(), *own, *verify])
        self.dispatcher.offer({**everywhere.builtins(self), **(builtins(self) if builtins else {})})
        self._inbox_workers = inbox_workers
        self._stop = threading.Event()
        self._loops: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to relay, to work on the inbox and to run jobs."""
        loops = {"relay": self.relay.run, "scheduler": self.scheduler.loop}
        if self.dispatcher.declaration.subscriptions:
            loops |= {f"inbox-{number}": self.inbox.work for number in range(self._inbox_workers)}
        if self._searching is not None:
            loops |= self._searching.loops()
        if isinstance(self.host.settings, StoredSettings):
            loops["settings"] = self.host.settings.watch
        for name, loop in loops.items():
            thread = threading.Thread(
                target=self._run, args=(name, loop), name=f"{self.host.service}-{name}", daemon=True
            )
            self._loops.append(thread)
            thread.start()

    def wind_up(self) -> None:
        """Let the loops finish what they began, without waiting for them."""
        self._stop.set()

    def stop(self, seconds: float) -> list[str]:
        """Let the loops finish what they began; the names of those that still ran after ``seconds``."""
        self.wind_up()
        running = still_running(self._loops, seconds)
        self.publisher.close()
        return running

    def _run(self, name: str, loop: Callable[[threading.Event], None]) -> None:
        while not self._stop.is_set():
            try:
                loop(self._stop)
            except Exception:  # noqa: BLE001 - a loop survives what it foresees; the rest must not end it silently
                telemetry.logger(self.host.service).exception("loop.failed", loop=name)
                self._stop.wait(1.0)
