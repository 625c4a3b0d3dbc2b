"""Asks finance, part by part, whether the money adds up; what is still under way between services is asked again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, ClassVar

from crm_cli.server import Server

_PART = """query($after: String) { verifyMoney(after: $after) { orders receivables next
    differences { rule number orderId receivableId receiptId contractId expected found } } }"""
PAUSE = 0.5
"""Seconds between two looks at a part where something differed."""


class Money:
    """One check of everything. ``orders``, ``receivables`` and ``found`` count while `differences` goes on."""

    RECORDS: ClassVar = ("orderId", "receivableId", "receiptId", "contractId")

    def __init__(self, server: Server, patience: float) -> None:
        self._server = server
        self._patience = patience
        self.orders = self.receivables = self.found = 0

    def differences(self) -> Iterator[dict[str, Any]]:
        """What does not add up, as soon as it is found."""
        after: str | None = None
        while True:
            part = self._settled(after)
            self.orders += part["orders"]
            self.receivables += part["receivables"]
            self.found += len(part["differences"])
            yield from part["differences"]
            after = part["next"]
            if after is None:
                return

    def _settled(self, after: str | None) -> dict[str, Any]:
        """A part, asked again as long as something differs in it and patience lasts."""
        end = time.monotonic() + self._patience
        while True:
            part: dict[str, Any] = self._server.ask(_PART, after=after)
            if not part["differences"] or time.monotonic() >= end:
                return part
            time.sleep(PAUSE)
