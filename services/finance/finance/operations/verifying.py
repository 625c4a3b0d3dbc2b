"""The check that money adds up (BYD-12), and money to check it with."""

from __future__ import annotations

from crm_common.context import system_context
from crm_common.jobs import JobRun
from crm_common.protocol.finance.money_demo import LoadDemoMoney
from crm_common.protocol.finance.verifying import MoneyCheck, VerifyMoney
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from finance.operations.offering import Offering
from finance.usecases import money_check, money_demo, verifying


class VerifyingOperations(Offering):
    """Part by part for whoever asks, and all of it each night."""

    @rpc
    def verify_money(self, query: VerifyMoney) -> MoneyCheck:
        left = max(0.0, self.context.remaining())
        asking = system_context("finance", correlation_id=self.context.correlation_id, timeout=left)
        return money_check.check(self.host, asking, query)

    @rpc
    def load_demo_money(self, command: LoadDemoMoney) -> Raw:
        return self.commands.run(money_demo.load_demo_money, command)

    @every("30 3 * * *", name="finance.verify")
    def verify(self, run: JobRun) -> None:
        """Compare orders, contracts, receivables, receipts and performance."""
        verifying.verify(run, self.host)
