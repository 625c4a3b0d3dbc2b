"""The clock of a holding (CUS-15): what counts as a sales record starts it anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.protocol.customer.reclaim import EXTENSION_DAYS, NoteSalesRecord, SalesRecord, SalesRecorded
from crm_common.protocol.customer.service import Holding
from customer.store import held, reclaim


def touch(change: Change, customer_id: UUID, at: datetime, kind: SalesRecord, *, deals: bool = True) -> bool:
    """Note a sales record of ``at`` (UTC) about a customer: its clock runs from there, a reminder given is void.

    An approved order also makes the customer one who has bought, unless ``deals`` says that somebody else sees to that.
    A record older than the latest one moves nothing; nor does one about a customer in nobody's name: False.
    """
    extra = change.settings.get(EXTENSION_DAYS).get(kind.value)
    moved = reclaim.touch(
        change.connection,
        customer_id,
        change.now,
        at=at,
        extra=extra if isinstance(extra, int) and extra > 0 else None,
        follow_up=kind is SalesRecord.FOLLOW_UP,
        signed=kind is SalesRecord.CONTRACT_SIGNED,
        dealt=deals and kind is SalesRecord.ORDER_APPROVED,
    )
    if moved is None or not moved.changes:
        return False
    change.record(SalesRecorded(**moved.told(), kind=kind, at=at))
    return True


def note_sales_record(change: Change, command: NoteSalesRecord) -> dict[str, Any]:
    """A neighbour's sales record."""
    found = held.locked(change.connection, [command.customer_id])
    if not found or found[0].holding in (Holding.ERASED, Holding.MERGED):
        raise CommonRules.the_record_was_not_found(field="customer_id")
    return {"counted": touch(change, command.customer_id, command.at, command.kind)}
