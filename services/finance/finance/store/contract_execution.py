"""What was measured, paid, planned and changed of contracts, as rows, under the contract's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.finance.contract_changes import ContractChangeKind, ContractChangeState
from crm_common.protocol.finance.contract_progress import ContractMilestone
from crm_common.store import Store
from finance.domain.contract import Contract
from finance.domain.contract_execution import ChangeOrder, Entry, agreed
from finance.tables.contracts import contract_change, contract_entry, contract_milestone, contract_version

_ORDER = tuple(each.name for each in fields(ChangeOrder))
_OF_CONTRACT = """
SELECT coalesce(max(place), 0) + 1, count(*) FILTER (WHERE state = 'PENDING') FROM contract_change
WHERE contract_id = %s
"""
# those that wait for an approval whose beginning they have not heard of
_UNHEARD = """
SELECT 'contract', id FROM contract WHERE state = 'IN_APPROVAL' AND approval_id IS NULL AND updated_at < %(before)s
UNION ALL
SELECT 'contract_change', contract_id FROM contract_change
WHERE state = 'PENDING' AND approval_id IS NULL AND created_at < %(before)s
"""
_ENDING = """
SELECT c.id FROM contract c
WHERE c.state IN ('SIGNED', 'EXECUTING') AND c.ends_on BETWEEN %(today)s::date AND %(today)s::date + %(days)s::integer
    AND NOT EXISTS (SELECT FROM contract_reminded r
        WHERE r.contract_id = c.id AND r.ends_on = c.ends_on AND r.days <= %(days)s::integer)
ORDER BY c.ends_on, c.id
"""
_PLANNED = """
SELECT c.id FROM contract c
WHERE c.state IN ('SIGNED', 'EXECUTING') AND EXISTS (SELECT FROM contract_milestone m WHERE m.contract_id = c.id)
ORDER BY c.id
"""
_REMIND = """
INSERT INTO contract_reminded (contract_id, ends_on, days) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def add_entry(
    connection: sa.Connection, entry_id: UUID, of: Contract, entry: Entry, *, by: UUID | None, now: datetime
) -> None:
    """Keep what was measured or paid."""
    values = asdict(entry) | {"id": entry_id, "contract_id": of.id, "created_by": by, "created_at": now}
    connection.execute(sa.insert(contract_entry).values(**values | {"kind": entry.kind.value}))


def plan(connection: sa.Connection, contract_id: UUID) -> tuple[ContractMilestone, ...]:
    """The plan of a contract, in the order of its days."""
    found = sa.select(contract_milestone.c.day, contract_milestone.c.percent)
    found = found.where(contract_milestone.c.contract_id == contract_id).order_by(contract_milestone.c.day)
    return tuple(ContractMilestone(**row) for row in connection.execute(found).mappings())


def set_plan(connection: sa.Connection, contract_id: UUID, milestones: Sequence[ContractMilestone]) -> None:
    """Another plan of a contract."""
    connection.execute(sa.delete(contract_milestone).where(contract_milestone.c.contract_id == contract_id))
    if milestones:
        rows = [asdict(each) | {"contract_id": contract_id} for each in milestones]
        connection.execute(sa.insert(contract_milestone), rows)


def add_version(connection: sa.Connection, of: Contract, *, change_id: UUID | None, now: datetime) -> None:
    """Keep what holds from now on."""
    terms = {"amount": agreed(of), "ends_on": of.ends_on, "payment_terms": of.payment_terms}
    values = {"contract_id": of.id, "revision": of.revision, "change_id": change_id, "since": now} | terms
    connection.execute(sa.insert(contract_version).values(**values))


def orders(connection: sa.Connection, contract_id: UUID) -> tuple[int, bool]:
    """The place of a contract's next change order, and whether one is under way."""
    place, pending = connection.exec_driver_sql(_OF_CONTRACT, (contract_id,)).one()
    return place, pending > 0


def contract_of(connection: sa.Connection, change_id: UUID) -> UUID | None:
    """The contract of a change order; its lock is taken first."""
    found = sa.select(contract_change.c.contract_id).where(contract_change.c.id == change_id)
    return connection.execute(found).scalar_one_or_none()


def order(connection: sa.Connection, change_id: UUID) -> ChangeOrder:
    """A change order, whose contract is locked."""
    columns = [contract_change.c[name] for name in _ORDER]
    row = connection.execute(sa.select(*columns).where(contract_change.c.id == change_id)).mappings().one()
    typed = {"kind": ContractChangeKind(row["kind"]), "state": ContractChangeState(row["state"])}
    return ChangeOrder(**dict(row) | typed)


def waiting_order(connection: sa.Connection, contract_id: UUID) -> ChangeOrder | None:
    """The change order of a contract that is under way."""
    found = sa.select(contract_change.c.id).where(
        contract_change.c.contract_id == contract_id,
        contract_change.c.state == ContractChangeState.PENDING.value,
    )
    change_id = connection.execute(found).scalar_one_or_none()
    return None if change_id is None else order(connection, change_id)


def unheard(store: Store, before: datetime) -> list[tuple[str, UUID]]:
    """What has waited since ``before`` without hearing of its approval: its kind and the contract."""
    return [(row[0], row[1]) for row in store.rows(_UNHEARD, {"before": before})]


def ending(store: Store, today: date, days: int) -> list[UUID]:
    """Contracts under way that end within ``days`` and of which nobody was reminded so near to it."""
    return [row[0] for row in store.rows(_ENDING, {"today": today, "days": days})]


def note_reminder(connection: sa.Connection, contract_id: UUID, ends_on: date, days: int) -> bool:
    """Remember that the owner is reminded; False when he was."""
    return connection.exec_driver_sql(_REMIND, (contract_id, ends_on, days)).rowcount > 0


def planned(store: Store) -> list[UUID]:
    """Contracts under way that have a plan."""
    return [row[0] for row in store.rows(_PLANNED)]


def add_order(connection: sa.Connection, added: ChangeOrder, now: datetime) -> None:
    """Keep a new change order."""
    values = asdict(added) | {"kind": added.kind.value, "state": added.state.value, "created_at": now}
    connection.execute(sa.insert(contract_change).values(**values))


def save_order(connection: sa.Connection, changed: ChangeOrder) -> None:
    """Write what became of a change order."""
    values: dict[str, Any] = {"state": changed.state.value, "state_reason": changed.state_reason}
    values |= {"approval_id": changed.approval_id, "decided_at": changed.decided_at}
    connection.execute(sa.update(contract_change).where(contract_change.c.id == changed.id).values(**values))
