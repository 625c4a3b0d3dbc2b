"""What rules can begin with, what they can do, and what one would do on an event: nothing is done."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from crm_common import codec
from crm_common.context import Actor, Context, system_context
from crm_common.errors import CommonRules
from crm_common.protocol.declare import Envelope
from crm_common.protocol.office.rule_refusals import WorkflowRules
from crm_common.protocol.office.rules import (
    PreviewRule,
    RuleAction,
    RuleField,
    RuleMutation,
    RulePreview,
    RuleTrigger,
)
from crm_common.runtime.host import ServiceHost
from crm_common.sight import Sight, lookups, subject_of
from office.adapters.conditions import Conditions, operators_of
from office.domain import rule as domain
from office.domain.event_fields import triggers
from office.domain.rule import Rule
from office.domain.rule_input import Filling, camel, mutations
from office.store import rules


def rule_triggers(only: str | None) -> list[RuleTrigger]:
    """Every event that rules can begin with, or the one."""
    return [
        RuleTrigger(
            event_type=name,
            doc=" ".join((each.event.__doc__ or "").split()),
            fields=[RuleField(name=camel(field), type=kind, operators=list(map(camel, fitting)))
                    for field in each.fields for kind, fitting in [operators_of(name, field)]],
        )
        for name, each in triggers().items()
        if only in (None, name)
    ]  # fmt: skip


def rule_mutations(actor: Actor) -> list[RuleMutation]:
    """What a rule of the actor's can send."""
    return [
        RuleMutation(name=name, doc=operation.doc)
        for name, operation in mutations().items()
        if operation.policy.allows(actor)
    ]


def preview_rule(host: ServiceHost, context: Context, sight: Sight, query: PreviewRule) -> RulePreview:
    """What the rule would do on an event that happened to a record that the caller sees."""
    rule = rules.read(host.store, query.rule_id)
    if rule is None:
        raise CommonRules.the_record_was_not_found(field="rule_id")
    event = _past_event(host, context, rule, query.event_id)
    trigger = triggers()[event.type]
    record = domain.record_of(trigger, event)
    if record is None or trigger.type_name not in lookups():
        raise CommonRules.the_record_was_not_found(field="event_id")
    sight.expect(subject_of(record, field="event_id"), context, field="event_id")
    asking = Conditions(host.store, host.clock, host.settings)
    value = domain.places(trigger, event.data, record=record, occurred_at=event.time, owner=rule.owner_id)
    filling, actions = Filling(value, host.clock.now()), [RuleAction(**each) for each in rule.actions]
    known = mutations()
    return RulePreview(
        matches=domain.due_at(rule, event) is not None and asking.holds(event.type, rule.condition, event.data),
        values=domain.values(rule.condition, trigger, event.data),
        actions=[
            asdict(each) | {"input": filling.payload(known[each.mutation].cls, each.input, path="input")}
            for each in actions
        ],
    )


def _past_event(host: ServiceHost, context: Context, rule: Rule, event_id: UUID) -> Envelope:
    if rule.event_type is None:
        raise WorkflowRules.a_rule_fires_on_its_own_event(field="rule_id", wanted=rule.schedule, found="event")
    asking = system_context("office", correlation_id=context.correlation_id, timeout=max(0.0, context.remaining()))
    service = triggers()[rule.event_type].service
    answer = codec.decode_json(host.client.call(service, "past_event", {"id": str(event_id)}, asking))
    if answer["event"] is None:
        raise CommonRules.the_record_was_not_found(field="event_id")
    event = codec.from_builtins(answer["event"], Envelope)
    if event.type != rule.event_type:
        raise WorkflowRules.a_rule_fires_on_its_own_event(field="event_id", wanted=rule.event_type, found=event.type)
    return event
