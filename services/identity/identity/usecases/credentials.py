"""First passwords: made or taken before the transaction begins, stored inside of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.changes import Change, Once


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A first password, hashed. ``answer`` is the clear text of one that was made here, to be shown once."""

    hashed: str
    answer: str | None


def store_first_password(_change: Change, _employee_id: UUID, first: FirstPassword) -> Once:
    """Give a new account its password; it must be changed at the first login."""
    return Once(first.answer)
