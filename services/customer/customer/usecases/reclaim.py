"""Automatic reclaim (CUS-15, 16, 17): warn the owners, take what is due, batch by batch; rules change the next day."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from crm_common import faults
from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.customer.reclaim import CustomerReclaimed, CustomerReclaimWarned
from crm_common.protocol.customer.service import PoolReason
from crm_common.protocol.identity.settings import SettingChanged
from crm_common.protocol.platform import TIMEZONE
from crm_common.settings_data import setting_catalogue, value_of
from customer.domain import reclaim as domain
from customer.domain.reclaim import Act
from customer.store import reclaim

SIZE = 1000
RECLAIM_TAKEN = "customer.reclaim_taken"
"""A point for `crm_common.faults`: a batch is taken and its events are recorded, nothing is committed."""
_BEGIN = ("-infinity", "00000000-0000-0000-0000-000000000000")


def reclaim_due(run: JobRun) -> None:
    """Warn of and take what is due at the run's moment. Ended in between, it goes on behind its last batch."""
    with run.change() as change:
        walks = reclaim.walks(reclaim.rule_of(change.connection, run.now), run.now)
    place, *after = run.checkpoint or (0, *_BEGIN)
    counted: Counter[str] = Counter()
    while place < len(walks):
        with run.change() as change:
            found = reclaim.batch(change.connection, walks[place], run.now, tuple(after), SIZE)
            if found is None:
                place, after = place + 1, list(_BEGIN)
            else:
                after = [found.clock.isoformat(), str(found.last)]
                counted["evaluated"] += found.seen
                counted.update(settle(change, found, run))
            run.save_checkpoint([place, *after])
    run.report.update(counted)


def settle(change: Change, found: reclaim.Batch, run: JobRun) -> Counter[str]:
    """What is due in one batch: taken or warned of, each told by an event."""
    if not found.wanted:
        return Counter()
    due = reclaim.acts(change.connection, found.wanted, run.now)
    taken = [each for each in due if each.act is Act.TAKE]
    warned = [each for each in due if each.act is Act.WARN]
    if taken:
        moved = reclaim.take(change.connection, taken, run.now)
        for each in taken:
            reason = PoolReason(each.reason)
            change.record(
                CustomerReclaimed(
                    **moved[each.id].told(), from_owner_id=each.owner_id, due_at=each.due_at, reason=reason
                )
            )
    if warned:
        moved = reclaim.warn(change.connection, warned, run.now)
        for each in warned:
            reason = PoolReason(each.reason)
            change.record(CustomerReclaimWarned(**moved[each.id].told(), due_at=each.due_at, reason=reason))
    faults.point(RECLAIM_TAKEN)
    return Counter(taken=len(taken), warned=len(warned))


def note_rule(change: Change, event: SettingChanged) -> None:
    """A setting of reclaim was changed: the rules are others from the company's next midnight on."""
    column = domain.column_of(event.key)
    if column is None:
        return
    _, setting = setting_catalogue()[event.key]
    value = domain.checked(event.key, value_of(setting, event.value))
    local = change.now.astimezone(ZoneInfo(change.settings.get(TIMEZONE)))
    reclaim.note_rule(change.connection, column, value, domain.next_day(local))
