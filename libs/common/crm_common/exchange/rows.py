"""Reads rows under a mapping: from cells to the values of declared columns, or to every reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_common.errors import CrmError
from crm_common.exchange.cells import reader_of
from crm_common.exchange.columns import Column
from crm_common.exchange.reading import Row
from crm_common.protocol.exchange_rules import ExchangeRules


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row's values by column key (empty ones left out), or ``faults``: then the values are not to be used."""

    number: int
    values: dict[str, Any]
    faults: tuple[CrmError, ...] = ()


class RowReader:
    """Reads rows of one table. ``mapping`` has a column's key, or None, for each heading."""

    def __init__(self, columns: Sequence[Column], mapping: Sequence[str | None]) -> None:
        by_key = {column.key: column for column in columns}
        self._width = len(mapping)
        self._readers = [
            (place, by_key[key], reader_of(by_key[key])) for place, key in enumerate(mapping) if key is not None
        ]
        self._needed = [by_key[key] for key in mapping if key is not None and by_key[key].needed]

    def read(self, row: Row) -> ReadRow:
        """The row's values, with all that is wrong with it."""
        values: dict[str, Any] = {}
        faults: list[CrmError] = []
        cells, count = row.cells, len(row.cells)
        for place, column, read in self._readers:
            cell = cells[place] if place < count else None
            if cell is None:
                continue
            try:
                value = read(cell)
            except CrmError as refused:
                faults.append(CrmError(refused.code, refused.rule, field=column.key, details=refused.details))
                continue
            if value is not None:
                values[column.key] = value
        for column in self._needed:
            if column.key not in values and not any(fault.field == column.key for fault in faults):
                faults.append(ExchangeRules.the_value_is_needed(field=column.key, column=column.zh, name=column.en))
        if count > self._width and any(cell is not None for cell in cells[self._width :]):
            faults.append(ExchangeRules.the_row_has_more_cells_than_the_heading())
        return ReadRow(row.number, values, tuple(faults))
