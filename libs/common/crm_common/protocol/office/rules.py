"""Workflow rules (CFD-05): an event or a time, a condition, actions over all modules; a log of what fired and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.message_kinds import MessageKind, MessageKinds, Words
from crm_common.protocol.office.service import VERSION_DOC, Text, Title, Version, office
from crm_common.protocol.policy import needs
from crm_common.protocol.views import Ref, shown

RuleId = Annotated[UUID, Ref("Rule")]
EDIT_RULES = needs("rule.edit")
EventType = Annotated[str, Meta(min_length=3, max_length=100)]
Cron = Annotated[str, Meta(min_length=9, max_length=100)]
FieldName = Annotated[str, Meta(min_length=1, max_length=100)]
Minutes = Annotated[int, Meta(ge=-525_600, le=525_600)]
DEPTH = 10
"""How many rules set one another off, one after the other, before they are stopped."""


class RuleMessages(MessageKinds):
    """What owners are told of their rules."""

    rule_failed = MessageKind(
        label=Words("My workflow rules that fail", "我的工作流规则执行失败"),
        title=Words("The rule {name} failed: {problem}", "规则“{name}”执行失败：{problem}"),
        several=Words("The rule {name} failed {count} times: {problem}", "规则“{name}”失败 {count} 次：{problem}"),
    )


class FiringStatus(StrEnum):
    """What became of a rule that fired."""

    WAITING = "WAITING"
    """Its time has not come, or its actions are under way."""
    DONE = "DONE"
    """All its actions took effect."""
    FAILED = "FAILED"
    """An action was refused: those before it took effect, those behind it were left out."""
    SKIPPED = "SKIPPED"
    """When its time came it was off, or its owner had no right to it any more."""
    STOPPED = "STOPPED"
    """Rules set one another off too often: nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAction:
    """A mutation of the API, sent with the rights of the rule's owner."""

    mutation: Annotated[str, Meta(min_length=1, max_length=100)] = given("Its name, one of ruleMutations: createTask.")
    input: dict[str, Any] = given(
        "Its input, as in GraphQL. A text may hold {{title}} for a value of the event, {{record}} for the global id of"
        " the record it is about, {{occurredAt}}, {{owner}}; a time may be {inDays: 3} or {inHours: 4} from then on."
    )


Actions = Annotated[tuple[RuleAction, ...], Meta(max_length=10)]


