"""Logins, sessions, passwords and second factors (IDN-09, 11 … 13)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from crm_common.context import Actor
from crm_common.protocol.identity import session_rules as numbers
from crm_common.protocol.identity.session_rules import SessionRules
from crm_common.protocol.identity.sessions import (
    ActorOfEmployee,
    ActorOfSession,
    ActorOfToken,
    ChangeMyPassword,
    ConfirmSecondFactor,
    DisableSecondFactor,
    EndEmployeeSessions,
    EndSession,
    LockSession,
    Login,
    Logout,
    MySessions,
    RefreshSession,
    ResetEmployeePassword,
    ResetEmployeeSecondFactor,
    RotateSigningKey,
    SigningKeys,
    StartSecondFactor,
    UnlockSession,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from identity.adapters import passwords as hashing
from identity.adapters.signing import session_of
from identity.domain.session import Session
from identity.operations.offering import Offering
from identity.usecases import keys, passwords, sessions
from identity.usecases.authentication import Check, check_by_name, check_of
from identity.usecases.credentials import first_password
from identity.views.sessions import MINE, actor_of, actor_of_employee

ROTATION = "0 3 1 * *"
"""At three in the morning on the first of the month."""


class SessionOperations(Offering):
    """What the service answers about who is logged in."""

    @rpc
    def login(self, command: Login) -> Raw:
        check = check_by_name(self.host.store, command.login_name, command.password)
        usecase = partial(
            sessions.login, check=check, signer=keys.signer(self.host), vault=keys.vault_of(self.host, "second_factor")
        )
        return self._checked(usecase, replace(command, idempotency_key=None), check)

    @rpc
    def refresh_session(self, command: RefreshSession) -> Raw:
        reused: list[Session] = []
        vault = keys.vault_of(self.host, "refresh")
        usecase = partial(sessions.refresh, signer=keys.signer(self.host), vault=vault, reused=reused)
        answer = self.commands.run(usecase, replace(command, idempotency_key=None))
        if reused:
            raise SessionRules.the_refresh_token_is_not_valid()
        return answer

    @rpc
    def logout(self, command: Logout) -> Raw:
        return self.commands.run(sessions.logout, command)

    @rpc
    def end_session(self, command: EndSession) -> Raw:
        return self.commands.run(sessions.end_session, command)

    @rpc
    def end_employee_sessions(self, command: EndEmployeeSessions) -> Raw:
        return self.commands.run(sessions.end_employee_sessions, command)

    @rpc
    def my_sessions(self, query: MySessions) -> Raw:
        return self.views.page(query, where=MINE)

    @rpc
    def lock_session(self, command: LockSession) -> Raw:
        return self.commands.run(sessions.lock_session, command)

    @rpc
    def unlock_session(self, command: UnlockSession) -> Raw:
        check = self._check_me(command.password)
        return self._checked(partial(sessions.unlock_session, check=check), command, check)

    @rpc
    def change_my_password(self, command: ChangeMyPassword) -> Raw:
        me = self.context.authenticated().id
        check = self._check_me(command.old_password)
        if check.password_hash is not None:
            # only whoever knows the present password learns anything about former ones
            number = self.host.settings.get(numbers.PASSWORD_HISTORY)
            passwords.expect_unused(self.host.store, me, command.new_password, number)
        hashed = hashing.hashed(command.new_password)
        return self._checked(partial(passwords.change_my_password, check=check, hashed=hashed), command, check)

    @rpc
    def reset_employee_password(self, command: ResetEmployeePassword) -> Raw:
        first = first_password(command.new_password)
        return self.commands.run(partial(passwords.reset_employee_password, first=first), command)

    @rpc
    def start_second_factor(self, command: StartSecondFactor) -> Raw:
        check, vault = self._check_me(command.password), keys.vault_of(self.host, "second_factor")
        return self._checked(partial(passwords.start_second_factor, check=check, vault=vault), command, check)

    @rpc
    def confirm_second_factor(self, command: ConfirmSecondFactor) -> Raw:
        vault = keys.vault_of(self.host, "second_factor")
        return self.commands.run(partial(passwords.confirm_second_factor, vault=vault), command)

    @rpc
    def disable_second_factor(self, command: DisableSecondFactor) -> Raw:
        check, vault = self._check_me(command.password), keys.vault_of(self.host, "second_factor")
        return self._checked(partial(passwords.disable_second_factor, check=check, vault=vault), command, check)

    @rpc
    def reset_employee_second_factor(self, command: ResetEmployeeSecondFactor) -> Raw:
        return self.commands.run(passwords.reset_employee_second_factor, command)

    @rpc
    def actor_of_session(self, query: ActorOfSession) -> Actor | None:
        return actor_of(self.host, query.session_id)

    @rpc
    def actor_of_token(self, query: ActorOfToken) -> Actor | None:
        session_id = session_of(query.token, keys.public_keys(self.host.store))
        return None if session_id is None else actor_of(self.host, session_id)

    @rpc
    def actor_of_employee(self, query: ActorOfEmployee) -> Actor | None:
        return actor_of_employee(self.host, query.employee_id)

    @rpc
    def signing_keys(self, _query: SigningKeys) -> dict[str, Any]:
        keys.signer(self.host)
        return keys.key_set(self.host.store)

    @rpc
    def rotate_signing_key(self, command: RotateSigningKey) -> Raw:
        return self.commands.run(partial(keys.rotate, vault=keys.vault_of(self.host, "signing")), command)

    @every(ROTATION, name="identity.signing_key_rotation")
    def rotate_monthly(self, run: Any) -> None:
        with run.change() as change:
            keys.rotate(change, vault=keys.vault_of(self.host, "signing"))

    @every("30 3 * * *", name="identity.forget_sessions")
    def forget_sessions(self, run: Any) -> None:
        with run.change() as change:
            sessions.forget(change)

    def _check_me(self, password: str) -> Check:
        return check_of(self.host.store, self.context.authenticated().id, password)

    def _checked(self, usecase: Any, command: Any, check: Check) -> Raw:
        answer = self.commands.run(usecase, command)
        check.raise_refusal()
        return answer
