"""The orders of sales as money sees them, page by page, asked in finance's own name."""

from __future__ import annotations

from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.protocol.sales.orders_internal import OrderLedgerEntry
from crm_common.runtime.client import PeerClient


def orders(client: PeerClient, context: Context, after: UUID, first: int) -> tuple[OrderLedgerEntry, ...]:
    """The next orders by id; ``context`` is a system's."""
    answer = codec.decode_json(client.call("sales", "order_ledger", {"after": str(after), "first": first}, context))
    return codec.from_builtins(answer, tuple[OrderLedgerEntry, ...])
