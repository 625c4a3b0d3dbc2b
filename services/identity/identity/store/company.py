"""The company as a row."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from identity.domain.company import Company
from identity.tables import company

_COLUMNS = [company.c[each.name] for each in fields(Company)]


def get(connection: sa.Connection) -> Company | None:
    """The company, locked; None before it was founded."""
    found = connection.execute(sa.select(*_COLUMNS).with_for_update()).one_or_none()
    if found is None:
        return None
    return Company(**dict(found._mapping) | {"working_days": tuple(found.working_days)})


def founded_at(connection: sa.Connection) -> datetime | None:
    """When it was founded."""
    found: datetime | None = connection.scalar(sa.select(company.c.created_at))
    return found


def insert(connection: sa.Connection, added: Company, now: datetime) -> None:
    """Add the company."""
    connection.execute(sa.insert(company).values(_row(added) | {"created_at": now, "updated_at": now}))


def save(connection: sa.Connection, changed: Company, now: datetime) -> None:
    """Write the company."""
    connection.execute(sa.update(company).where(company.c.id == changed.id).values(_row(changed) | {"updated_at": now}))


def _row(of: Company) -> dict[str, Any]:
    return asdict(of) | {"working_days": list(of.working_days)}
