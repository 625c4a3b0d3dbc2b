"""Keeps the schema in step with the definitions: asks for them at the start and at each event, and swaps it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from crm_common.context import system_context
from crm_common.custom_fields.definitions import Definition
from crm_common.errors import CrmError
from crm_common.protocol.custom_fields import EVENT
from crm_common.protocol.declare import Envelope
from crm_common.runtime.client import Client
from crm_common.telemetry import logger
from gateway.custom_fields.revisions import with_definitions

if TYPE_CHECKING:
    from gateway.schema import SchemaHolder

_log = logger("gateway")
_PATIENCE = 2.0
_AGAIN, _LONGEST = 0.5, 4.0
_LOOK = 60.0
"""Seconds after which definitions are asked for though nothing was heard."""


class _Told(msgspec.Struct):
    """What a service answers."""

    revision: int
    fields: tuple[Definition, ...]


_decoder = msgspec.json.Decoder(_Told)


class Follower:
    """One per gateway process. ``settled``: every service with custom fields was asked once, or did not answer."""

    def __init__(self, holder: SchemaHolder, client: Client) -> None:
        self._holder = holder
        self._client = client
        self._static = holder.current
        self._records = dict(self._static.custom.records) if self._static.custom else {}
        self._known: dict[str, _Told] = {}
        self._stale = set(self._records)
        self._wake = asyncio.Event()
        self.settled = not self._records
        self.types = frozenset({EVENT}) if self._records else frozenset[str]()

    def heard(self, event: Envelope) -> None:
        """Take note of an event of ``types``."""
        record = str(event.data.get("record"))
        known = self._known.get(record)
        if record in self._records and (known is None or int(event.data.get("revision", 0)) > known.revision):
            self._stale.add(record)
            self._wake.set()

    def gap(self) -> None:
        """Take note that events may be missing: everything is asked for."""
        if self._records:
            self._stale = set(self._records)
            self._wake.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        pause = _AGAIN
        while self._records:
            try:
                await self._refresh()
            except Exception:  # noqa: BLE001 - whatever it was, the next definitions must be followed again
                _log.exception("gateway.custom_fields_failed")
                self._stale = set(self._records)
            self.settled = True
            pause = min(2 * pause, _LONGEST) if self._stale else _AGAIN
            try:
                # not wait_for: that one swallows a cancellation which meets the event
                async with asyncio.timeout(pause if self._stale else _LOOK):
                    await self._wake.wait()
            except TimeoutError:
                self._stale = self._stale or set(self._records)
            self._wake.clear()

    async def _refresh(self) -> None:
        asked, self._stale = sorted(self._stale), set()
        answers = await asyncio.gather(*(self._ask(record) for record in asked))
        newer = {}
        for record, told in zip(asked, answers, strict=True):
            known = self._known.get(record)
            if told is None:
                self._stale.add(record)
            elif known is None or told.revision > known.revision:
                newer[record] = told
        if not newer:
            return
        self._known |= newer
        fields = {record: told.fields for record, told in self._known.items()}
        try:
            made = await asyncio.to_thread(with_definitions, self._static, fields, self._holder.current.revision + 1)
        except ValueError as fault:
            _log.error("gateway.custom_fields_refused", problem=str(fault))
            return
        self._holder.swap(made)
        _log.info("gateway.schema_swapped", revision=made.revision, **{r: told.revision for r, told in newer.items()})

    async def _ask(self, record: str) -> _Told | None:
        fields = self._records[record]
        context = system_context("gateway", correlation_id="custom-fields", timeout=_PATIENCE)
        try:
            answer = await self._client.call(fields.service, f"{fields.prefix}_definitions", {}, context)
            return _decoder.decode(answer)
        except (CrmError, msgspec.DecodeError) as problem:
            # it is away, or older than this gateway: the schema stays as it is
            _log.warning("gateway.custom_fields_unknown", record=record, problem=str(problem))
            return None
