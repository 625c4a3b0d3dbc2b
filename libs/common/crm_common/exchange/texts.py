"""A workbook's shared texts, read as far as they are asked for and kept in a file: eight bytes each in memory."""

from __future__ import annotations

import os
import tempfile
from array import array
from typing import IO

from crm_common.exchange.values import LONGEST_CELL
from crm_common.protocol.exchange_rules import ExchangeRules

_BUFFERED = 1 << 20
_WAITING = 4096


class SharedTexts:
    """Texts by their number. ``part`` is ``xl/sharedStrings.xml``, opened; None where there is none.

    Texts stand in the order of their first use, so that the beginning of a sheet needs the beginning of them.
    """

    def __init__(self, part: IO[bytes] | None) -> None:
        from crm_common.exchange.workbook import stepwise

        self._part = part
        handlers = {"EndElementHandler": self._end, "CharacterDataHandler": self._characters}
        self._steps = iter(()) if part is None else stepwise(part, self._start, **handlers)
        self._file = tempfile.TemporaryFile(prefix="crm-texts-")  # noqa: SIM115 - close() closes it
        self._ends = array("Q", [0])
        self._waiting: list[bytes] = []
        self._size = 0
        self._parts: list[str] = []
        self._collecting = False
        self._phonetic = False

    def __getitem__(self, number: int) -> str:
        """The text; ValueError for a number that no text has."""
        while number >= len(self._ends) - 1 and next(self._steps, self) is not self:
            pass
        if not 0 <= number < len(self._ends) - 1:
            raise ValueError(f"there is no shared text {number}")
        if self._waiting:
            self._flush()
        begin, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - begin, begin).decode()

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
        if self._part is not None:
            self._part.close()

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "si":
            self._parts = []
        elif tag == "rPh":
            # how Japanese Excel notes the reading of a text: no part of it
            self._phonetic = True
        elif tag == "t":
            self._collecting = not self._phonetic

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "t":
            self._collecting = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._add("".join(self._parts))

    def _characters(self, text: str) -> None:
        if self._collecting:
            self._parts.append(text)
            if len(self._parts) > LONGEST_CELL:
                raise ExchangeRules.the_file_is_damaged(field="file")

    def _add(self, text: str) -> None:
        # one sign too many is kept, so that whoever reads the cell sees that it is too long
        raw = text[: LONGEST_CELL + 1].encode()
        self._ends.append(self._ends[-1] + len(raw))
        self._waiting.append(raw)
        self._size += len(raw)
        if self._size > _BUFFERED or len(self._waiting) >= _WAITING:
            self._flush()

    def _flush(self) -> None:
        self._file.write(b"".join(self._waiting))
        self._file.flush()
        self._waiting, self._size = [], 0
