"""What follows from a change of the tree: where departments and employees stand now, and who is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.identity.departments import DepartmentUpdated
from identity.domain import employee as domain
from identity.store import tree


def settle(
    change: Change,
    department_ids: Collection[UUID],
    *,
    told: Collection[UUID] = (),
    renamed: Mapping[UUID, str] | None = None,
) -> None:
    """Settle the given departments and all below them; everybody whose place changed has an event.

    ``told``: departments that have told of their new path already. ``renamed``: former names. Needs `guards.tree`.
    """
    moved, placed = tree.settle(change.connection, department_ids, renamed=renamed)
    change.record(
        *(
            DepartmentUpdated(
                department_id=each.id,
                name=each.name,
                parent_id=each.parent_id,
                path=each.path,
                changes={"path": (each.old_path, each.path)},
            )
            for each in moved
            if each.id not in told
        )
    )
    change.record(*(domain.placed(each.id, each.name, each.place, each.changes, active=each.active) for each in placed))
