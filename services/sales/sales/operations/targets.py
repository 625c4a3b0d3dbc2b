"""Targets: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.sales.targets import CreateTarget, DeleteTarget, Targets, TargetsByIds, UpdateTarget
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from sales.operations.offering import Offering
from sales.usecases import targets


class TargetOperations(Offering):
    """Targets."""

    @rpc
    def targets(self, query: Targets) -> Raw:
        return self.views.page(query)

    @rpc
    def targets_by_ids(self, query: TargetsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_target(self, command: CreateTarget) -> Raw:
        return self.commands.run(targets.create_target, command)

    @rpc
    def update_target(self, command: UpdateTarget) -> Raw:
        return self.commands.run(targets.update_target, command)

    @rpc
    def delete_target(self, command: DeleteTarget) -> Raw:
        return self.commands.run(targets.delete_target, command)
