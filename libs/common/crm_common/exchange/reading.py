"""Opens a table that somebody sent: says what it is, refuses what is hostile or broken, gives its rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crm_common.errors import CrmError
from crm_common.exchange.values import Cell, Numeral
from crm_common.protocol.exchange_rules import ExchangeRules

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOW_AND_THEN = 2_000
_DELIMITED = {".csv", ".txt", ".tsv"}
_STRANGERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"<html", "HTML"),
    (b"<!doctype html", "HTML"),
    (b"<?xml", "XML"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold. Each number itself passes, one more is refused. ``bytes`` counts the file as it was sent.

    ``unpacked`` bounds what a workbook unpacks to; None: a hundred times its size, 64 MB at least, 8 GB at most.
    """

    rows: int = 1_000_000
    columns: int = 256
    bytes: int = 1024 * 1024 * 1024
    empty_rows: int = 10_000
    unpacked: int | None = None

    def unpacked_of(self, size: int) -> int:
        """The bound for a file of ``size`` bytes."""
        return self.unpacked or min(8 << 30, max(64 << 20, 100 * size))


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty, with its number as a spreadsheet shows it (the heading has one too)."""

    number: int
    cells: list[Cell]


class Source(Protocol):
    """An opened file: its rows, again from the start at every call; rows without any value are left out."""

    encoding: str | None

    def rows(self) -> Iterator[Row]: ...


class Table:
    """A readable table. ``header`` are the texts of its first row that is not empty; ``encoding`` None in workbooks."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.encoding = source.encoding
        first = next(source.rows(), None)
        if first is None:
            raise ExchangeRules.the_file_is_empty(field="file")
        self.header_row = first.number
        self.header = tuple("" if cell is None else _heading(cell) for cell in first.cells)

    def rows(self, *, after: int = 0, passed: Callable[[], object] | None = None) -> Iterator[Row]:
        """The rows below the heading whose number is greater than ``after``; LIMIT_EXCEEDED past the limit.

        A generator that is read in constant memory; several may run at once. ``passed`` is called now and then, also
        while rows are skipped.
        """
        count = 0
        for row in self._source.rows():
            if row.number <= self.header_row:
                continue
            count += 1
            if count > self._limits.rows:
                raise ExchangeRules.the_file_has_too_many_rows(field="file", limit=self._limits.rows)
            if passed is not None and count % _NOW_AND_THEN == 0:
                passed()
            if row.number > after:
                yield row

    def count(self, *, passed: Callable[[], object] | None = None) -> int:
        """How many rows there are below the heading; VALIDATION where there are none. Reads the whole file."""
        found = sum(1 for _ in self.rows(passed=passed))
        if not found:
            raise ExchangeRules.the_file_is_empty(field="file")
        return found


@contextmanager
def open_table(path: Path, name: str, limits: Limits | None = None) -> Iterator[Table]:
    """The table in the file at ``path``, which its sender named ``name``; VALIDATION says what is wrong with it."""
    limits = limits or Limits()
    size = path.stat().st_size
    if size > limits.bytes:
        raise ExchangeRules.the_file_is_too_large(field="file", limit=limits.bytes // (1 << 20))
    if size == 0:
        raise ExchangeRules.the_file_is_empty(field="file")
    with _source(path, name, limits) as source:
        yield Table(source, limits)


def _source(path: Path, name: str, limits: Limits) -> AbstractContextManager[Source]:
    # imported here: each brings what the other does not need
    from crm_common.exchange.delimited import opened_text
    from crm_common.exchange.workbook import opened_workbook

    with path.open("rb") as file:
        head = file.read(4096)
    suffix = Path(name).suffix.lower()
    if suffix not in _DELIMITED and suffix != ".xlsx":
        raise ExchangeRules.the_file_type_is_not_supported(field="file", found=suffix or name)
    if head.startswith(_OLE):
        raise _ole_refusal(path, name)
    found = "XLSX" if head.startswith(_ZIP) else _stranger(head)
    if (found is None) == (suffix == ".xlsx") or found not in (None, "XLSX"):
        raise ExchangeRules.the_file_is_not_what_its_name_says(field="file", name=name, found=found or "CSV")
    return opened_workbook(path, limits) if found else opened_text(path, limits)


def _stranger(head: bytes) -> str | None:
    beginning = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((kind for magic, kind in _STRANGERS if beginning.startswith(magic.lower())), None)


def _ole_refusal(path: Path, name: str) -> CrmError:
    # a workbook with a password is an OLE container around the encrypted one
    marker, kept = "EncryptedPackage".encode("utf-16-le"), b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            if marker in kept + chunk:
                return ExchangeRules.the_file_is_protected_by_a_password(field="file")
            kept = chunk[-len(marker) :]
    return ExchangeRules.the_file_is_not_what_its_name_says(field="file", name=name, found="XLS (Excel 97–2003)")


def _heading(cell: Cell) -> str:
    return " ".join(str(cell).replace("\xa0", " ").split()) if isinstance(cell, str | Numeral) else ""
