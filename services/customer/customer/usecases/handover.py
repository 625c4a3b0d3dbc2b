"""What is in somebody's name here, counted and passed on (IDN-23); identity asks for it."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from crm_common.changes import Change, changing, repeating
from crm_common.context import Context
from crm_common.protocol.customer.holding import CustomerTransferred
from crm_common.protocol.platform import HandOverHere
from crm_common.runtime.host import ServiceHost
from crm_common.store import Store
from customer.store import moves

CUSTOMERS = "customer"
# So many in one transaction: locks are held for a moment, and what was passed on stays passed on.
BATCH = 200

_COUNT = "SELECT count(*) FROM customer WHERE holding = 'OWNED' AND owner_id = %s"
_NEXT = """
SELECT id FROM customer WHERE holding = 'OWNED' AND owner_id = %s ORDER BY id LIMIT %s FOR UPDATE
"""


def owned_here(store: Store, employee_id: UUID) -> dict[str, int]:
    """What this service keeps in somebody's name, by kind."""
    return {CUSTOMERS: int(store.rows(_COUNT, (employee_id,))[0][0])}


def hand_over_here(host: ServiceHost, context: Context, command: HandOverHere) -> dict[str, int]:
    """Pass on somebody's records, evenly to the receivers in turn; repeated, it passes on what is left."""
    moved: dict[str, int] = {}
    if command.kinds is None or CUSTOMERS in command.kinds:
        moved[CUSTOMERS] = _customers(host, context, command)
    return moved


def _customers(host: ServiceHost, context: Context, command: HandOverHere) -> int:
    done = 0
    receivers = [each for each in command.to_ids if each != command.from_id]
    while receivers:

        def batch(first: int = done) -> int:
            with changing(host, context) as change:
                return _pass_on(change, command, receivers, first)

        count = repeating(batch)
        done += count
        if count < BATCH:
            break
    return done


def _pass_on(change: Change, command: HandOverHere, receivers: list[UUID], first: int) -> int:
    """One batch; ``first`` is how many went before, so that the turn goes on."""
    ids = list(change.connection.exec_driver_sql(_NEXT, (command.from_id, BATCH)).scalars())
    shares: dict[UUID, list[UUID]] = defaultdict(list)
    for place, customer_id in enumerate(ids, first):
        shares[receivers[place % len(receivers)]].append(customer_id)
    for receiver, share in shares.items():
        gone = moves.move(change.connection, moves.TO_OTHER_OWNER, share, now=change.now, owner=receiver)
        change.record(
            *(
                CustomerTransferred(
                    **gone[each].told(), from_owner_id=command.from_id, reason=command.reason, cascade=True
                )
                for each in share
            )
        )
    return len(ids)
