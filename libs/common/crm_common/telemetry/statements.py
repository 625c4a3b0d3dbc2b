"""Counts the statements a request sends to its database, so that a query per row shows in metrics and tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Counter:
    """How many statements ran since the count began."""

    __slots__ = ("total",)

    def __init__(self) -> None:
        self.total = 0


_current: ContextVar[Counter | None] = ContextVar("crm_statements", default=None)


def count_statement(number: int = 1) -> None:
    """Called by the store for each statement it sends; outside :func:`counted_statements` it does nothing."""
    counter = _current.get()
    if counter is not None:
        counter.total += number


@contextmanager
def counted_statements() -> Iterator[Counter]:
    """Count the statements of this thread, greenlet or task inside the block: ``counter.total``.

    Blocks nest: an inner block's statements also count for the outer one.
    """
    counter, outer = Counter(), _current.get()
    token = _current.set(counter)
    try:
        yield counter
    finally:
        _current.reset(token)
        if outer is not None:
            outer.total += counter.total
