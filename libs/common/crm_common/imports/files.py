"""The file of an import, brought to this machine and read under its mapping; and the tables an import leaves."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from crm_common import codec
from crm_common.errors import CrmError
from crm_common.exchange import Column, CsvTable, Limits, Table, XlsxTable, guess, open_table
from crm_common.exchange.cells import shown, text_of
from crm_common.exchange.rows import ReadRow, RowReader
from crm_common.exchange.values import Cell
from crm_common.imports.store import Job
from crm_common.objects import NoSuchObjectError, Objects
from crm_common.protocol.importing import (
    BULK_BYTES,
    BULK_ROWS,
    MAX_BYTES,
    ImportPreview,
    ImportRules,
    ImportState,
    KnownColumn,
    PreviewRow,
)
from crm_common.store import Store

_SHOWN = 20
_PAGE = 1000
Passed = Callable[[], object]
"""Called now and then by what takes long, so that a lease can be kept."""


def bytes_allowed(*, bulk: bool) -> int:
    """How large a file may be."""
    return BULK_BYTES if bulk else MAX_BYTES


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file on this machine, and the SHA-256 of what was read."""

    path: Path
    digest: str


def _nothing() -> None:
    pass


@contextmanager
def fetched(objects: Objects, job: Job, passed: Passed = _nothing) -> Iterator[Fetched]:
    """The job's file for the time of the block; BAD_STATE where it has not been brought."""
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="crm-import-") as folder:
        path = Path(folder) / "source"
        try:
            with path.open("wb") as file:
                for piece in objects.read(job.source_key):
                    digest.update(piece)
                    file.write(piece)
                    passed()
        except NoSuchObjectError as missing:
            raise ImportRules.the_file_has_not_arrived() from missing
        yield Fetched(path, digest.hexdigest())


def limits_of(job: Job, max_rows: int) -> Limits:
    """What the job's file may hold."""
    rows = BULK_ROWS if job.bulk else max_rows
    return Limits(rows=rows, bytes=bytes_allowed(bulk=job.bulk))


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found in a file before anything is imported. ``total`` is None where counting is left to the worker."""

    header: list[str]
    mapping: list[str | None]
    total: int | None
    digest: str


def inspect(
    objects: Objects, job: Job, columns: Sequence[Column], wanted: Sequence[str | None] | None, max_rows: int
) -> Inspected:
    """Read a file's heading and, unless it may be very long, all of it; VALIDATION says what is wrong with it."""
    with fetched(objects, job) as file, open_table(file.path, job.file_name, limits_of(job, max_rows)) as table:
        header = list(table.header)
        mapping = guess(header, columns) if wanted is None else checked_mapping(header, columns, wanted)
        total = None if job.bulk else table.count()
        return Inspected(header, mapping, total, file.digest)


def checked_mapping(header: Sequence[str], columns: Sequence[Column], wanted: Sequence[str | None]) -> list[str | None]:
    """The mapping, as long as the heading; VALIDATION for an unknown column or one that is given twice."""
    known = {column.key: column for column in columns}
    for key in wanted:
        if key is not None and key not in known:
            raise ImportRules.there_is_no_such_column(field="mapping", column=key)
        if key is not None and list(wanted).count(key) > 1:
            raise ImportRules.a_column_is_mapped_twice(field="mapping", column=known[key].zh)
    return [*wanted, *([None] * len(header))][: len(header)]


def check_complete(columns: Sequence[Column], mapping: Sequence[str | None]) -> None:
    """VALIDATION where a needed column has no place in the file."""
    missing = [column.zh for column in columns if column.needed and column.key not in mapping]
    if missing:
        raise ImportRules.a_needed_column_is_not_mapped(field="mapping", columns="、".join(missing))


