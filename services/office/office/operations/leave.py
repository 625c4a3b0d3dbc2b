"""Leave and overtime: what is asked and told of them, and what their flows' ends bring about (OFC-12, 13)."""

from __future__ import annotations

from functools import partial

from crm_common.changes import Change
from crm_common.protocol.office.approvals_events import ApprovalTurned
from crm_common.protocol.office.leave import (
    LEAVE,
    LEAVE_RETURN,
    OVERTIME,
    LeaveBalance,
    LeaveBalances,
    Leaves,
    LeavesByIds,
    Overtimes,
    OvertimesByIds,
    RequestLeave,
    RequestOvertime,
    ReturnFromLeave,
    SetLeaveAllowance,
)
from crm_common.runtime.entrypoints import rpc, subscribe
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from office.adapters.staff import StaffOffice
from office.operations.offering import Offering
from office.usecases import leave
from office.usecases.approval_asking import Desk, Prepared
from office.views import leave as views


class LeaveOperations(Offering):
    """Leave and overtime, on the approval engine."""

    identity = Peer("identity")

    @rpc
    def leaves(self, query: Leaves) -> Raw:
        return self.views.page(query)

    @rpc
    def leaves_by_ids(self, query: LeavesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def overtimes(self, query: Overtimes) -> Raw:
        return self.views.page(query)

    @rpc
    def overtimes_by_ids(self, query: OvertimesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def leave_balances(self, query: LeaveBalances) -> list[LeaveBalance]:
        return views.balances(self.host, self.context, query)

    @rpc
    def request_leave(self, command: RequestLeave) -> Raw:
        return self.commands.run(partial(leave.request_leave, self._flow(LEAVE)), command)

    @rpc
    def return_from_leave(self, command: ReturnFromLeave) -> Raw:
        return self.commands.run(partial(leave.return_from_leave, self._flow(LEAVE_RETURN)), command)

    @rpc
    def request_overtime(self, command: RequestOvertime) -> Raw:
        return self.commands.run(partial(leave.request_overtime, self._flow(OVERTIME)), command)

    @rpc
    def set_leave_allowance(self, command: SetLeaveAllowance) -> Raw:
        return self.commands.run(leave.set_leave_allowance, command)

    @subscribe(ApprovalTurned)
    def follow_leave_approval(self, event: ApprovalTurned, change: Change) -> None:
        # by one method: each method's events come in their order, those of two may not
        leave.follow_approval(change, event)

    def _flow(self, kind: str) -> Prepared | None:
        desk = Desk(self.host.store, StaffOffice(self.identity, self.context), self.host.clock.now())
        return desk.to_start(kind, self.context.authenticated().id)
