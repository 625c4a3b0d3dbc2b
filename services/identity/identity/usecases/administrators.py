"""Administrators: somebody always is one, and nobody becomes one or takes one's place by way of other rights."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from identity.domain import role as domain
from identity.domain.rights import ADMINISTRATION
from identity.store import roles


def keep_an_administrator(change: Change) -> None:
    """Refuse the change when no active employee is left who edits and assigns roles. Needs `guards.administrators`."""
    domain.keep_an_administrator(roles.rights_of_administrators(change.connection))


def administration_of(change: Change, employee_id: UUID) -> frozenset[str]:
    """What the employee holds of the keys that give all others."""
    return roles.rights_of(change.connection, [employee_id])[employee_id].permissions & ADMINISTRATION


def expect_no_rise(change: Change, employee_id: UUID, before: frozenset[str] = frozenset()) -> None:
    """Refuse that somebody got to administer by a position: placing people is no right to give rights."""
    if administration_of(change, employee_id) - before:
        change.require("role.assign")


def expect_no_takeover(change: Change, employee_id: UUID) -> None:
    """Refuse to open an administrator's account to somebody who could not make himself one."""
    if administration_of(change, employee_id):
        change.require("role.assign")
