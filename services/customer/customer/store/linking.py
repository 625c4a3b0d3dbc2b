"""What other systems call customers, as rows (CUS-47)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

_INSERT = """
INSERT INTO external_id (id, customer_id, system, external_id, linked_at) VALUES (%s, %s, %s, %s, %s)
"""


class Link(NamedTuple):
    """What a system calls something."""

    system: str
    external_id: str


def find(connection: sa.Connection, link: Link) -> UUID | None:
    """The customer that a system calls so."""
    found: UUID | None = connection.exec_driver_sql(
        "SELECT customer_id FROM external_id WHERE system = %s AND external_id = %s", link
    ).scalar_one_or_none()
    return found


def of(connection: sa.Connection, customer_id: UUID, system: str) -> list[str]:
    """What a system calls a customer, in order."""
    found = connection.exec_driver_sql(
        "SELECT external_id FROM external_id WHERE customer_id = %s AND system = %s ORDER BY external_id",
        (customer_id, system),
    )
    return list(found.scalars())


def insert(connection: sa.Connection, link_id: UUID, customer_id: UUID, link: Link, now: datetime) -> None:
    """Note what a system calls a customer. Two at once: the second is told by the database and tried again."""
    connection.exec_driver_sql(_INSERT, (link_id, customer_id, *link, now))


def delete(connection: sa.Connection, link: Link) -> None:
    """Forget what a system calls a customer."""
    connection.exec_driver_sql("DELETE FROM external_id WHERE system = %s AND external_id = %s", link)
