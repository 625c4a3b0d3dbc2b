"""What the journal needs from time to time, done by the relay's leader: chain, partitions, forgetting."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from crm_common import idempotency, telemetry
from crm_common.clock import Clock
from crm_common.journal import chain, inbox, partitions
from crm_common.store import DatabaseLostError, Store

_LINKS_AT_ONCE = 20
_ROWS_AT_ONCE = 5000


class Upkeep:
    """The chores of one service's journal. Each is harmless at any time and does a bounded amount of work at once."""

    def __init__(self, store: Store, clock: Clock, *, every: timedelta = timedelta(minutes=1)) -> None:
        self._store = store
        self._clock = clock
        self._every = every.total_seconds()
        self._next = 0.0
        self._next_rare = 0.0
        self._log = telemetry.logger(store.service)

    def when_due(self) -> None:
        """Do what is due. A chore that fails is reported and does not keep the caller from its work."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        self._try(self.extend_chain)
        if time.monotonic() >= self._next_rare:
            self._next_rare = time.monotonic() + 60 * self._every
            self._try(self.make_partitions)
            self._try(self.forget)

    def extend_chain(self) -> None:
        """Cover new events by the chain of hashes, and say each hash where it cannot be changed later: in the log."""
        for _ in range(_LINKS_AT_ONCE):
            link = chain.extend(self._store, self._clock.now())
            if link is None:
                return
            self._log.info("journal.chained", link=link.id, events=link.events, fingerprint=link.fingerprint)

    def make_partitions(self) -> None:
        """Make the partitions of the months to come."""
        partitions.make_ahead(self._store, self._clock.now().date())

    def forget(self) -> None:
        """Forget idempotency keys and messages whose time is over."""
        now = self._clock.now()
        with self._store.transaction() as connection:
            idempotency.prune(connection, now, _ROWS_AT_ONCE)
        while inbox.forget_done(self._store, now, _ROWS_AT_ONCE) == _ROWS_AT_ONCE:
            pass

    def _try(self, chore: Callable[[], None]) -> None:
        try:
            chore()
        except DatabaseLostError:
            raise
        except Exception:  # noqa: BLE001 - reported; the relay goes on
            self._log.exception("journal.chore_failed", chore=chore.__name__)
