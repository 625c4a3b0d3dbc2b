"""Writing contracts down with the events that tell of them."""

from __future__ import annotations

from typing import Any, TypeVar

from crm_common.changes import Change
from crm_common.protocol.declare import Changes
from crm_common.protocol.finance import contracts_events as told
from finance.domain import contract as domain
from finance.domain.contract import Contract
from finance.store import contracts

E = TypeVar("E", bound=told.ContractEvent)
R = TypeVar("R", bound=told.ContractRecorded)
_FACTS = ("number", "name", "customer_id", "owner_id", "state", "amount", "currency")


def event(kind: type[E], before: Contract | None, after: Contract, /, custom: Changes | None = None, **more: Any) -> E:
    """The event of a change; ``custom``: what of its custom fields changed."""
    return kind(**_facts(after), changes=domain.changed(before, after) | (custom or {}), **more)


def sales_record(
    change: Change,
    kind: type[R],
    before: Contract | None,
    after: Contract,
    /,
    custom: Changes | None = None,
    **more: Any,
) -> R:
    """The event of a change that counts as a sales record of the customer (CUS-15)."""
    shown: dict[str, Any] = {
        "title": f"{after.number} {after.name}",
        "employee_id": after.owner_id,
        "reference_id": after.id,
    }
    changes = domain.changed(before, after) | (custom or {})
    return kind(**_facts(after), changes=changes, at=change.now, **shown, **more)


def save(change: Change, before: Contract, after: Contract, kind: type[told.ContractEvent], /, **more: Any) -> None:
    """Write a contract and the event that tells of its change."""
    contracts.save(change.connection, after, change.now, lines=after.lines != before.lines)
    change.record(event(kind, before, after, **more))


def _facts(of: Contract) -> dict[str, Any]:
    return {"contract_id": of.id} | {name: getattr(of, name) for name in _FACTS}