def preview(objects: Objects, job: Job, columns: Sequence[Column], language: str) -> ImportPreview:
    """The beginning of the file as it would be read."""
    known = [KnownColumn(column.key, column.heading(language), column.needed) for column in columns]
    header, mapping = job.header or [], job.mapping or []
    if job.header is None or job.state is not ImportState.MAPPED:
        return ImportPreview(list(header), list(mapping), known, [])
    reader = RowReader(columns, mapping)
    with fetched(objects, job) as file, open_table(file.path, job.file_name) as table:
        rows = [
            PreviewRow(
                row.number,
                [shown(cell) for cell in row.cells],
                [fault.message(language) for fault in reader.read(row).faults],
            )
            for row in islice(table.rows(), _SHOWN)
        ]
    return ImportPreview(header, mapping, known, rows)


@contextmanager
def opened(objects: Objects, job: Job, limits: Limits, passed: Passed) -> Iterator[Table]:
    """The job's table, still the one that was inspected; CONFLICT where it is not."""
    with fetched(objects, job, passed) as file:
        if file.digest != job.digest:
            raise ImportRules.the_file_was_changed_meanwhile()
        with open_table(file.path, job.file_name, limits) as table:
            yield table


def batches(table: Table, reader: RowReader, *, after: int, size: int, passed: Passed) -> Iterator[list[ReadRow]]:
    """Rows below number ``after``, read, in batches."""
    rows = table.rows(after=after, passed=passed)
    while taken := list(islice(rows, size)):
        yield [reader.read(row) for row in taken]


def reasons_text(faults: Sequence[CrmError]) -> str:
    """The reasons as a JSON list."""
    return codec.encode([fault.to_wire() for fault in faults]).decode()


def _plain(cell: Cell) -> str:
    try:
        return text_of(cell)
    except CrmError:
        return ""


def write_failed(store: Store, objects: Objects, job: Job, table: Table, passed: Passed) -> str:
    """A table of the rows that failed or were skipped, as they were, with the reasons; its key."""
    noted = _noted(store, job, ("FAILED", "SKIPPED"))

    def rows() -> Iterator[list[Any]]:
        wanted = next(noted, None)
        for row in table.rows(passed=passed):
            if wanted is None:
                return
            if row.number == wanted[0]:
                yield [row.number, *_padded([_plain(cell) for cell in row.cells], len(table.header)), *wanted[1]]
                wanted = next(noted, None)

    suffix = "xlsx" if job.file_name.lower().endswith(".xlsx") else "csv"
    return _put(objects, f"imports/{job.id}/errors.{suffix}", table.header, rows())


def write_kept(store: Store, objects: Objects, job: Job) -> str:
    """A table of the created records that could not be taken back, with the reasons; its key."""
    rows = ([number, str(record), *words] for number, words, record in _noted(store, job, ("KEPT",)))
    return _put(objects, f"imports/{job.id}/kept.csv", ["记录 Record"], rows)


def _noted(store: Store, job: Job, outcomes: tuple[str, ...]) -> Iterator[tuple[int, list[str], Any]]:
    last = 0
    sql = (
        "SELECT number, reason, record_id FROM import_row WHERE job_id = %s AND outcome = ANY(%s)"
        " AND number > %s ORDER BY number LIMIT %s"
    )
    while rows := store.rows(sql, (job.id, list(outcomes), last, _PAGE)):
        for number, reason, record in rows:
            faults = [CrmError.from_wire(each) for each in reason or ()]
            yield number, ["；".join(fault.message(language) for fault in faults) for language in ("zh", "en")], record
        last = rows[-1][0]


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *([""] * (width - len(cells)))][:width]


def _put(objects: Objects, key: str, header: Sequence[str], rows: Iterator[list[Any]]) -> str:
    heading = ["行号 Row", *header, "原因", "Reason"]
    with tempfile.TemporaryDirectory(prefix="crm-import-") as folder:
        path = Path(folder) / "left"
        if key.endswith(".xlsx"):
            with XlsxTable(path) as book:
                book.write(heading, heading=True)
                for row in rows:
                    book.write(row)
        else:
            with path.open("wb") as stream:
                table = CsvTable(stream)
                for row in chain([heading], rows):
                    table.write(row)
                table.close()
        with path.open("rb") as stream:
            objects.put(key, stream)
    return key
