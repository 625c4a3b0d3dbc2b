"""Commands about passwords and second factors (IDN-09, 11)."""

from __future__ import annotations

from functools import partial
from typing import Any

from crm_common.changes import Change, Once
from crm_common.errors import CommonRules
from crm_common.protocol.identity import session_rules as numbers
from crm_common.protocol.identity.session_rules import SessionRules
from crm_common.protocol.identity.sessions import (
    ChangeMyPassword,
    ConfirmSecondFactor,
    DisableSecondFactor,
    EmployeePasswordChanged,
    EmployeePasswordReset,
    EmployeeSecondFactorChanged,
    ResetEmployeePassword,
    ResetEmployeeSecondFactor,
    SecondFactorSecret,
    StartSecondFactor,
)
from crm_common.store import Store
from crm_common.vault import Vault
from identity.adapters import passwords
from identity.domain import password as domain
from identity.domain import second_factor
from identity.store import company, credentials
from identity.store.credentials import Credential
from identity.usecases.administrators import expect_no_takeover
from identity.usecases.authentication import Check, password_is_wrong, place, proven
from identity.usecases.credentials import FirstPassword
from identity.usecases.employees import visible
from identity.usecases.ending import end_all
from identity.usecases.sessions import own_session


def expect_unused(store: Store, employee_id: Any, password: str, number: int) -> None:
    """Refuse one of the last passwords. Comparing takes long, so it is done before a transaction is open."""
    rows = store.rows("SELECT password_hash, former_hashes FROM credential WHERE employee_id = %s", (employee_id,))
    for present, former in rows:
        domain.check_unused([present, *former], number, partial(_matches, password))


def change_my_password(change: Change, command: ChangeMyPassword, *, check: Check, hashed: str) -> dict[str, Any]:
    """Another password of one's own; all other sessions end, as whoever knew the old one may have opened them."""
    session = own_session(change)
    if session.locked:  # account matters pass a lock, so that it can be opened: this one has to ask by itself
        raise CommonRules.the_session_is_locked()
    found = proven(change, check, wrong=password_is_wrong("old_password"))
    if found is None:
        return {"changed": False}
    domain.check_new(
        command.new_password, login_name=found.login_name, length=change.settings.get(numbers.PASSWORD_LENGTH)
    )
    _set(change, found, hashed, must_change=False)
    changes = {"must_change_password": (True, False)} if found.must_change_password else {}
    change.record(EmployeePasswordChanged(employee_id=found.employee_id, changes=changes))
    end_all(change, "password_changed", employee_id=found.employee_id, but=session.id)
    return {"changed": True}


def reset_employee_password(change: Change, command: ResetEmployeePassword, *, first: FirstPassword) -> dict[str, Any]:
    """A password from the administrator: good for one login, which demands another one."""
    employee, _ = visible(change, command.id)
    expect_no_takeover(change, command.id)
    if command.new_password is not None:
        length = change.settings.get(numbers.PASSWORD_LENGTH)
        domain.check_new(command.new_password, login_name=employee.login_name, length=length)
    found = _credential(change, command.id)
    _set(change, found, first.hashed, must_change=True)
    changes = {} if found.must_change_password else {"must_change_password": (False, True)}
    change.record(EmployeePasswordReset(employee_id=command.id, changes=changes))
    end_all(change, "password_reset", employee_id=command.id)
    return {"employee": command.id, "temporary_password": Once(first.answer)}


def start_second_factor(change: Change, _command: StartSecondFactor, *, check: Check, vault: Vault) -> dict[str, Any]:
    """A secret for an app; nothing is asked for before a code of it was confirmed."""
    own_session(change)
    found = proven(change, check, wrong=password_is_wrong("password"))
    if found is None:
        return {"enrolment": None}
    if found.second_factor is not None:
        raise SessionRules.the_second_factor_is_on_already()
    secret = passwords.second_factor_secret()
    sealed = vault.seal(secret.encode(), place(found.employee_id))
    credentials.set_second_factor(change.connection, found.employee_id, second_factor_begun=sealed)
    founded = company.get(change.connection)
    uri = second_factor.uri(secret, found.login_name, founded.name if founded else "CRM")
    return {"enrolment": Once(SecondFactorSecret(secret=secret, uri=uri))}


def confirm_second_factor(change: Change, command: ConfirmSecondFactor, *, vault: Vault) -> dict[str, Any]:
    """The second factor on, with recovery codes."""
    found = _credential(change, change.context.authenticated().id)
    own_session(change)
    if found.second_factor_begun is None:
        raise SessionRules.the_second_factor_was_not_begun()
    secret = vault.open(found.second_factor_begun, place(found.employee_id)).decode()
    step = second_factor.step_of(secret, command.code, change.now, None)
    if step is None:
        raise SessionRules.the_second_factor_code_is_wrong(field="code")
    codes = passwords.recovery_codes()
    credentials.set_second_factor(
        change.connection,
        found.employee_id,
        second_factor=found.second_factor_begun,
        second_factor_begun=None,
        second_factor_step=step,
        recovery_hashes=[second_factor.recovery_hash(code) for code in codes],
    )
    _tell_second_factor(change, found, enabled=True)
    return {"recovery_codes": Once(codes)}


def disable_second_factor(
    change: Change, command: DisableSecondFactor, *, check: Check, vault: Vault
) -> dict[str, Any]:
    """The second factor off, for whoever has both factors."""
    own_session(change)
    found = proven(change, check, code=command.code, vault=vault, wrong=password_is_wrong("password"))
    if found is None:
        return {"enabled": None}
    if found.second_factor is None:
        raise SessionRules.the_second_factor_is_off()
    _switch_off(change, found)
    return {"enabled": False}


def reset_employee_second_factor(change: Change, command: ResetEmployeeSecondFactor) -> dict[str, Any]:
    """An employee's second factor off; whoever holds his telephone is logged out."""
    visible(change, command.id)
    expect_no_takeover(change, command.id)
    found = _credential(change, command.id)
    if found.second_factor is None:
        raise SessionRules.the_second_factor_is_off()
    _switch_off(change, found)
    end_all(change, "second_factor_reset", employee_id=command.id)
    return {"employee": command.id}


def _switch_off(change: Change, found: Credential) -> None:
    credentials.set_second_factor(
        change.connection,
        found.employee_id,
        second_factor=None,
        second_factor_begun=None,
        second_factor_step=None,
        recovery_hashes=[],
    )
    _tell_second_factor(change, found, enabled=False)


def _tell_second_factor(change: Change, found: Credential, *, enabled: bool) -> None:
    changes = {"second_factor": (found.second_factor is not None, enabled)}
    change.record(EmployeeSecondFactorChanged(employee_id=found.employee_id, enabled=enabled, changes=changes))


def _set(change: Change, found: Credential, hashed: str, *, must_change: bool) -> None:
    kept = change.settings.get(numbers.PASSWORD_HISTORY)
    credentials.set_password(change.connection, found, hashed, change.now, kept=kept, must_change=must_change)


def _credential(change: Change, employee_id: Any) -> Credential:
    found = credentials.get(change.connection, employee_id)
    if found is None:
        raise SessionRules.only_a_session_can_do_this()
    return found


def _matches(password: str, hash_: str) -> bool:
    return passwords.matches(hash_, password)
