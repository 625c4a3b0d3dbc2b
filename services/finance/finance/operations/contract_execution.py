"""Contracts under way: approvals, change orders, entries, plan, final account, evaluation."""

from __future__ import annotations

from functools import partial

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.finance.contract_changes import ChangeContract, ContractChanges, ContractChangesByIds
from crm_common.protocol.finance.contract_progress import (
    EvaluateContract,
    PlanContract,
    RecordContractProgress,
    SettleContract,
)
from crm_common.protocol.finance.contracts import SubmitContract
from crm_common.protocol.office.approvals_events import ApprovalTurned
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.raw import Raw
from finance.operations.offering import Offering
from finance.usecases import contract_approval, contract_asking, contract_changes, contract_progress, contract_watch
from finance.usecases.contract_asking import Asking


class ContractExecutionOperations(Offering):
    """Contracts on their way from a draft to their evaluation."""

    @rpc
    def contract_changes(self, query: ContractChanges) -> Raw:
        return self.views.page(query)

    @rpc
    def contract_changes_by_ids(self, query: ContractChangesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def submit_contract(self, command: SubmitContract) -> Raw:
        asking = Asking(self.host, self.context)
        resumed = asking.resumed(command.id)
        answer = self.commands.run(partial(contract_approval.submit_contract, resumed), command)
        asking.about_contract(command.id)
        return answer

    @rpc
    def change_contract(self, command: ChangeContract) -> Raw:
        answer = self.commands.run(contract_changes.change_contract, command)
        Asking(self.host, self.context).about_change(command.id)
        return answer

    @rpc
    def record_contract_progress(self, command: RecordContractProgress) -> Raw:
        return self.commands.run(contract_progress.record_contract_progress, command)

    @rpc
    def plan_contract(self, command: PlanContract) -> Raw:
        return self.commands.run(contract_progress.plan_contract, command)

    @rpc
    def settle_contract(self, command: SettleContract) -> Raw:
        return self.commands.run(contract_progress.settle_contract, command)

    @rpc
    def evaluate_contract(self, command: EvaluateContract) -> Raw:
        return self.commands.run(contract_progress.evaluate_contract, command)

    @subscribe(ApprovalTurned)
    def note_what_becomes_of_an_approval(self, event: ApprovalTurned, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        contract_approval.note(change, event)

    @every("0 1 * * *", name="finance.contract_expiry")
    def remind_of_ending_contracts(self, run: JobRun) -> None:
        """Owners are reminded of contracts 30 and 7 days before their last day (CON-09)."""
        contract_watch.remind_of_ends(run, self.host)

    @every("10 1 * * *", name="finance.contract_plans")
    def compare_contracts_with_plans(self, run: JobRun) -> None:
        """Contracts that are off their plans today are flagged (CON-07)."""
        contract_watch.compare_with_plans(run, self.host)

    @every("* * * * *", name="finance.contract_approvals")
    def ask_again_about_contracts(self, run: JobRun) -> None:
        """What waits for an approval that never began, as whoever submitted it was cut off, is asked about again."""
        contract_asking.ask_again(run, self.host)
