"""Rights reviews as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from identity.domain.review import Decided, Item, Review
from identity.tables import rights_review, rights_review_item

_REVIEW = [rights_review.c[each.name] for each in fields(Review)]
_ITEM = [rights_review_item.c[each.name] for each in fields(Item)]

# What every active employee has, as it stands now, in one statement whatever the size of the company.
_ITEMS = sa.text("""
INSERT INTO rights_review_item (id, review_id, employee_id, employee_name, employee_name_key, role_id, role_name,
    role_name_key, by_position, permissions, last_used_at)
SELECT uuidv7(), :review_id, e.id, e.name, e.name_key, r.id, r.name, r.name_key, h.by_position, r.permissions,
    greatest(e.last_active_at, e.last_login_at)
FROM employee e JOIN role_holder h ON h.employee_id = e.id JOIN role r ON r.id = h.role_id
WHERE e.active
""")


def latest_opened_at(connection: sa.Connection) -> datetime | None:
    """When the latest review was opened."""
    found: datetime | None = connection.scalar(sa.select(sa.func.max(rights_review.c.opened_at)))
    return found


def is_open(connection: sa.Connection) -> bool:
    """Whether a review waits for decisions."""
    return connection.scalar(sa.select(sa.exists().where(rights_review.c.state == "OPEN"))) is True


def get(connection: sa.Connection, review_id: UUID) -> Review | None:
    """The review, locked."""
    found = connection.execute(
        sa.select(*_REVIEW).where(rights_review.c.id == review_id).with_for_update()
    ).one_or_none()
    return None if found is None else Review(**found._mapping)


def items(connection: sa.Connection, ids: Collection[UUID]) -> dict[UUID, Item]:
    """Items by id."""
    found = connection.execute(sa.select(*_ITEM).where(rights_review_item.c.id.in_(ids)))
    return {row.id: Item(**row._mapping) for row in found}


def decisions(connection: sa.Connection, review_id: UUID) -> Sequence[str | None]:
    """The decisions about all items of a review, None where there is none yet."""
    return connection.scalars(
        sa.select(rights_review_item.c.decision).where(rights_review_item.c.review_id == review_id)
    ).all()


def insert(connection: sa.Connection, review_id: UUID, now: datetime) -> int:
    """Open a review of what everybody has now; answers how many items it has."""
    connection.execute(
        sa.insert(rights_review).values(id=review_id, state="OPEN", opened_at=now, item_count=0, version=1)
    )
    count = connection.execute(_ITEMS, {"review_id": review_id}).rowcount
    connection.execute(sa.update(rights_review).where(rights_review.c.id == review_id).values(item_count=count))
    return count


def save(connection: sa.Connection, review: Review) -> None:
    """Write a review's state."""
    connection.execute(sa.update(rights_review).where(rights_review.c.id == review.id).values(asdict(review)))


def set_closed(connection: sa.Connection, review_id: UUID, by: UUID, now: datetime) -> None:
    """Note who closed it, and when."""
    connection.execute(
        sa.update(rights_review).where(rights_review.c.id == review_id).values(closed_at=now, closed_by_id=by)
    )


def save_decision(connection: sa.Connection, decided: Decided, by: UUID, now: datetime) -> None:
    """Record what was decided about an item, by whom and when."""
    connection.execute(
        sa.update(rights_review_item)
        .where(rights_review_item.c.id == decided.item.id)
        .values(decision=decided.decision.value, comment=decided.comment, decided_by_id=by, decided_at=now)
    )
