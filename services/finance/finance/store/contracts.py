"""Contracts as rows, under their lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_common.protocol.finance.contract_states import ContractAudit, ContractState
from crm_common.protocol.finance.contracts import ContractCard, ContractLine
from crm_common.store import Store
from crm_common.text_order import pinyin_key
from finance.domain.contract import COLUMNS, Contract, line_amount
from finance.tables.contracts import contract, contract_archive, contract_line

_NUMBERED = """
INSERT INTO contract_number (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = contract_number.last + 1 RETURNING last
"""
_CARDS = """
SELECT c.id, c.number, c.customer_id, c.owner_id, c.state, c.amount + c.changed_amount, c.currency, c.signed_on
FROM contract c WHERE c.id = ANY(%s::uuid[]) AND c.deleted_at IS NULL ORDER BY c.id
"""
_LOOSE = """
SELECT id, signed_files FROM contract
WHERE signed_files <> kept_files AND (id = ANY(%(ids)s::uuid[]) OR updated_at < %(before)s::timestamptz)
ORDER BY updated_at LIMIT 100
"""


def get(connection: sa.Connection, contract_id: UUID) -> Contract | None:
    """The contract with its products, locked until the commit; None where there is none, or no more."""
    found = sa.select(*(contract.c[name] for name in COLUMNS), contract.c.version).where(
        contract.c.id == contract_id, contract.c.deleted_at.is_(None)
    )
    row = connection.execute(found.with_for_update()).mappings().one_or_none()
    if row is None:
        return None
    typed = {
        "state": ContractState(row["state"]),
        "audit": ContractAudit(row["audit"]) if row["audit"] else None,
        "signed_files": tuple(row["signed_files"]),
        "lines": _lines(connection, contract_id),
    }
    return Contract(**dict(row) | typed)


def insert(connection: sa.Connection, added: Contract, now: datetime) -> None:
    """Add a contract."""
    made = {"kept_files": [], "created_at": now, "updated_at": now, "version": 1}
    connection.execute(sa.insert(contract).values(**_values(added), **made))
    _write_lines(connection, added)


def save(connection: sa.Connection, changed: Contract, now: datetime, *, lines: bool = False) -> None:
    """Write a contract, and ``lines`` its products; its version is counted."""
    values = _values(changed) | {"updated_at": now, "version": contract.c.version + 1}
    connection.execute(sa.update(contract).where(contract.c.id == changed.id).values(**values))
    if lines:
        connection.execute(sa.delete(contract_line).where(contract_line.c.contract_id == changed.id))
        _write_lines(connection, changed)


def delete(connection: sa.Connection, contract_id: UUID, now: datetime) -> None:
    """A draft is seen no more."""
    gone = {"deleted_at": now, "updated_at": now, "version": contract.c.version + 1}
    connection.execute(sa.update(contract).where(contract.c.id == contract_id).values(**gone))


def move_deleted(connection: sa.Connection, contract_id: UUID, customer_id: UUID) -> None:
    """A deleted draft belongs to another customer."""
    connection.execute(sa.update(contract).where(contract.c.id == contract_id).values(customer_id=customer_id))


def archive(connection: sa.Connection, entry_id: UUID, signed: Contract, *, by: UUID | None, now: datetime) -> None:
    """Enter a signed contract into the archive."""
    entry = {name: getattr(signed, name) for name in ("name", "customer_id", "amount", "currency", "signed_on")}
    entry |= {"id": entry_id, "number": signed.archive_number, "contract_id": signed.id, "archived_by": by}
    entry |= {"contract_number": signed.number, "signed_files": list(signed.signed_files), "archived_at": now}
    connection.execute(postgresql.insert(contract_archive).values(**entry))


def next_number(connection: sa.Connection, prefix: str, year: int) -> str:
    """The next number of a series in a year, ``HT-2026-00001``: without gaps, as whoever takes one holds its row."""
    last = connection.exec_driver_sql(_NUMBERED, (f"{prefix}-{year}",)).scalar_one()
    return f"{prefix}-{year}-{last:05}"


def cards(store: Store, ids: Sequence[UUID]) -> tuple[ContractCard, ...]:
    """What neighbours ask of contracts."""
    return tuple(
        ContractCard(
            id=row[0], number=row[1], customer_id=row[2], owner_id=row[3], state=ContractState(row[4]), amount=row[5],
            currency=row[6], signed_on=row[7],
        )
        for row in store.rows(_CARDS, (list(ids),))
    )  # fmt: skip


def of_owner(connection: sa.Connection, owner_id: UUID, customer_id: UUID | None = None) -> list[UUID]:
    """The contracts in somebody's name, of one customer or of all, in the order of their ids."""
    found = sa.select(contract.c.id).where(contract.c.owner_id == owner_id, contract.c.deleted_at.is_(None))
    if customer_id is not None:
        found = found.where(contract.c.customer_id == customer_id)
    return list(connection.execute(found.order_by(contract.c.id)).scalars())


def with_loose_files(store: Store, ids: Sequence[UUID], before: datetime | None) -> list[tuple[UUID, list[UUID]]]:
    """Signed contracts of whose files documents was not told: of these, or of those that wait since ``before``."""
    return [(row[0], row[1]) for row in store.rows(_LOOSE, {"ids": list(ids), "before": before})]


def files_are_kept(connection: sa.Connection, contract_id: UUID, ids: Sequence[UUID]) -> None:
    """Documents knows that the files are the contract's."""
    connection.execute(sa.update(contract).where(contract.c.id == contract_id).values(kept_files=list(ids)))


def _values(of: Contract) -> dict[str, Any]:
    values = {name: getattr(of, name) for name in COLUMNS}
    typed = {"state": of.state.value, "audit": of.audit.value if of.audit else None}
    return values | typed | {"name_key": pinyin_key(of.name), "signed_files": list(of.signed_files)}


def _lines(connection: sa.Connection, contract_id: UUID) -> tuple[ContractLine, ...]:
    columns = [contract_line.c[name] for name in ("product_id", "name", "quantity", "unit", "price")]
    found = sa.select(*columns).where(contract_line.c.contract_id == contract_id).order_by(contract_line.c.place)
    return tuple(ContractLine(**row) for row in connection.execute(found).mappings())


def _write_lines(connection: sa.Connection, of: Contract) -> None:
    rows = [
        {
            "contract_id": of.id, "place": place, "product_id": each.product_id, "name": each.name.strip(),
            "quantity": each.quantity, "unit": each.unit, "price": each.price, "amount": line_amount(each),
        }
        for place, each in enumerate(of.lines)
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(contract_line), rows)
