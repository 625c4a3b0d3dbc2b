"""Locks for what one transaction at a time may change; taken first, so that nobody waits in a circle."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.statements import statement

# Advisory: a lock of a row is written into it, by everybody who shares it anew, and all creations share one.
_KEY = sa.func.hashtext(sa.bindparam("name", type_=sa.Text))
_ALONE = statement(sa.select(sa.func.pg_advisory_xact_lock(_KEY)))
_SHARED = statement(sa.select(sa.func.pg_advisory_xact_lock_shared(_KEY)))


def tree(connection: sa.Connection) -> None:
    """From here to the commit nobody else changes the shape or the heads of the department tree, or places anybody."""
    _take(connection, "tree", shared=False)


def place(connection: sa.Connection) -> None:
    """From here to the commit nobody changes the tree; others may place employees in it at the same time."""
    _take(connection, "tree", shared=True)


def administrators(connection: sa.Connection) -> None:
    """From here to the commit nobody else changes who administers: the last two cannot remove one another."""
    _take(connection, "administrators", shared=False)


def company(connection: sa.Connection) -> None:
    """From here to the commit nobody else founds the company."""
    _take(connection, "company", shared=False)


def _take(connection: sa.Connection, name: str, *, shared: bool) -> None:
    (_SHARED if shared else _ALONE).run(connection, name=f"guard {name}")
