"""Partners as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.customer.partners import PartnerType
from crm_common.text_order import pinyin_key
from customer.domain.names import folded
from customer.domain.phone import SealedPhone


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner as it stands, apart from its phone."""

    id: UUID
    type: PartnerType
    name: str
    contact_name: str | None
    email: str | None
    address: str | None
    region: str | None
    industry: str | None
    responsible_id: UUID | None
    remark: str | None
    archived: bool
    version: int


FIELDS = tuple(each.name for each in fields(Partner))
_LOCKED = f"SELECT {', '.join(FIELDS)} FROM partner WHERE id = %s FOR UPDATE"
_NAMESAKE = """
SELECT EXISTS (SELECT FROM partner p WHERE p.name_fold = %s AND p.id <> %s
    AND p.phone_index = (SELECT o.phone_index FROM partner o WHERE o.id = %s))
"""


def locked(connection: sa.Connection, partner_id: UUID) -> Partner | None:
    """The partner, locked."""
    row = connection.exec_driver_sql(_LOCKED, (partner_id,)).mappings().one_or_none()
    return None if row is None else Partner(**dict(row) | {"type": PartnerType(row["type"])})


def insert(connection: sa.Connection, partner: Partner, phone: SealedPhone, now: datetime) -> bool:
    """Add a partner; False when its phone and name are those of another."""
    row = _row(partner) | {
        "phone_cipher": phone.cipher,
        "phone_mask": phone.mask,
        "phone_index": phone.index,
        "created_at": now,
        "updated_at": now,
    }
    statement = (
        f"INSERT INTO partner ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
        " ON CONFLICT (phone_index, name_fold) DO NOTHING RETURNING id"
    )
    return connection.exec_driver_sql(statement, tuple(row.values())).scalar() is not None


def has_namesake(connection: sa.Connection, partner_id: UUID, name: str) -> bool:
    """Whether another partner has this one's phone and the name."""
    return bool(connection.exec_driver_sql(_NAMESAKE, (folded(name), partner_id, partner_id)).scalar_one())


def save(connection: sa.Connection, partner: Partner, now: datetime) -> None:
    """Write a partner."""
    row = _row(partner) | {"updated_at": now}
    sets = ", ".join(f"{name} = %s" for name in row)
    connection.exec_driver_sql(f"UPDATE partner SET {sets} WHERE id = %s", (*row.values(), partner.id))


def _row(partner: Partner) -> dict[str, Any]:
    return asdict(partner) | {"name_fold": folded(partner.name), "name_key": pinyin_key(partner.name)}
