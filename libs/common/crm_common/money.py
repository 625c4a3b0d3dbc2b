"""Amounts of money: exact decimals with a currency beside them, never floats."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from msgspec import Meta

Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code."""
HOME_CURRENCY = "CNY"
CENT = Decimal("0.01")
LARGEST = Decimal("1e15")
"""No amount reaches it: what lies above is a slip of the keyboard."""


def rounded(value: Decimal) -> Decimal:
    """To the cent, halves away from zero, as invoices are."""
    return value.quantize(CENT, ROUND_HALF_UP)


def is_amount(value: Decimal) -> bool:
    """Whether it is zero or more, finite, below `LARGEST`, with at most two decimals."""
    return value.is_finite() and 0 <= value < LARGEST and value == value.quantize(CENT)
