"""First passwords: made or taken before the transaction begins, stored inside of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.changes import Change, Once
from identity.adapters import passwords
from identity.store import credentials


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A first password, hashed. ``answer`` is the clear text of one that was made here, to be shown once."""

    hashed: str
    answer: str | None

    def answer_once(self) -> Once:
        """What the payload says of it."""
        return Once(self.answer)


def first_password(given: str | None) -> FirstPassword:
    """The password that was given, or a new one; hashing takes long, so it is done before a transaction is open."""
    password = given or passwords.readable_password()
    return FirstPassword(passwords.hashed(password), None if given else password)


def store_first_password(change: Change, employee_id: UUID, first: FirstPassword) -> Once:
    """Give a new account its password; it must be changed at the first login."""
    credentials.set_first_password(change.connection, employee_id, first.hashed, change.now)
    return first.answer_once()
