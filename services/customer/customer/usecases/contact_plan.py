"""Messages that were sent, and owners who have not spoken to their customers for too long (CUS-49)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.contact_plan import DAYS, LEAST, CustomerNeglected, NoteTouch
from crm_common.protocol.customer.service import Holding
from customer.store import held, touches
from customer.store import merging as merges

_BATCH = 500


def note_touch(change: Change, command: NoteTouch) -> dict[str, Any]:
    """A message that a service sent."""
    found = held.locked(change.connection, [merges.survivor(change.connection, command.customer_id)])
    if not found or found[0].holding is Holding.ERASED:
        return {"noted": False}
    values = {
        "id": change.new_id(),
        "customer_id": found[0].id,
        "channel": command.channel.value,
        "purpose": command.purpose.value,
        "at": command.at,
        "reference": command.reference,
    }
    return {"noted": touches.insert(change.connection, values)}


def tell_neglected(run: JobRun) -> None:
    """One event for each neglected customer, once within the days of the plan."""
    told = _BATCH
    while told == _BATCH:
        with run.change() as change:
            least, days = change.settings.get(LEAST), change.settings.get(DAYS)
            since = run.now - timedelta(days=days)
            found = touches.take_neglected(change.connection, least, since=since, now=run.now, most=_BATCH)
            change.record(
                *(CustomerNeglected(**each, least=least[each["customer_class"]], days=days) for each in found)
            )
        told = len(found)
        run.report["told"] = run.report.get("told", 0) + told
        if run.dry_run:
            return
