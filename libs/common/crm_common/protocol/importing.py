"""Imports as services offer them: `offer_imports` declares commands, queries, events and views for one service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Event, GetQuery, ListQuery, ServiceProtocol, Setting, given
from crm_common.protocol.making import Fields, Maker
from crm_common.protocol.policy import Policy, needs
from crm_common.protocol.views import Ref, shown

MAX_ROWS = Setting("import.max_rows", int, 5_000, "Rows of an import without the right to import in bulk.", minimum=1)
MAX_BYTES = 10 << 20
BULK_ROWS = 1_000_000
BULK_BYTES = 1 << 30
SUBJECT = "import_id"


class ImportState(StrEnum):
    """How far an import has come."""

    UPLOADING = "UPLOADING"
    """The file is awaited, or lies there unread."""
    MAPPED = "MAPPED"
    """The file was read and its columns are assigned; nothing is imported yet."""
    RUNNING = "RUNNING"
    """Rows are being imported."""
    DONE = "DONE"
    """Every row was gone through."""
    FAILED = "FAILED"
    """The file could not be gone through to its end."""
    CANCELLED = "CANCELLED"
    """Somebody stopped it; what was imported until then stays."""
    UNDOING = "UNDOING"
    """What was created is being taken back."""
    UNDONE = "UNDONE"
    """What was created and not changed since is taken back."""


class DuplicatePolicy(StrEnum):
    """What becomes of a row whose record is there already."""

    SKIP = "SKIP"
    """The record stays as it is."""
    UPDATE = "UPDATE"
    """One's own record takes the row's values; blanks overwrite nothing."""
    FAIL = "FAIL"
    """The row counts as failed."""


class ImportFileKind(StrEnum):
    """Which file of an import."""

    ERRORS = "ERRORS"
    """Every row that failed or was skipped, as it was, with the reason."""
    KEPT = "KEPT"
    """Every created row that an undo could not take back, with the reason."""


class ImportRules(Rules):
    """Refusals of imports and exports."""

    the_import_is_not_at_that_point = Rule(
        Code.BAD_STATE,
        en="The import is {state}; this cannot be done now.",
        zh="导入任务状态为 {state}，无法执行此操作。",
    )
    the_file_has_not_arrived = Rule(
        Code.BAD_STATE, en="The file has not arrived yet; upload it first.", zh="文件尚未上传，请先上传。"
    )
    a_needed_column_is_not_mapped = Rule(
        Code.VALIDATION, en="No column of the file is mapped to {columns}.", zh="以下字段没有对应的列：{columns}。"
    )
    a_column_is_mapped_twice = Rule(
        Code.VALIDATION, en="Two columns of the file are mapped to {column}.", zh="有两列对应到同一字段“{column}”。"
    )
    there_is_no_such_column = Rule(Code.VALIDATION, en="There is no column {column}.", zh="没有名为“{column}”的字段。")
    the_file_was_changed_meanwhile = Rule(
        Code.CONFLICT, en="The file was changed after it was checked.", zh="文件在检查之后被更改。"
    )
    this_import_cannot_be_undone = Rule(
        Code.BAD_STATE, en="Imports of this kind cannot be undone.", zh="此类导入不支持撤销。"
    )
    a_reason_is_needed_for_so_many = Rule(
        Code.VALIDATION,
        en="More than {limit} records leave the system only with a reason.",
        zh="导出超过 {limit} 条记录需要填写原因。",
    )
    the_row_failed = Rule(
        Code.UNAVAILABLE,
        en="The row could not be imported ({correlation_id}).",
        zh="该行导入失败（{correlation_id}）。",
    )


@dataclass(frozen=True, slots=True)
class NameValue:
    """A name with its value."""

    name: str
    """The name."""
    value: str
    """The value."""


@dataclass(frozen=True, slots=True)
class FileUpload:
    """How to bring the file: PUT it with the headers, or POST a form of the fields with the file last, as ``file``."""

    url: str
    """Where to; an address that begins with / is one of this server."""
    method: str
    """PUT or POST."""
    fields: list[NameValue]
    """Fields of the form, before the file; empty for PUT."""
    headers: list[NameValue]
    """Headers of the request; empty for POST."""
    expires_at: datetime
    """Until when it can be brought."""
    limit: int
    """Bytes that the file may have."""


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file to take."""

    url: str
    """Where it is, for ten minutes; an address that begins with / is one of this server."""
    name: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """A field that a column of the file can fill."""

    key: str
    """Its key: what a mapping names."""
    name: str
    """Its heading in the language of the request."""
    needed: bool
    """Whether every row needs it."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file as it would be read."""

    number: int
    """Its number in the file."""
    cells: list[str]
    """Its cells as texts."""
    problems: list[str]
    """What is wrong with it, in the language of the request."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """The beginning of the file under the present mapping."""

    header: list[str]
    """The headings of the file."""
    mapping: list[str | None]
    """For each heading the key of the field it fills."""
    columns: list[KnownColumn]
    """The fields there are."""
    rows: list[PreviewRow]
    """The first twenty rows; none once the import runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgressed(Event):
    """Base: an import has come further; at most once a second."""

    import_id: UUID
    kind: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFinished(Event):
    """Base: an import has ended, however."""

    import_id: UUID
    owner_id: UUID
    kind: str
    state: str
    created: int
    updated: int
    skipped: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(Event):
    """Base: what an import created was taken back."""

    import_id: UUID
    kind: str
    taken_back: int
    kept: int


