"""Exports as services offer them: `offer_exports` declares commands, queries, event and view for one service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from crm_common.protocol.declare import Event, GetQuery, ListQuery, ServiceProtocol, Setting, given
from crm_common.protocol.importing import FileLink
from crm_common.protocol.making import Maker
from crm_common.protocol.policy import Policy, needs
from crm_common.protocol.views import Ref, shown

REASON_OVER = Setting("export.reason_over", int, 1_000, "Records that may be exported without a reason.", minimum=0)


class ExportState(StrEnum):
    """How far an export has come."""

    RUNNING = "RUNNING"
    """The file is being written, or waits for it."""
    DONE = "DONE"
    """The file can be taken."""
    FAILED = "FAILED"
    """There is no file."""


class ExportFormat(StrEnum):
    """How the file is written."""

    XLSX = "XLSX"
    """A workbook."""
    CSV = "CSV"
    """Comma-separated, UTF-8 with a byte order mark."""
    CSV_GB18030 = "CSV_GB18030"
    """Comma-separated, for programs that expect GB18030."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportDone(Event):
    """Base: records have left the system in a file."""

    export_id: UUID
    owner_id: UUID
    kind: str
    rows: int
    reason: str | None
    filter: str | None


@dataclass(slots=True)
class ExportFields:
    """What every export shows; a service's view adds its kinds."""

    id: UUID = shown("Its id.")
    state: ExportState = shown("How far it has come.", filterable=True)
    format: ExportFormat = shown("How the file is written.")
    owner_id: Annotated[UUID, Ref("Employee", record="owner")] = shown("Who exports.")
    reason: str | None = shown("Why, as was told.")
    rows: int = shown("Records in the file; until it is done, those that are written.")
    problem: str | None = shown("Why there is no file.")
    created_at: datetime = shown("When it was begun.", sortable=True)
    finished_at: datetime | None = shown("When it ended.")


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """The classes that `offer_exports` declared for one service, and what they rest on."""

    noun: str
    kinds: type[StrEnum]
    policy: Policy
    view: type
    start: type
    jobs: type
    jobs_by_ids: type
    file: type
    done: type[ExportDone]


def offer_exports(
    protocol: ServiceProtocol, noun: str, *, kinds: type[StrEnum], permissions: tuple[str, ...]
) -> ExportOffer:
    """Declare exports of a service: ``start<Noun>Export``, ``<noun>Exports`` and their like.

    ``kinds`` are the lists that can be exported (documented members), ``permissions`` the keys of which one is needed.
    """
    policy = needs(*permissions)
    made = Maker(protocol, noun, policy)
    protocol.setting(REASON_OVER)
    kind = {"kind": (kinds, shown("What is exported.", filterable=True))}
    view = made.view("{}ExportView", "An export: a list as its owner sees it, in a file.", ExportFields, kind)
    done = made.event("{}ExportDone", "export.done", "export_id", "An export is done.", ExportDone)
    left = "Where the file of an export is; null where there is none."
    this = {"id": (Annotated[UUID, Ref(f"{noun}Export")], given("The export."))}
    offer = ExportOffer(
        noun=noun,
        kinds=kinds,
        policy=policy,
        view=view,
        start=made.command("Start{}Export", "Write a filtered list to a file.", {"job": view}, _asked(kinds)),
        jobs=made.query("{}Exports", "One's exports, newest first.", ListQuery, view),
        jobs_by_ids=made.query("{}ExportsByIds", "Exports by id.", GetQuery, view),
        file=made.value("{}ExportFile", left, FileLink | None, this),
        done=done,
    )
    doc = f"When {noun.lower()} exports are done."
    protocol.live(f"{noun.lower()}_export_done", events=(done,), returns=view, policy=policy, doc=doc)
    return offer


def _asked(kinds: type[StrEnum]) -> dict[str, tuple[Any, Any]]:
    which = "Which records: as the list's own filter, in JSON."
    columns = "Fields of the record, dotted below others; absent: all that an export has."
    return {
        "kind": (kinds, given("What is exported.")),
        "format": (ExportFormat, given("How the file is written.", default=ExportFormat.XLSX)),
        "filter": (dict[str, Any] | None, given(which, default=None)),
        "order": (list[str] | None, given("Fields to order by; - before a name turns it round.", default=None)),
        "columns": (list[str] | None, given(columns, default=None)),
        "reason": (str | None, given("Why; needed for many records.", default=None)),
    }
