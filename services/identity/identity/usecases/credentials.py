"""First passwords: made or taken before the transaction begins, stored inside of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher

from crm_common.changes import Change, Once
from crm_common.runtime.heavy import apart


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A first password, hashed. ``answer`` is the clear text of one that was made here, to be shown once."""

    hashed: str
    answer: str | None


def first_password(given: str | None) -> FirstPassword:
    """The password that was given, or a new one; hashing takes long, so it is done before a transaction is open."""
    password = given or secrets.token_urlsafe(12)
    return FirstPassword(apart(PasswordHasher().hash, password), None if given else password)


def store_first_password(_change: Change, _employee_id: UUID, first: FirstPassword) -> Once:
    """Give a new account its password; it must be changed at the first login."""
    return Once(first.answer)
