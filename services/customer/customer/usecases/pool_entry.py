"""Customers that came into the pool are offered to the assignment rules (CUS-39), once for each entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.assign_rules import AssignedKind
from crm_common.protocol.customer.pool import CustomerAssigned
from customer.domain.assign_rule import AssignRule, Facts
from customer.store import assign_rules, moves
from customer.usecases.assign_rules import receiver

# Entries are looked at in their order and seen when they are committed: the last ones are left for the next run.
SETTLED = timedelta(seconds=30)
_BATCH = 200
_LAST = UUID(int=2**128 - 1)


def give_out(run: JobRun) -> None:
    """Give the customers that rules fit to whom the rules name; the others stay for whoever claims them."""
    until, offered = run.now - SETTLED, _BATCH
    while offered == _BATCH:
        with run.change() as change:
            rules = assign_rules.active(change.connection, AssignedKind.CUSTOMER)
            found = assign_rules.entered_the_pool(change.connection, until, _BATCH) if rules else []
            given = _give(change, rules, found)
            if len(found) < _BATCH:
                assign_rules.mark(change.connection, until, _LAST)
            else:
                assign_rules.mark(change.connection, found[-1]["pool_entered_at"], found[-1]["id"])
        offered = len(found)
        run.report["assigned"] = run.report.get("assigned", 0) + given
        if run.dry_run:
            return


def _give(change: Change, rules: Sequence[AssignRule], found: Sequence[dict[str, Any]]) -> int:
    shares: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    names = {rule.id: rule.name for rule in rules}
    for each in found:
        facts = Facts(**{name: each[name] for name in ("region", "industry", "source", "level")})
        # not back to whom it was taken from, or who let it go
        to = receiver(change, AssignedKind.CUSTOMER, facts, rules=rules, but=each["last_owner_id"])
        if to is not None:
            shares[to.employee_id, names[to.rule_id]].append(each["id"])
    call = change.new_id()
    for (owner, reason), share in shares.items():
        gone = moves.move(change.connection, moves.TO_OWNER, share, now=change.now, owner=owner)
        change.record(*(CustomerAssigned(**gone[each].told(), reason=reason, call_id=call) for each in share))
    return sum(map(len, shares.values()))
