"""What is left of the lines of an order when part of it comes back: every service that keeps lines counts the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID


class Line(Protocol):
    """A frozen dataclass of a line that was bought."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> UUID: ...
    @property
    def product_id(self) -> UUID | None: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def amount(self) -> Decimal: ...


class Returned(Protocol):
    """What came back of a product: so much of it, worth so much."""

    @property
    def product_id(self) -> UUID: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def amount(self) -> Decimal: ...


L = TypeVar("L", bound=Line)


def taken_off(lines: Sequence[L], returned: Iterable[Returned]) -> list[L]:
    """The lines that change, as they are afterwards: of each product so much less, never less than nothing.

    A line of which nothing is left (quantity 0) is worth nothing either.
    """
    left = {each.id: each for each in lines}
    for back in returned:
        quantity, amount = back.quantity, back.amount
        for present in [left[each.id] for each in lines if each.product_id == back.product_id]:
            less = min(quantity, present.quantity)
            worth = present.amount if less == present.quantity else min(amount, present.amount)
            left[present.id] = replace(present, quantity=present.quantity - less, amount=present.amount - worth)
            quantity, amount = quantity - less, max(amount - worth, Decimal(0))
            if not quantity:
                break
    return [left[line.id] for line in lines if left[line.id] != line]
