"""Changes of hands as SQL: what each sets, and how the difference comes back for the event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.service import Holding
from customer.domain.pool import Moved

Sets = Mapping[str, str]
"""Column → SQL of its new value, in which the old row's columns stand as they are."""

_UNOWNED = {
    "owner_id": "NULL",
    "owned_since": "NULL",
    "anchor_at": "NULL",
    "anchor_extra_days": "NULL",
    "warned_at": "NULL",
    "warned_due_at": "NULL",
}
_OUT_OF_QUEUE = {"queue_department_id": "NULL", "queued_at": "NULL", "queue_told_at": "NULL"}
_OUT_OF_POOL = {"pool_entered_at": "NULL", "pool_reason": "NULL"}

TO_OWNER: Sets = {
    "holding": "'OWNED'",
    "owner_id": "%(owner)s",
    **_OUT_OF_QUEUE,
    "owned_since": "%(now)s",
    "anchor_at": "%(now)s",
    "anchor_extra_days": "NULL",
    "warned_at": "NULL",
    "warned_due_at": "NULL",
    "pool_id": "NULL",
    **_OUT_OF_POOL,
}
TO_OTHER_OWNER: Sets = {**TO_OWNER, "last_owner_id": "c.owner_id", "last_owner_lost_at": "%(now)s"}
TO_MERGED: Sets = {"holding": "'MERGED'", "merged_into_id": "%(survivor)s::uuid", **_UNOWNED}
TO_QUEUE: Sets = {
    "holding": "'DEPT_QUEUE'",
    "queue_department_id": "%(department)s",
    "queued_at": "%(now)s",
    "queue_told_at": "NULL",
    "pool_id": "NULL",
    **_OUT_OF_POOL,
}
TO_POOL: Sets = {
    "holding": "'POOL'",
    **_UNOWNED,
    "pool_id": "target_pool(c.region, c.owner_id)",
    "pool_entered_at": "%(now)s",
    "pool_reason": "%(pool_reason)s",
    "times_in_pool": "c.times_in_pool + 1",
    "last_owner_id": "c.owner_id",
    "last_owner_lost_at": "%(now)s",
}
TO_OTHER_POOL: Sets = {"pool_id": "%(pool)s::uuid"}
TO_TRASH: Sets = {"holding": "'TRASH'", "trashed_at": "%(now)s", **_OUT_OF_POOL}
TO_ERASED: Sets = {
    "holding": "'ERASED'",
    **_UNOWNED,
    **_OUT_OF_QUEUE,
    "pool_id": "NULL",
    **_OUT_OF_POOL,
    "trashed_at": "NULL",
    "last_owner_id": "coalesce(c.owner_id, c.last_owner_id)",
    "hot": "false",
}
FROM_TRASH: Sets = {
    "holding": "'POOL'",
    "trashed_at": "NULL",
    "pool_id": "coalesce(c.pool_id, target_pool(c.region, c.last_owner_id))",
    "pool_entered_at": "%(now)s",
    "pool_reason": "'RESTORED'",
    "times_in_pool": "c.times_in_pool + 1",
}


def update(sets: Sets, *, source: str = "", where: str, counted: bool = True) -> str:
    """The statement that changes customers ``c`` and answers id, name, owner, holding, then old and new of each column.

    ``source`` is the FROM clause's content. Not ``counted``: whoever is editing the record meanwhile is not disturbed.
    """
    assigned = ", ".join(f"{column} = {value}" for column, value in sets.items())
    compared = ", ".join(f"old.{column} AS old_{column}, new.{column} AS new_{column}" for column in sets)
    return (
        f"UPDATE customer c SET {assigned}, updated_at = %(now)s{', version = c.version + 1' if counted else ''}"
        f"{f' FROM {source}' if source else ''} WHERE {where}"
        f" RETURNING new.id AS id, new.name AS name, new.owner_id AS owner_id, new.holding AS holding, {compared}"
    )


def moved(row: Sequence[Any], sets: Sets) -> Moved:
    """One answered row."""
    compared = zip(sets, row[4::2], row[5::2], strict=True)
    changes = {column: (old, new) for column, old, new in compared if old != new}
    return Moved(row[0], row[1], row[2], Holding(row[3]), changes)


def move(connection: sa.Connection, sets: Sets, ids: Iterable[UUID], **values: Any) -> dict[UUID, Moved]:
    """Change customers that the open transaction has locked."""
    statement = update(sets, where="c.id = ANY(%(ids)s::uuid[])")
    rows = connection.exec_driver_sql(statement, values | {"ids": list(ids)})
    return {row[0]: moved(tuple(row), sets) for row in rows}
