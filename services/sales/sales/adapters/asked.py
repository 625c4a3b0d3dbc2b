"""What was asked of neighbours before a transaction; a refusal waits until the use case asks for the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from crm_common.errors import CrmError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """An answer, or a refusal that is raised where the answer is used.

    So a command that was carried out before, and comes again under its key, gives the answer of then, whatever the
    neighbours say of it now.
    """

    _answer: T | None
    _refusal: CrmError | None = None

    @classmethod
    def of(cls, ask: Callable[[], T]) -> Asked[T]:
        """Ask now."""
        try:
            return cls(ask())
        except CrmError as refusal:
            return cls(None, refusal)

    def get(self) -> T:
        """The answer; the refusal is raised."""
        if self._refusal is not None:
            raise self._refusal
        assert self._answer is not None
        return self._answer
