"""What the days bring to contracts: their last day comes near (CON-09), and they come off their plans (CON-07)."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.jobs import JobRun
from crm_common.protocol.finance import contracts_events as told
from crm_common.protocol.platform import TIMEZONE
from crm_common.runtime.host import ServiceHost
from finance.store import contract_execution as execution
from finance.store import contracts
from finance.usecases import contract_progress
from finance.usecases import contract_told as write

REMINDED = (7, 30)
"""How many days before its last day a contract's owner is reminded, the nearest first: whoever is late is told once."""


def remind_of_ends(run: JobRun, host: ServiceHost) -> None:
    """Tell of contracts that end soon; each of them once for each number of days."""
    today, reminded = _today(run, host), 0
    for days in REMINDED:
        for contract_id in execution.ending(host.store, today, days):
            reminded += _remind(run, contract_id, today, days)
    run.report["reminded"] = reminded


def compare_with_plans(run: JobRun, host: ServiceHost) -> None:
    """Look at every contract that has a plan, as of today."""
    moved = 0
    for contract_id in execution.planned(host.store):
        with run.change() as change:
            before = contracts.get(change.connection, contract_id)
            if before is None or (after := contract_progress.compared(change, before)) == before:
                continue
            write.save(change, before, after, told.ContractPlanned)
            contract_progress.tell_deviation(change, before, after)
            moved += 1
    run.report["moved"] = moved


def _remind(run: JobRun, contract_id: UUID, today: date, days: int) -> int:
    with run.change() as change:
        found = contracts.get(change.connection, contract_id)
        if found is None or found.ends_on is None:
            return 0
        if not execution.note_reminder(change.connection, contract_id, found.ends_on, days):
            return 0
        left = (found.ends_on - today).days
        change.record(write.event(told.ContractExpiring, found, found, ends_on=found.ends_on, days=left))
        return 1


def _today(run: JobRun, host: ServiceHost) -> date:
    return run.scheduled_for.astimezone(ZoneInfo(host.settings.get(TIMEZONE))).date()
