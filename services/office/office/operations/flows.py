"""Approval flows: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.office.flows import (
    ApprovalFlows,
    ApprovalFlowsByIds,
    ArchiveFlow,
    CreateFlow,
    PublishFlow,
    UpdateFlow,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import flows


class FlowOperations(Offering):
    """Approval flows."""

    @rpc
    def approval_flows(self, query: ApprovalFlows) -> Raw:
        return self.views.page(query)

    @rpc
    def approval_flows_by_ids(self, query: ApprovalFlowsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_flow(self, command: CreateFlow) -> Raw:
        return self.commands.run(flows.create_flow, command)

    @rpc
    def update_flow(self, command: UpdateFlow) -> Raw:
        return self.commands.run(flows.update_flow, command)

    @rpc
    def publish_flow(self, command: PublishFlow) -> Raw:
        return self.commands.run(flows.publish_flow, command)

    @rpc
    def archive_flow(self, command: ArchiveFlow) -> Raw:
        return self.commands.run(flows.archive_flow, command)
