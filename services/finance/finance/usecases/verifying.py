"""The nightly check that money adds up (BYD-12): what differs is looked at twice, as news may be under way."""

from __future__ import annotations

from crm_common import codec
from crm_common.jobs import JobRun
from crm_common.protocol.finance.verifying import MoneyDifference, MoneyVerified, VerifyMoney
from crm_common.runtime.host import ServiceHost
from finance.usecases import money_check

SHOWN = 100
"""So many differences stand in the run's report; the query shows all."""


def verify(run: JobRun, host: ServiceHost) -> None:
    """Go through everything, then once more through the parts where something differed."""
    orders = receivables = 0
    doubtful: dict[str | None, set[MoneyDifference]] = {}
    for begin, part in money_check.parts(host, run.context):
        orders, receivables = orders + part.orders, receivables + part.receivables
        if part.differences:
            doubtful[begin] = set(part.differences)
    found: list[MoneyDifference] = []
    for begin, before in doubtful.items():
        again = money_check.check(host, run.context, VerifyMoney(after=begin))
        found += [each for each in again.differences if each in before]
    run.report.update(orders=orders, receivables=receivables, differences=len(found))
    run.report["found"] = [codec.to_builtins(each) for each in found[:SHOWN]]
    with run.change() as change:
        counts = {"orders": orders, "receivables": receivables, "differences": len(found)}
        change.record(MoneyVerified(run_id=change.new_id(), **counts))
