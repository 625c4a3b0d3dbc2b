"""Conditions of rules: the filter language of lists, asked of one event's data by the database itself (ADR 0146)."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa

from crm_common import codec
from crm_common.clock import Clock
from crm_common.context import system_context
from crm_common.errors import CrmError
from crm_common.protocol import platform
from crm_common.protocol.office.rule_refusals import WorkflowRules
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Cardinality, FieldShape, ViewShape
from crm_common.reading import outside
from crm_common.reading.bindings import Binding, Bound
from crm_common.reading.filters import Filter
from crm_common.reading.kinds import kind_of
from crm_common.reading.nodes import placed
from crm_common.reading.statements import finish
from crm_common.settings_data import SettingsReader
from crm_common.store import Store
from office.domain.event_fields import CHANGED, EventField, triggers

_DATA = sa.Table("event", sa.MetaData())


@cache
def binding_of(event_type: str) -> Binding:
    """An event's data bound as if it were the row of a view: its fields are the event's values."""
    trigger = triggers()[event_type]
    shape = ViewShape(trigger.event, service=trigger.service, policy=AUTHENTICATED, doc=event_type)
    vars(shape)["fields"] = {name: _shape(each) for name, each in trigger.fields.items()}
    bound = {name: Bound(_sql(each), kind_of(each.type, None), nullable=True) for name, each in trigger.fields.items()}
    return Binding(shape, "event", None, bound, {}, {}, None, None, (), _DATA)


def operators_of(event_type: str, field: str) -> tuple[str, list[str]]:
    """The kind of an event's value, and the operators that fit."""
    kind = binding_of(event_type).fields[field].kind
    return kind.name, sorted(kind.operators)


def check(event_type: str, condition: dict[str, Any]) -> None:
    """Return, or refuse what is no filter of the event: VALIDATION with the path of the first fault."""
    binding = binding_of(event_type)
    outside.read(binding.shape, condition, {binding.shape: binding})


class Conditions:
    """Asks conditions. It reads beside the open transaction, so that what does not fit spoils nothing of it."""

    def __init__(self, store: Store, clock: Clock, settings: SettingsReader) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    def holds(self, event_type: str, condition: dict[str, Any] | None, data: dict[str, Any]) -> bool:
        """Whether the condition holds; VALIDATION where it does not fit the event (any more)."""
        if not condition:
            return True
        binding = binding_of(event_type)
        bindings = {binding.shape: binding}
        try:
            tree = outside.read(binding.shape, condition, bindings)
            asked = Filter(tree, binding.shape, system_context("office", correlation_id=""), bindings)
            statement = finish(f"SELECT ({placed(asked.sql, t='e')}) IS TRUE FROM (SELECT {{data}}::jsonb AS data) e")
            values = asked.values | {"data": codec.encode(data).decode(), "now": self._clock.now().isoformat()}
            values["zone"] = self._settings.get(platform.TIMEZONE)
            return bool(self._store.rows(statement.sql, statement.arrange(values))[0][0])
        except (psycopg.DataError, CrmError) as wrong:
            raise WorkflowRules.the_condition_could_not_be_asked(field="condition", problem=str(wrong)) from wrong


def _shape(each: EventField) -> FieldShape:
    return FieldShape(
        each.name, each.name, each.type, True, Cardinality.VALUE, None, each.ref,
        filterable=True, sortable=False, policy=None, limit=None,
    )  # fmt: skip


def _sql(each: EventField) -> str:
    kind = kind_of(each.type, None)
    *above, last = [str(step) if isinstance(step, int) else f"'{step}'" for step in each.path]
    inside = "->".join(["{t}.data", *above])
    if each.name == CHANGED:
        keys = f"CASE jsonb_typeof({inside}->{last}) WHEN 'object' THEN {inside}->{last} ELSE '{{}}'::jsonb END"
        return f"ARRAY(SELECT jsonb_object_keys({keys}))"
    if kind.element is not None:
        parts = f"CASE jsonb_typeof({inside}->{last}) WHEN 'array' THEN {inside}->{last} ELSE '[]'::jsonb END"
        return f"ARRAY(SELECT jsonb_array_elements_text({parts}))::{kind.cast}"
    return f"({inside}->>{last})::{kind.cast}"
