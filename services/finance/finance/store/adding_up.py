"""What the check of the money reads here: receivables with what receipts and plans say, contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common.protocol.finance.contract_states import ContractState
from crm_common.protocol.finance.receivables import ReceivableState
from crm_common.store import Store
from finance.domain.adding_up import Booked, Signed

_BOOKED = """
SELECT r.id, r.title, r.order_id, r.customer_id, r.state, r.amount, r.received, r.refunded, r.currency,
    coalesce((SELECT sum(p.allocated) FROM receipt p WHERE p.receivable_id = r.id AND p.state = 'CONFIRMED'), 0.00),
    coalesce((SELECT sum(p.amount) FROM receipt_plan p WHERE p.receivable_id = r.id), 0.00),
    ARRAY(SELECT p.id FROM receipt p WHERE p.receivable_id = r.id AND (p.customer_id <> r.customer_id
        OR p.currency <> r.currency OR p.order_id IS DISTINCT FROM r.order_id) ORDER BY p.id)
FROM receivable r WHERE {where}
"""
_PAGE = _BOOKED.format(where="r.id > %(after)s::uuid ORDER BY r.id LIMIT %(first)s")
_BETWEEN = _BOOKED.format(
    where="r.order_id > %(after)s::uuid AND (%(until)s::uuid IS NULL OR r.order_id <= %(until)s::uuid)"
)
_CONTRACTS = "SELECT id, customer_id, state FROM contract WHERE id = ANY(%s::uuid[])"


def page(store: Store, after: UUID, first: int) -> list[Booked]:
    """The next receivables by id."""
    return [_booked(row) for row in store.rows(_PAGE, {"after": after, "first": first})]


def between(store: Store, after: UUID, until: UUID | None) -> list[Booked]:
    """The receivables of orders behind ``after``, up to ``until``."""
    return [_booked(row) for row in store.rows(_BETWEEN, {"after": after, "until": until})]


def contracts(store: Store, ids: Sequence[UUID]) -> dict[UUID, Signed]:
    """These contracts."""
    rows = store.rows(_CONTRACTS, (list(ids),))
    return {row[0]: Signed(id=row[0], customer_id=row[1], state=ContractState(row[2])) for row in rows}


def _booked(row: tuple[Any, ...]) -> Booked:
    return Booked(
        id=row[0], title=row[1], order_id=row[2], customer_id=row[3], state=ReceivableState(row[4]), amount=row[5],
        received=row[6], refunded=row[7], currency=row[8], paid=row[9], planned=row[10], strangers=tuple(row[11]),
    )  # fmt: skip
