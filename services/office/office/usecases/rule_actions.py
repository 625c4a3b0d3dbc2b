"""What rules do: each action is a mutation of the API, sent with the owner's rights, with one effect (CFD-05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from crm_common import codec, faults, telemetry
from crm_common.changes import changing
from crm_common.context import Actor, Context, system_context
from crm_common.errors import Code, CrmError
from crm_common.ids import from_global, to_global
from crm_common.journal.delays import delay_after
from crm_common.protocol.declare import Operation
from crm_common.protocol.office.rule_refusals import WorkflowRules
from crm_common.protocol.office.rules import FiringStatus, RuleAction, RuleMessages
from crm_common.protocol.selection import names
from crm_common.protocol.views import is_view, shape_of
from crm_common.reading import Reader
from crm_common.runtime.host import ServiceHost
from crm_common.sight import Sight, lookups, subject_of
from office.domain import rule as domain
from office.domain import rule_input
from office.domain.event_fields import triggers
from office.domain.rule import Firing
from office.domain.rule_input import Filling
from office.store import rules
from office.usecases.messages import tell

ACTION_SENT = "rule.action_sent"
"""An action took effect, and nothing of it is noted."""
_LEASE, _PATIENCE = timedelta(seconds=90), 30.0
"""How long a firing is one process's, and how long an action may take; a lease outlives what was sent under it."""


class Acting:
    """Takes firings that are due and acts on them, one after the other. Any number of processes may do so."""

    def __init__(self, host: ServiceHost, reader: Reader) -> None:
        self._host = host
        self._sight = Sight(host.client, reader, "office")

    def step(self) -> bool:
        """Act on one firing, if one is due; whether one was."""
        now = self._host.clock.now()
        firing = rules.take(self._host.store, now, now + _LEASE)
        if firing is None:
            return False
        try:
            self._keep(self._acted(firing))
        except CrmError as refusal:
            self._refused(firing, refusal)
        except Exception:
            telemetry.logger("office").exception("rule.failed", firing_id=str(firing.id))
            raise
        return True

    def _acted(self, firing: Firing) -> Firing:
        """The firing when all its actions took effect; a refusal of anything but an action passes."""
        actor = self._owner(firing)
        self._expect_due(firing, actor)
        for place in range(len(firing.results), len(firing.actions)):
            result = self._act(firing, actor, place)
            firing = replace(firing, results=[*firing.results, result])
            if not result["ok"]:
                problem = f"{result['code']}: {result['message']}"
                return replace(firing, status=FiringStatus.FAILED, problem=problem)
            self._keep(firing)
        return replace(firing, status=FiringStatus.DONE)

    def _owner(self, firing: Firing) -> Actor:
        asking = system_context("office", correlation_id=firing.correlation_id, timeout=_PATIENCE)
        answer = self._host.client.call("identity", "actor_of_employee", {"employee_id": str(firing.owner_id)}, asking)
        actor = msgspec.json.decode(answer, type=Actor | None)
        if actor is None:
            raise WorkflowRules.the_owner_is_not_active()
        return actor

    def _expect_due(self, firing: Firing, actor: Actor) -> None:
        """Return, or refuse what is not to be acted on any more."""
        rule = rules.read(self._host.store, firing.rule_id)
        if rule is None or not rule.active:
            raise WorkflowRules.the_rule_was_switched_off()
        if firing.record is not None and from_global(firing.record)[0] in lookups():
            subject = subject_of(firing.record, field="record")
            if not self._sight.seen([subject], self._context(firing, actor)):
                raise WorkflowRules.the_owner_does_not_see_the_record()

    def _act(self, firing: Firing, actor: Actor, place: int) -> dict[str, Any]:
        """What became of an action; UNAVAILABLE passes, as nobody knows."""
        action = RuleAction(**firing.actions[place])
        try:
            operation = rule_input.sendable(action, actor, path=f"actions.{place}")
            payload = payload_of(firing, action, operation, self._host.clock.now())
            select = {key: names("id") for key, view in operation.returns.items() if is_view(view)}
            sent = payload | {"select": select, "idempotency_key": f"rule:{firing.rule_id}:{firing.event_id}:{place}"}
            answer = self._host.client.call(operation.service, operation.name, sent, self._context(firing, actor))
            faults.point(ACTION_SENT)
        except CrmError as refusal:
            if refusal.code is Code.UNAVAILABLE:
                raise
            told = {"code": refusal.code.value, "message": refusal.message("zh")}
            return {"mutation": action.mutation, "ok": False, "records": [], **told}
        return {"mutation": action.mutation, "ok": True, "records": _records(operation, codec.decode_json(answer))}

    def _context(self, firing: Firing, actor: Actor) -> Context:
        asking = system_context("office", correlation_id=domain.chained(firing), timeout=_PATIENCE)
        return replace(asking, actor=actor, language="zh", causation_id=str(firing.event_id))

    def _refused(self, firing: Firing, refusal: CrmError) -> None:
        """Try again what nobody answered; skip what is not to be done any more."""
        firing = replace(firing, results=rules.results(self._host.store, firing.id))
        delay = delay_after(firing.attempts + 1) if refusal.code is Code.UNAVAILABLE else None
        if delay is not None:
            later = self._host.clock.now() + delay
            self._keep(replace(firing, attempts=firing.attempts + 1, next_try=later, problem=str(refusal)))
            return
        known = refusal.rule in {rule.name for rule in _SKIPPING}
        status = FiringStatus.SKIPPED if known else FiringStatus.FAILED
        self._keep(replace(firing, status=status, problem=str(refusal)))

    def _keep(self, firing: Firing) -> None:
        context = system_context("office", correlation_id=firing.correlation_id, causation_id=str(firing.event_id))
        with changing(self._host, context) as change:
            if firing.status is not FiringStatus.WAITING:
                # what the event told is needed no longer
                firing = replace(firing, data={}, finished_at=change.now)
            rules.save_firing(change.connection, firing)
            if firing.status is FiringStatus.FAILED:
                key, problem = str(firing.rule_id), firing.problem or ""
                tell(
                    change, to=[firing.owner_id], kind=RuleMessages.rule_failed, about=None, key=key,
                    name=firing.rule_name, problem=problem,
                )  # fmt: skip


_SKIPPING = (
    WorkflowRules.the_owner_is_not_active,
    WorkflowRules.the_owner_does_not_see_the_record,
    WorkflowRules.the_rule_was_switched_off,
)


def payload_of(firing: Firing, action: RuleAction, operation: Operation, now: datetime) -> dict[str, Any]:
    """What is sent: the action's input with the event's values in their places."""
    trigger = triggers()[firing.event_type] if firing.event_type else None
    value = domain.places(
        trigger, firing.data, record=firing.record, occurred_at=firing.occurred_at, owner=firing.owner_id
    )
    return Filling(value, now).payload(operation.cls, action.input, path="input")


def _records(operation: Operation, answer: dict[str, Any]) -> list[str]:
    """The global ids of the records that a command changed, where its owner sees them."""
    return [
        to_global(shape_of(view).name, UUID(answer[key]["id"]))
        for key, view in operation.returns.items()
        if is_view(view) and isinstance(answer.get(key), dict)
    ]
