"""Whether this gateway lives and whether it can serve: for the one who restarts it and the one who sends it traffic."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from crm_common.context import system_context
from crm_common.errors import CrmError
from crm_common.objects import FileObjects
from crm_common.runtime.client import Client, Feed
from gateway.live.hub import Hub

_KEPT = 1.0
_PATIENCE = 2.0


class Settling(Protocol):
    """What is learned in the first moments."""

    @property
    def settled(self) -> bool:
        """Whether it was."""
        ...


class Health:
    """Ready means: identity answers, the feed is connected, the process is not draining."""

    def __init__(self, client: Client, hub: Hub, feed: Feed, files: FileObjects | None = None) -> None:
        self._client = client
        self._hub = hub
        # a feed over a broker can tell whether its connection stands; one within the process always does
        self._standing: Callable[[], bool] = getattr(feed, "standing", lambda: True)
        self._files = files
        self._identity = False
        self._asked_at = float("-inf")
        self.draining = False
        self.custom_fields: Settling | None = None

    async def faults(self) -> list[str]:
        """What keeps this gateway from serving; empty when it is ready."""
        found = ["draining"] if self.draining else []
        if not await self._identity_answers():
            found.append("identity does not answer")
        if not (self._hub.connected and self._standing()):
            found.append("the event feed is not connected")
        if self.custom_fields is not None and not self.custom_fields.settled:
            found.append("custom fields were not asked for yet")
        if self._files is not None and not self._files.check():
            found.append("the folder for files cannot be written")
        return found

    async def _identity_answers(self) -> bool:
        if time.monotonic() - self._asked_at > _KEPT:
            context = system_context("gateway", correlation_id="health", timeout=_PATIENCE)
            try:
                await self._client.call("identity", "signing_keys", {}, context)
                self._identity = True
            except CrmError:
                self._identity = False
            self._asked_at = time.monotonic()
        return self._identity
