"""Follow-ups: what is asked and told of them, and what is done on time (CUS-12, 50)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.customer.follow_ups import CreateFollowUp, FollowUps, FollowUpsByIds, UpdateFollowUp
from crm_common.runtime.entrypoints import every, prompt, rpc
from crm_common.runtime.raw import Raw
from customer.operations.offering import Offering
from customer.usecases import follow_ups
from customer.views.follow_ups import follow_ups_in


class FollowUpOperations(Offering):
    """Follow-ups."""

    @rpc
    def follow_ups(self, query: FollowUps) -> Raw:
        return self.views.page(query, where=follow_ups_in(query))

    @rpc
    def follow_ups_by_ids(self, query: FollowUpsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    @prompt
    def create_follow_up(self, command: CreateFollowUp) -> Raw:
        return self.commands.run(follow_ups.create_follow_up, command)

    @rpc
    def update_follow_up(self, command: UpdateFollowUp) -> Raw:
        return self.commands.run(follow_ups.update_follow_up, command)

    @every("*/5 * * * *", name="customer.followup_due")
    def tell_due_contacts(self, run: JobRun) -> None:
        follow_ups.tell_due(run)
