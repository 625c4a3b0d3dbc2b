"""Workflow rules: what is asked and told of them, what they hear, and what they do all the time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from crm_common.changes import Change
from crm_common.jobs import JobRun
from crm_common.protocol.declare import Envelope
from crm_common.protocol.office.rules import (
    CreateRule,
    PreviewRule,
    RuleFirings,
    RuleFiringsByIds,
    RuleMutation,
    RuleMutations,
    RulePreview,
    Rules,
    RulesByIds,
    RuleTrigger,
    RuleTriggers,
    UpdateRule,
)
from crm_common.runtime.background import Background
from crm_common.runtime.entrypoints import every, rpc, subscribe
from crm_common.runtime.raw import Raw
from office.adapters.conditions import Conditions
from office.operations.records import Records
from office.store import rules as store
from office.usecases import rule_previews, rules
from office.usecases.rule_actions import Acting


def awaited(host: Any, event_types: Collection[str]) -> set[str]:
    """Those of the types for which a rule waits: the others are not worth keeping."""
    return store.awaited(host.store, event_types)


class RuleOperations(Records):
    """Workflow rules."""

    acting = Background(lambda host, reader: Acting(host, reader).step)

    @rpc
    def rules(self, query: Rules) -> Raw:
        return self.views.page(query)

    @rpc
    def rules_by_ids(self, query: RulesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def rule_firings(self, query: RuleFirings) -> Raw:
        return self.views.page(query)

    @rpc
    def rule_firings_by_ids(self, query: RuleFiringsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def rule_triggers(self, query: RuleTriggers) -> list[RuleTrigger]:
        return rule_previews.rule_triggers(query.event_type)

    @rpc
    def rule_mutations(self, _query: RuleMutations) -> list[RuleMutation]:
        return rule_previews.rule_mutations(self.context.authenticated())

    @rpc
    def preview_rule(self, query: PreviewRule) -> RulePreview:
        return rule_previews.preview_rule(self.host, self.context, self.sight, query)

    @rpc
    def create_rule(self, command: CreateRule) -> Raw:
        return self.commands.run(rules.create_rule, command)

    @rpc
    def update_rule(self, command: UpdateRule) -> Raw:
        return self.commands.run(rules.update_rule, command)

    @subscribe(Envelope, only=awaited)
    def fire_on_event(self, event: Envelope, change: Change) -> None:
        rules.hear(change, event, self.host.store, Conditions(self.host.store, self.host.clock, self.host.settings))

    @every("* * * * *", name="office.rules_on_time")
    def fire_on_time(self, run: JobRun) -> None:
        """Fires rules by schedule; run as of another moment, it also lets what is due then be done."""
        rules.fire_by_time(run)
