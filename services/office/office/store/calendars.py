"""Addresses of calendars as rows. Of the secret there is a hash, as nobody needs to read it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

_INSERT = "INSERT INTO calendar (id, owner_id, name, secret_hash, created_at) VALUES (%s, %s, %s, %s, %s)"
# two at once would both find room
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('calendar/' || %s::text, 0))"
_COUNT = "SELECT count(*) FROM calendar WHERE owner_id = %s"
_DELETE = "DELETE FROM calendar WHERE id = %s AND owner_id = %s RETURNING name"


def hash_of(secret: str) -> bytes:
    """What is kept of a secret: as it is long and random, one round of hashing is enough."""
    return hashlib.sha256(secret.encode()).digest()


def count(connection: sa.Connection, owner_id: UUID) -> int:
    """How many addresses somebody has; nobody else gives him one until the commit."""
    connection.exec_driver_sql(_LOCK, (owner_id,))
    return int(connection.exec_driver_sql(_COUNT, (owner_id,)).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A new address of somebody's schedule."""

    id: UUID
    owner_id: UUID
    name: str
    secret: str


def insert(connection: sa.Connection, made: Address, now: datetime) -> None:
    """Keep a new address."""
    connection.exec_driver_sql(_INSERT, (made.id, made.owner_id, made.name, hash_of(made.secret), now))


def delete(connection: sa.Connection, calendar_id: UUID, owner_id: UUID) -> str | None:
    """Forget an address of its owner's: what it was called, or None when he has none of this id."""
    name: str | None = connection.exec_driver_sql(_DELETE, (calendar_id, owner_id)).scalar_one_or_none()
    return name
