"""Use of funds: what is asked and told of it (FIN-14)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.finance.funds import FundUses, FundUsesByIds, RegisterFundUse, ReturnFunds, VoidFundUse
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from finance.operations.offering import Offering
from finance.usecases import funds


class FundOperations(Offering):
    """Use of funds."""

    @rpc
    def fund_uses(self, query: FundUses) -> Raw:
        return self.views.page(query)

    @rpc
    def fund_uses_by_ids(self, query: FundUsesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def register_fund_use(self, command: RegisterFundUse) -> Raw:
        return self.commands.run(funds.register_fund_use, command)

    @rpc
    def return_funds(self, command: ReturnFunds) -> Raw:
        return self.commands.run(funds.return_funds, command)

    @rpc
    def void_fund_use(self, command: VoidFundUse) -> Raw:
        return self.commands.run(funds.void_fund_use, command)

    @every("0 1 * * *", name="finance.fund_reminders")
    def remind_of_funds(self, run: JobRun) -> None:
        """Tells of what should have been returned (FIN-14)."""
        funds.remind(run)
