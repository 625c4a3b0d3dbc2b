"""The daily look at what is due (§3.6, FIN-06): what has passed its day is OVERDUE; people are reminded, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.finance.receivables import REMIND_DAYS
from crm_common.protocol.finance.receivables_events import ReceivableDue
from crm_common.protocol.platform import TIMEZONE
from crm_common.runtime.host import ServiceHost
from finance.domain import receivable as domain
from finance.domain.collecting import stage
from finance.store.receivables import RECEIVABLES, note_reminder, to_collect
from finance.usecases.receivables import keep

SIZE = 200
_FIRST = (date.min, UUID(int=0))


def collect(run: JobRun, host: ServiceHost) -> None:
    """Go through what is unpaid and due soon or since long; a run that dies goes on behind its last batch."""
    today = run.now.astimezone(ZoneInfo(host.settings.get(TIMEZONE))).date()
    until = today + timedelta(days=host.settings.get(REMIND_DAYS))
    counted: Counter[str] = Counter()
    after = (date.fromisoformat(run.checkpoint[0]), UUID(run.checkpoint[1])) if run.checkpoint else _FIRST
    while found := to_collect(host.store, until, after, SIZE):
        with run.change() as change:
            after = _look_at(change, found, today, counted) or after
            run.save_checkpoint([after[0].isoformat(), str(after[1])])
    run.report.update(counted)


def _look_at(change: Change, ids: Sequence[UUID], today: date, counted: Counter[str]) -> tuple[date, UUID] | None:
    last = None
    for each in ids:
        before = RECEIVABLES.locked(change.connection, each)
        if before is None:
            continue
        last = (before.due_on, before.id)
        if before.state not in domain.UNPAID:
            continue
        after = domain.passed_due(before, today)
        counted["overdue"] += after != before
        keep(change, before, after)
        now_at = stage(after.due_on, today, change.settings.get(REMIND_DAYS))
        if now_at is not None and note_reminder(change.connection, after, now_at, change.now):
            counted["reminded"] += 1
            days = (today - after.due_on).days
            change.record(ReceivableDue(**domain.told(after, after), days_overdue=days))
    return last
