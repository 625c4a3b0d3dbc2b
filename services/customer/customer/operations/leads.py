"""Leads, the rules that score and give them out, the forms they come by (CUS-39 … 43)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.customer.assign_rules import (
    AssignRules,
    AssignRulesByIds,
    CreateAssignRule,
    DeleteAssignRule,
    UpdateAssignRule,
)
from crm_common.protocol.customer.capture import (
    CaptureForms,
    CaptureFormsByIds,
    CaptureLead,
    CreateCaptureForm,
    UpdateCaptureForm,
)
from crm_common.protocol.customer.leads import (
    AssignLead,
    ConvertLead,
    CreateLead,
    FollowLead,
    GiveUpLead,
    Leads,
    LeadsByIds,
    LeadScoreRules,
    ScreenLead,
    SetLeadScoreRules,
    UpdateLead,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import assign_rules, capture, conversion, leads, pool_entry


class LeadOperations(Offering):
    """Leads."""

    @rpc
    def leads(self, query: Leads) -> Raw:
        return self.views.page(query)

    @rpc
    def leads_by_ids(self, query: LeadsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def lead_score_rules(self, query: LeadScoreRules) -> Raw:
        return self.views.page(query)

    @rpc
    def create_lead(self, command: CreateLead) -> Raw:
        return self.commands.run(leads.create_lead(phones(self.host)), command)

    @rpc
    def update_lead(self, command: UpdateLead) -> Raw:
        return self.commands.run(leads.update_lead, command)

    @rpc
    def screen_lead(self, command: ScreenLead) -> Raw:
        return self.commands.run(leads.screen_lead, command)

    @rpc
    def assign_lead(self, command: AssignLead) -> Raw:
        return self.commands.run(leads.assign_lead, command)

    @rpc
    def follow_lead(self, command: FollowLead) -> Raw:
        return self.commands.run(leads.follow_lead, command)

    @rpc
    def give_up_lead(self, command: GiveUpLead) -> Raw:
        return self.commands.run(leads.give_up_lead, command)

    @rpc
    def convert_lead(self, command: ConvertLead) -> Raw:
        return self.commands.run(conversion.convert_lead(phones(self.host)), command)

    @rpc
    def set_lead_score_rules(self, command: SetLeadScoreRules) -> Raw:
        return self.commands.run(leads.set_score_rules, command)

    @rpc
    def assign_rules(self, query: AssignRules) -> Raw:
        return self.views.page(query)

    @rpc
    def assign_rules_by_ids(self, query: AssignRulesByIds) -> Raw:
        return self.views.get(query)

    @every("*/5 * * * *", name="customer.assign_pool")
    def give_out_the_pool(self, run: JobRun) -> None:
        pool_entry.give_out(run)

    @rpc
    def create_assign_rule(self, command: CreateAssignRule) -> Raw:
        return self.commands.run(assign_rules.create_assign_rule, command)

    @rpc
    def update_assign_rule(self, command: UpdateAssignRule) -> Raw:
        return self.commands.run(assign_rules.update_assign_rule, command)

    @rpc
    def delete_assign_rule(self, command: DeleteAssignRule) -> Raw:
        return self.commands.run(assign_rules.delete_assign_rule, command)

    @rpc
    def capture_forms(self, query: CaptureForms) -> Raw:
        return self.views.page(query)

    @rpc
    def capture_forms_by_ids(self, query: CaptureFormsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_capture_form(self, command: CreateCaptureForm) -> Raw:
        return self.commands.run(capture.create_capture_form, command)

    @rpc
    def update_capture_form(self, command: UpdateCaptureForm) -> Raw:
        return self.commands.run(capture.update_capture_form, command)

    @rpc
    def capture_lead(self, command: CaptureLead) -> Raw:
        return self.commands.run(capture.capture_lead(phones(self.host)), command)
