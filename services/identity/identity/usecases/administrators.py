"""Somebody can always give rights back: checked after every change that may take them from the last one."""

from __future__ import annotations

from crm_common.changes import Change
from identity.domain import role as domain
from identity.store import roles


def keep_an_administrator(change: Change) -> None:
    """Refuse the change when no active employee is left who edits and assigns roles. Needs `guards.administrators`."""
    domain.keep_an_administrator(roles.rights_of_administrators(change.connection))
