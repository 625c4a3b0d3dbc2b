"""Events that arrived: stored once, worked in order per subject, tried again with delays, parked when nothing helps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event as Flag

from crm_common.changes import Change, ChangeHost
from crm_common.protocol.declare import Envelope

Handler = Callable[[Change, Envelope], None]
"""Brings about what an event means here, inside the inbox's transaction; an exception brings the event back later."""


class Inbox:
    """The inbox of one service. ``handlers`` maps a consumer (the subscribing method's name) to what it does.

    The transport calls `store_message` and acknowledges when it returns; the runtime calls `work` in as many threads
    (or green threads) as it wants workers; any number of processes may work on one inbox.
    """

    def __init__(self, host: ChangeHost, handlers: Mapping[str, Handler]) -> None:
        raise NotImplementedError

    def store_message(self, consumer: str, envelope: Envelope, *, again: bool = False) -> bool:
        """Store and commit; False when it was there already. ``again`` hands a known event to the handler once more."""
        raise NotImplementedError

    def work(self, stop: Flag) -> None:
        """Work on what is due until ``stop`` is set (noticed at once when idle). Survives the database's restarts."""
        raise NotImplementedError
