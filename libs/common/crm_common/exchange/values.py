"""What a cell can hold before anybody knows which column it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm_common.errors import CrmError

LONGEST_CELL = 32_767
"""Characters of a cell: what spreadsheets themselves allow."""


class Numeral(str):
    """A number as a workbook stores it (``1.3812345678E10``): not yet a float, so that no digit is lost here."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell that cannot be taken, whatever its column: a formula, an error value, too long a text."""

    why: CrmError = field(compare=False)
    rule: str = ""

    @classmethod
    def because(cls, why: CrmError) -> Unusable:
        """The cell with its refusal."""
        return cls(why, why.rule)


Cell = str | Numeral | datetime | bool | Unusable | None
"""An empty cell is None. A `datetime` is naive: spreadsheets know no zones."""

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
_LAST_SERIAL = 2_958_465


def moment_of(serial: str, *, since_1904: bool = False) -> datetime | None:
    """The moment that a spreadsheet's serial number stands for; None outside of 1900 … 9999."""
    try:
        days = float(serial)
    except ValueError:
        return None
    if since_1904:
        days += 1462
    if not 0 <= days <= _LAST_SERIAL + 1:
        return None
    if days < 60:
        # Lotus counted a 29 February 1900, and everybody since
        days += 1
    return _EPOCH + timedelta(seconds=round(days * 86_400))
