"""The approval that writing off waits for: asked of office before the transaction, under a key of the state."""

from __future__ import annotations

from typing import Any

from crm_common.context import Context, system_context
from crm_common.errors import CommonRules
from crm_common.protocol.finance.receivables import WRITE_OFF, ReceivableRules, ReceivableState, WriteOffReceivable
from crm_common.runtime.providers import BoundPeer


def start_write_off(
    office: BoundPeer, context: Context, command: WriteOffReceivable, seen: dict[str, Any] | None
) -> None:
    """Ask for the approval of writing off what the caller sees; what could not be written off is refused first."""
    if seen is None:
        raise CommonRules.the_record_was_not_found(field="id")
    if seen["is_write_off_asked"]:
        # asked with this key already, or by somebody else: the transaction tells
        return
    if seen["state"] != ReceivableState.OPEN:
        raise ReceivableRules.only_what_nobody_has_paid_is_written_off(field="id", state=seen["state"])
    if seen["version"] != command.version:
        raise CommonRules.the_record_was_changed_meanwhile(field="version", current=seen["version"])
    form = {"receivable": seen["title"], "customer": seen["customer_name"] or "—", "amount": seen["open_amount"]}
    left = max(0.0, context.remaining())
    asking = system_context("finance", correlation_id=context.correlation_id, timeout=left)
    asked = {
        "kind": WRITE_OFF,
        "record_type": "receivable",
        "record_id": str(command.id),
        "initiator_id": str(context.authenticated().id),
        "title": f"核销应收款 {seen['title']}",
        "form": form | {"reason": command.reason},
        "idempotency_key": f"write_off/{command.id}/{command.version}",
    }
    office.call("start_approval_for", asked, context=asking)
