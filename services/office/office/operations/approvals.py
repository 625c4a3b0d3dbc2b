"""Approvals: what is asked and told of them. Whom they lead to is asked of identity before a transaction opens."""

from __future__ import annotations

from functools import partial

from crm_common.changes import Change
from crm_common.context import Context
from crm_common.jobs import JobRun
from crm_common.protocol.identity.departments import DepartmentHeadChanged
from crm_common.protocol.identity.employees import EmployeeDisabled, EmployeeMoved
from crm_common.protocol.office.approvals import (
    AddApprovalSigner,
    ApprovalCounts,
    ApprovalsByIds,
    DecideApproval,
    LoadDemoApprovals,
    MyApprovalCounts,
    MyApprovals,
    PreviewApproval,
    PreviewedNode,
    ResubmitApproval,
    StartApproval,
    StartApprovalFor,
    TransferApproval,
    UrgeApproval,
    WithdrawApproval,
)
from crm_common.protocol.office.approvals_delegations import (
    ApprovalDelegations,
    ApprovalDelegationsByIds,
    DelegateApprovals,
    EndApprovalDelegation,
)
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from office.adapters.staff import StaffOffice
from office.operations.offering import Offering
from office.usecases import approval_delegations, approval_demo, approval_previews, approvals
from office.usecases.approval_asking import Desk
from office.views import approvals as views


class ApprovalOperations(Offering):
    """Approvals."""

    identity = Peer("identity")

    @rpc
    def my_approvals(self, query: MyApprovals) -> Raw:
        return self.views.page(query, where=views.in_box(query.box))

    @rpc
    def approvals_by_ids(self, query: ApprovalsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def my_approval_counts(self, _query: MyApprovalCounts) -> ApprovalCounts:
        return approval_previews.counts(self.host.store, self.context.authenticated().id, self.host.clock.now())

    @rpc
    def preview_approval(self, query: PreviewApproval) -> tuple[PreviewedNode, ...]:
        me = self.context.authenticated().id
        return approval_previews.preview(self._desk().to_start(query.kind, me), query)

    @rpc
    def start_approval(self, command: StartApproval) -> Raw:
        prepared = self._desk().to_start(command.kind, self.context.authenticated().id)
        return self.commands.run(partial(approvals.start_approval, prepared), command)

    @rpc
    def start_approval_for(self, command: StartApprovalFor) -> Raw:
        prepared = self._desk().to_start(command.kind, command.initiator_id)
        return self.commands.run(partial(approvals.start_approval_for, prepared), command)

    @rpc
    def decide_approval(self, command: DecideApproval) -> Raw:
        prepared = self._desk().to_go_on(command.id)
        return self.commands.run(partial(approvals.decide_approval, prepared), command)

    @rpc
    def resubmit_approval(self, command: ResubmitApproval) -> Raw:
        prepared = self._desk().to_go_on(command.id)
        return self.commands.run(partial(approvals.resubmit_approval, prepared), command)

    @rpc
    def withdraw_approval(self, command: WithdrawApproval) -> Raw:
        prepared = self._desk().to_go_on(command.id)
        return self.commands.run(partial(approvals.withdraw_approval, prepared), command)

    @rpc
    def transfer_approval(self, command: TransferApproval) -> Raw:
        prepared = self._desk().to_go_on(command.id, command.employee_id)
        return self.commands.run(partial(approvals.transfer_approval, prepared), command)

    @rpc
    def add_approval_signer(self, command: AddApprovalSigner) -> Raw:
        prepared = self._desk().to_go_on(command.id, command.employee_id)
        return self.commands.run(partial(approvals.add_approval_signer, prepared), command)

    @rpc
    def urge_approval(self, command: UrgeApproval) -> Raw:
        prepared = self._desk().to_go_on(command.id)
        return self.commands.run(partial(approvals.urge_approval, prepared), command)

    @rpc
    def approval_delegations(self, query: ApprovalDelegations) -> Raw:
        return self.views.page(query)

    @rpc
    def approval_delegations_by_ids(self, query: ApprovalDelegationsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def delegate_approvals(self, command: DelegateApprovals) -> Raw:
        found = StaffOffice(self.identity, self.context).people([command.to_id])
        is_active = any(each.active for each in found.values())
        return self.commands.run(partial(approval_delegations.delegate_approvals, is_active), command)

    @rpc
    def end_approval_delegation(self, command: EndApprovalDelegation) -> Raw:
        return self.commands.run(approval_delegations.end_approval_delegation, command)

    @rpc
    def load_demo_approvals(self, command: LoadDemoApprovals) -> Raw:
        known = approval_demo.prepared(self._desk(), command.initiator_ids)
        return self.commands.run(partial(approval_demo.load_demo_approvals, known), command)

    @subscribe(EmployeeDisabled)
    def look_at_the_tasks_of_who_left(self, event: EmployeeDisabled, change: Change) -> None:
        approval_delegations.note_to_recheck(change, event)

    @subscribe(EmployeeMoved)
    def look_at_the_tasks_of_who_moved(self, event: EmployeeMoved, change: Change) -> None:
        approval_delegations.note_to_recheck(change, event)

    @subscribe(DepartmentHeadChanged)
    def look_at_the_tasks_of_a_former_head(self, event: DepartmentHeadChanged, change: Change) -> None:
        approval_delegations.note_former_head(change, event)

    @every("* * * * *", name="office.approval_reroute")
    def reroute_approvals(self, run: JobRun) -> None:
        """Questions that wait for people who were disabled or moved, or lead a department no more, go to others."""
        approval_delegations.reroute(run, self.host.store, self._desk(run.context))

    def _desk(self, context: Context | None = None) -> Desk:
        staff = StaffOffice(self.identity, context or self.context)
        return Desk(self.host.store, staff, self.host.clock.now())
