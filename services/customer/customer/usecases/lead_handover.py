"""Leads in somebody's name, counted and passed on when he leaves (IDN-23)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from crm_common.changes import changing, repeating
from crm_common.context import Context
from crm_common.protocol.customer.leads import LeadAssigned
from crm_common.protocol.platform import HandOverHere
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from customer.store import leads
from customer.usecases.leads import told

LEADS = "lead"
BATCH = 200
_COUNT = "SELECT count(*) FROM lead WHERE owner_id = %s AND status IN ('ASSIGNED', 'FOLLOWING')"


def owned_here(store: Store, employee_id: UUID) -> dict[str, int]:
    """How many leads he works on."""
    return {LEADS: int(store.rows(_COUNT, (employee_id,))[0][0])}


def hand_over_here(host: ServiceHost, context: Context, command: HandOverHere) -> dict[str, int]:
    """Pass on the leads he works on, to the receivers in turn; repeated, it passes on what is left."""
    receivers = [each for each in command.to_ids if each != command.from_id]
    if command.kinds is not None and LEADS not in command.kinds:
        return {}
    done, passed = 0, BATCH
    while receivers and passed == BATCH:

        def batch(first: int = done) -> int:
            with changing(host, context) as change:
                found = leads.worked_on_by(change.connection, command.from_id, BATCH)
                for place, before in enumerate(found, first):
                    after = replace(before, owner_id=receivers[place % len(receivers)])
                    leads.save(change.connection, after, change.now)
                    change.record(told(LeadAssigned, before, after))
                return len(found)

        passed = repeating(batch)
        done += passed
    return {LEADS: done}
