"""What proves who somebody is: passwords checked before a transaction opens, failures that count although refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid5

from crm_common.changes import Change
from crm_common.errors import CrmError
from crm_common.protocol.identity import session_rules as numbers
from crm_common.protocol.identity.session_rules import PasswordRules, SessionRules
from crm_common.protocol.identity.sessions import SessionFailed
from crm_common.store import Store
from crm_common.vault import Vault
from identity.adapters import passwords
from identity.domain import second_factor
from identity.domain.names import folded
from identity.domain.session import Attempts, failed
from identity.store import credentials
from identity.store.credentials import Credential

_ATTEMPTS = UUID("7c2f6d0e-64a4-5b3c-8f0e-0c9f4f1d2a10")


@dataclass(slots=True, kw_only=True)
class Check:
    """A password that was checked, and what came of it.

    A failure is counted by the same transaction that would have begun the session; the refusal is raised by
    :meth:`raise_refusal` after its commit, since an exception inside would undo the count.
    """

    login_key: str
    employee_id: UUID | None
    password_hash: str | None
    """The hash the password was compared with; None when it did not match or there is no such account."""
    stronger_hash: str | None = None
    refusal: CrmError | None = field(default=None)

    @property
    def name_hash(self) -> bytes:
        """What failures are counted under."""
        return hashlib.sha256(self.login_key.encode()).digest()

    def raise_refusal(self) -> None:
        """Say no, after the failure was counted."""
        if self.refusal is not None:
            raise self.refusal


def check_by_name(store: Store, login_name: str, password: str) -> Check:
    """Compare a password; the work is the same whether somebody has the name or nobody."""
    key = folded(login_name)
    rows = store.rows(
        "SELECT e.id, c.password_hash FROM employee e JOIN credential c ON c.employee_id = e.id WHERE e.login_key = %s",
        (key,),
    )
    return _compared(key, rows[0] if rows else None, password)


def check_of(store: Store, employee_id: UUID, password: str) -> Check:
    """Compare the password of somebody who is logged in."""
    rows = store.rows(
        "SELECT e.id, c.password_hash, e.login_key FROM employee e JOIN credential c ON c.employee_id = e.id"
        " WHERE e.id = %s",
        (employee_id,),
    )
    if not rows:
        raise SessionRules.only_a_session_can_do_this()
    return _compared(rows[0][2], rows[0][:2], password)


def _compared(key: str, found: tuple[UUID, str] | None, password: str) -> Check:
    known = passwords.NOBODY if found is None else found[1]
    right = passwords.matches(known, password) and found is not None
    stronger = passwords.hashed(password) if right and passwords.outdated(known) else None
    return Check(
        login_key=key,
        employee_id=None if found is None else found[0],
        password_hash=known if right else None,
        stronger_hash=stronger,
    )


def proven(
    change: Change,
    check: Check,
    *,
    code: str | None = None,
    vault: Vault | None = None,
    wrong: Callable[[], CrmError] = SessionRules.login_name_or_password_is_wrong,
) -> Credential | None:
    """The credential of whoever proved himself; else None, and ``check.refusal`` says why. Counts failures.

    With a ``vault``, the second factor is asked for where it is on.
    """
    attempts = credentials.attempts(change.connection, check.name_hash)
    minutes = attempts.minutes_locked(change.now)
    if minutes:
        check.refusal = SessionRules.too_many_logins_have_failed(minutes=minutes)
        return None
    found = None
    if check.employee_id is not None and check.password_hash is not None:
        found = credentials.get(change.connection, check.employee_id)
    # the password may have been changed while its hash was computed
    if found is None or not found.active or found.hashes[0] != check.password_hash:
        _count_failure(change, check, wrong())
        return None
    if vault is not None and found.second_factor is not None and not _second_factor(change, check, found, code, vault):
        return None
    if attempts.failures:
        credentials.set_attempts(change.connection, check.name_hash, Attempts())
    if check.stronger_hash:
        credentials.strengthen(change.connection, found.employee_id, check.stronger_hash)
    return found


def _second_factor(change: Change, check: Check, of: Credential, code: str | None, vault: Vault) -> bool:
    if code is None:
        check.refusal = SessionRules.a_second_factor_code_is_needed(field="code")
        return False
    if use_code(change, of, code, vault):
        return True
    _count_failure(change, check, SessionRules.the_second_factor_code_is_wrong(field="code"))
    return False


def use_code(change: Change, of: Credential, code: str, vault: Vault) -> bool:
    """Whether the code is right; it is used up then."""
    if of.second_factor is None:
        return False
    secret = vault.open(of.second_factor, place(of.employee_id)).decode()
    step = second_factor.step_of(secret, code, change.now, of.second_factor_step)
    if step is not None:
        credentials.set_second_factor(change.connection, of.employee_id, second_factor_step=step)
        return True
    used = second_factor.recovery_hash(code)
    if used in of.recovery_hashes:
        left = [each for each in of.recovery_hashes if each != used]
        credentials.set_second_factor(change.connection, of.employee_id, recovery_hashes=left)
        return True
    return False


def place(employee_id: UUID) -> str:
    """Where the second factor's secret belongs; it opens nowhere else."""
    return f"credential/{employee_id}/second_factor"


def password_is_wrong(field_name: str) -> Callable[[], CrmError]:
    """The refusal for somebody who is logged in: there is nothing to hide about his name."""
    return lambda: PasswordRules.the_password_is_wrong(field=field_name)


def _count_failure(change: Change, check: Check, refusal: CrmError) -> None:
    lock = timedelta(minutes=change.settings.get(numbers.LOCK_MINUTES))
    before = credentials.attempts(change.connection, check.name_hash)
    after = failed(before, change.now, allowed=change.settings.get(numbers.MAX_FAILURES), lock=lock)
    credentials.set_attempts(change.connection, check.name_hash, after)
    event = SessionFailed(
        attempt_id=uuid5(_ATTEMPTS, check.name_hash.hex()),
        employee_id=check.employee_id,
        failures=after.failures,
        locked_until=after.locked_until,
        address=change.context.address,
        changes={"failures": (before.failures, after.failures)},
    )
    change.record(event)
    check.refusal = refusal