@office.view(EDIT_RULES)
@dataclass(slots=True, kw_only=True)
class RuleView:
    """A workflow rule."""

    id: UUID = shown("The id.", filterable=True)
    name: str = shown("Its name.", filterable=True, sortable=True)
    description: str = shown("What it is for.")
    active: bool = shown("Whether it fires.", filterable=True)
    event_type: str | None = shown("The event it begins with: customer.created.", filterable=True)
    delay_minutes: int = shown("How long after that it acts.")
    relative_to: str | None = shown("The time of the event from which that is counted; null: when it happened.")
    schedule: str | None = shown("Instead of an event: a cron line in the company's zone.", filterable=True)
    next_due_at: datetime | None = shown("When a rule by schedule fires next.")
    condition: Any = shown("The condition on the event's values, as it was saved: a filter of its fields.")
    actions: Any = shown("What it does: [{mutation, input}].")
    owner_id: Annotated[UUID, Ref("Employee", record="owner")] = shown(
        "With whose rights it acts: whoever saved it last.", filterable=True
    )
    owner_name: str | None = shown("His name, as this service knows it.")
    updated_at: datetime = shown("When it was saved last.", sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@office.view(EDIT_RULES)
@dataclass(slots=True, kw_only=True)
class RuleFiringView:
    """A rule that fired: on what, why, and what became of it."""

    id: UUID = shown("The id.", filterable=True)
    rule_id: RuleId = shown("The rule.", filterable=True)
    rule_name: str = shown("Its name then.")
    event_id: UUID = shown("The event's id; of a schedule, one made of rule and time.", filterable=True)
    event_type: str | None = shown("The event's type; null: a schedule.", filterable=True)
    record: str | None = shown("The global id of the record: ask node(id).", filterable=True)
    status: FiringStatus = shown("What became of it.", filterable=True)
    depth: int = shown("How many rules one after the other led here; 1: none before.", filterable=True)
    values: Any = shown("The values that the condition found.")
    results: Any = shown("What each action did: [{mutation, ok, records, code, message}].")
    problem: str | None = shown("Why it failed, was skipped or stopped: code, rule and sentence.")
    fired_at: datetime = shown("When it fired.", filterable=True, sortable=True)
    due_at: datetime = shown("When its actions were, or are, due.", filterable=True, sortable=True)
    finished_at: datetime | None = shown("When it was finished.")


@office.query(EDIT_RULES, returns=RuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(ListQuery):
    """Workflow rules, by name."""


@office.query(EDIT_RULES, returns=RuleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RulesByIds(GetQuery):
    """Workflow rules by id."""


@office.query(EDIT_RULES, returns=RuleFiringView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFirings(ListQuery):
    """What fired, latest first."""


@office.query(EDIT_RULES, returns=RuleFiringView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFiringsByIds(GetQuery):
    """What fired, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleField:
    """A value of an event: what conditions ask and {{places}} show."""

    name: str
    """Its name in conditions and places."""
    type: str
    """What kind of value it is."""
    operators: list[str]
    """The operators that fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrigger:
    """An event that a rule can begin with."""

    event_type: str
    """Its type."""
    doc: str
    """What it tells."""
    fields: list[RuleField]
    """Its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMutation:
    """A mutation that a rule of the viewer's can send."""

    name: str
    """Its name."""
    doc: str
    """What it does."""


@office.query(EDIT_RULES, returns=list[RuleTrigger])
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTriggers:
    """The events that rules can begin with, with their values."""

    event_type: EventType | None = given("Only this one.", default=None)


@office.query(EDIT_RULES, returns=list[RuleMutation])
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMutations:
    """The mutations that a rule of the viewer's can send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreview:
    """What a rule would have done on an event; nothing was done."""

    matches: bool
    """Whether the condition holds."""
    values: dict[str, Any]
    """The values that the condition finds."""
    actions: list[dict[str, Any]]
    """What would be sent: mutation and input, with the event's values in their places."""


@office.query(EDIT_RULES, returns=RulePreview)
@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRule:
    """What a rule would do on an event that has happened, to a record that the viewer sees."""

    rule_id: RuleId = given("The rule.")
    event_id: UUID = given("The event's id, as histories and the audit log show it.")


@office.command(EDIT_RULES, returns={"rule": RuleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRule(Command):
    """Make a workflow rule. It acts with one's own rights, on records that one sees."""

    name: Title = given("Its name.")
    description: Text = given("What it is for.", default="")
    active: bool = given("Whether it fires.", default=True)
    event_type: EventType | None = given("The event it begins with, one of ruleTriggers.", default=None)
    delay_minutes: Minutes = given(
        "How long after that it acts; negative: before the time it is relative to.", default=0
    )
    relative_to: FieldName | None = given("A time of the event from which that is counted.", default=None)
    schedule: Cron | None = given("Instead of an event: a cron line in the company's zone.", default=None)
    condition: dict[str, Any] | None = given("A filter of the event's fields; absent: always.", default=None)
    actions: Actions = given("What it does, one after the other.")


@office.command(EDIT_RULES, returns={"rule": RuleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRule(Command):
    """Change a rule, switch it off or on; it acts with the rights of whoever saved it last. Absent fields stay."""

    id: RuleId = given("The rule.")
    version: Version = given(VERSION_DOC)
    name: Title | UnsetType = given("Its name.", default=UNSET)
    description: Text | UnsetType = given("What it is for.", default=UNSET)
    active: bool | UnsetType = given("Whether it fires.", default=UNSET)
    event_type: EventType | UnsetType | None = given("The event it begins with.", default=UNSET)
    delay_minutes: Minutes | UnsetType = given("How long after that it acts.", default=UNSET)
    relative_to: FieldName | UnsetType | None = given("A time of the event from which that is counted.", default=UNSET)
    schedule: Cron | UnsetType | None = given("Instead of an event: a cron line.", default=UNSET)
    condition: dict[str, Any] | UnsetType | None = given("A filter of the event's fields.", default=UNSET)
    actions: Actions | UnsetType = given("What it does, one after the other.", default=UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged(Event):
    """What the events of a rule's making tell."""

    rule_id: UUID
    name: str
    active: bool
    owner_id: UUID
    changes: Changes


@office.event("rule.created", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCreated(RuleChanged):
    """A rule was made."""


@office.event("rule.updated", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUpdated(RuleChanged):
    """A rule was changed, or switched on or off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFiringEvent(Event):
    """What the events of a firing tell."""

    rule_id: UUID
    firing_id: UUID
    event_id: UUID
    trigger: str | None
    """The event's type; None: a schedule."""
    record: str | None
    depth: int


@office.event("rule.fired", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFired(RuleFiringEvent):
    """A rule fired; its actions follow."""


@office.event("rule.stopped", subject="rule_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStopped(RuleFiringEvent):
    """A rule would have fired, but rules have set one another off too often."""
