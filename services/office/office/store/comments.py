"""Comments as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.statements import insertion, statement, update
from crm_common.store import Store
from office.domain.comment import Comment
from office.tables import comment

_COLUMNS = [comment.c[each.name] for each in fields(Comment)]
_GET = statement(sa.select(*_COLUMNS).where(comment.c.id == sa.bindparam("id")).with_for_update())
_INSERT, _SAVE = insertion(comment), update(comment)


def locked(connection: sa.Connection, comment_id: UUID) -> Comment | None:
    """The comment, locked."""
    found = _GET.first(connection, id=comment_id)
    return None if found is None else Comment(**found._asdict() | {"mention_ids": tuple(found.mention_ids)})


def insert(connection: sa.Connection, made: Comment) -> None:
    """Keep a new comment."""
    _INSERT.run(connection, **_values(made))


def save(connection: sa.Connection, changed: Comment) -> None:
    """Keep what changed of a comment."""
    _SAVE.run(connection, **_values(changed))


def forget(connection: sa.Connection, subject: str) -> None:
    """Remove everything that was said about a record."""
    connection.exec_driver_sql("DELETE FROM comment WHERE subject = %s", (subject,))


def subjects(store: Store, comment_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The global ids of the records that comments are about."""
    found = store.rows("SELECT id, subject FROM comment WHERE id = ANY(%s::uuid[])", (list(comment_ids),))
    return {row[0]: row[1] for row in found}


def author(store: Store, comment_id: UUID) -> UUID | None:
    """Who said it."""
    found = store.rows("SELECT author_id FROM comment WHERE id = %s", (comment_id,))
    return found[0][0] if found else None


def _values(each: Comment) -> dict[str, Any]:
    return asdict(each) | {"mention_ids": list(each.mention_ids)}