@dataclass(slots=True)
class ImportFields:
    """What every import shows; a service's view adds its kinds."""

    id: UUID = shown("Its id.")
    state: ImportState = shown("How far it has come.", filterable=True)
    policy: DuplicatePolicy = shown("What becomes of rows whose record is there already.")
    file_name: str = shown("The file's name.")
    owner_id: Annotated[UUID, Ref("Employee", record="owner")] = shown("Who imports.", filterable=True)
    total: int | None = shown("Rows of the file; null until they are counted.")
    done: int = shown("Rows that were gone through.")
    created: int = shown("Rows that made a record.")
    updated: int = shown("Rows that changed a record.")
    skipped: int = shown("Rows whose record was there already.")
    failed: int = shown("Rows that could not be imported.")
    taken_back: int = shown("Records that an undo took back.")
    kept: int = shown("Records that an undo could not take back.")
    problem: str | None = shown("Why the import failed as a whole.")
    created_at: datetime = shown("When it was begun.", sortable=True)
    finished_at: datetime | None = shown("When it ended.")


@dataclass(frozen=True, slots=True)
class ImportOffer:
    """The classes that `offer_imports` declared for one service, and what they rest on."""

    noun: str
    kinds: type[StrEnum]
    policy: Policy
    bulk: str
    view: type
    start: type
    map: type
    run: type
    cancel: type
    undo: type
    jobs: type
    jobs_by_ids: type
    preview: type
    file: type
    template: type
    progressed: type[ImportProgressed]
    finished: type[ImportFinished]
    undone: type[ImportUndone]


def offer_imports(
    protocol: ServiceProtocol, noun: str, *, kinds: type[StrEnum], permissions: tuple[str, ...], bulk: str
) -> ImportOffer:
    """Declare imports of a service: ``start<Noun>Import`` … ``undo<Noun>Import``, ``<noun>Imports`` and their like.

    ``kinds`` are the tables that can be imported (documented members), ``permissions`` the keys of which one is needed,
    ``bulk`` the key that lifts 5,000 rows and 10 MB to 1,000,000 rows and 1 GB.
    """
    policy = needs(*permissions)
    made = Maker(protocol, noun, policy)
    doc = "An import: a file, how its columns are assigned, what became of its rows."
    kind = {"kind": (kinds, shown("What the rows are.", filterable=True))}
    view = made.view("{}ImportView", doc, ImportFields, kind)
    protocol.setting(MAX_ROWS)
    classes = {**_commands(made, view, kinds), **_queries(made, view, kinds)}
    events: dict[str, type[Event]] = {
        "progressed": made.event(
            "{}ImportProgressed", "import.progressed", SUBJECT, "An import has come further.", ImportProgressed
        ),
        "finished": made.event("{}ImportFinished", "import.finished", SUBJECT, "An import has ended.", ImportFinished),
        "undone": made.event("{}ImportUndone", "import.undone", SUBJECT, "An import was taken back.", ImportUndone),
    }
    doc = f"How {noun.lower()} imports come along."
    protocol.live(f"{noun.lower()}_import_changed", events=tuple(events.values()), returns=view, policy=policy, doc=doc)
    told: Any = {**classes, **events}
    return ImportOffer(noun=noun, kinds=kinds, policy=policy, bulk=bulk, view=view, **told)


def _this(made: Maker) -> Fields:
    return {"id": (Annotated[UUID, Ref(f"{made.noun}Import")], given("The import."))}


def _kind(kinds: type[StrEnum]) -> Fields:
    return {"kind": (kinds, given("What the rows are."))}


def _commands(made: Maker, view: type, kinds: type[StrEnum]) -> dict[str, type]:
    job = {"job": view}
    name = {"file_name": (str, given("The file's name; it ends in .xlsx or .csv."))}
    known = "What becomes of rows whose record is there already."
    policy = {"policy": (DuplicatePolicy, given(known, default=DuplicatePolicy.SKIP))}
    mapping = {
        "mapping": (list[str | None] | None, given("For each heading a field's key, or null.", default=None)),
        "policy": (DuplicatePolicy | None, given("Another policy for duplicates.", default=None)),
    }
    begin = "Begin an import: the answer says where to bring the file."
    assign = "Read the file and assign its columns: by their headings, or as told."
    undo = "Take back what an import created and nobody changed since."
    return {
        "start": made.command("Start{}Import", begin, job | {"upload": FileUpload}, _kind(kinds) | name | policy),
        "map": made.command("Map{}Import", assign, job, _this(made) | mapping),
        "run": made.command("Run{}Import", "Import the rows.", job, _this(made)),
        "cancel": made.command("Cancel{}Import", "Stop an import; what was imported stays.", job, _this(made)),
        "undo": made.command("Undo{}Import", undo, job, _this(made)),
    }


def _queries(made: Maker, view: type, kinds: type[StrEnum]) -> dict[str, type]:
    which = {"which": (ImportFileKind, given("Which file.", default=ImportFileKind.ERRORS))}
    csv = {"csv": (bool, given("As CSV instead of XLSX.", default=False))}
    beginning = "The beginning of an import's file under the present mapping."
    left = "A file that an import left; null where there is none."
    empty = "An empty table to fill in, with the present custom fields."
    return {
        "jobs": made.query("{}Imports", "One's imports, newest first.", ListQuery, view),
        "jobs_by_ids": made.query("{}ImportsByIds", "Imports by id.", GetQuery, view),
        "preview": made.value("{}ImportPreview", beginning, ImportPreview, _this(made)),
        "file": made.value("{}ImportFile", left, FileLink | None, _this(made) | which),
        "template": made.value("{}ImportTemplate", empty, FileLink, _kind(kinds) | csv),
    }
