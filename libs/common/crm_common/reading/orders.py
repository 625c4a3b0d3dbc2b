"""Orders of a page: the ORDER BY, and the condition that continues after or before a row (keyset)."""

from __future__ import annotations

from collections.abc import Sequence

from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.protocol.declare import Direction, OrderBy
from crm_common.protocol.reading_rules import ReadingRules
from crm_common.reading.access import allowed, refused
from crm_common.reading.bindings import Binding, SortStep

MAX_STEPS = 5
Steps = tuple[SortStep, ...]


def ordered(binding: Binding, order: Sequence[OrderBy]) -> Steps:
    """The steps of the caller's order (or the default one), ended by the key in the direction of the step before it.

    VALIDATION for a field that is not sortable; whether the viewer may sort by it, `permitted` says.
    """
    if len(order) > MAX_STEPS:
        raise ReadingRules.an_order_is_too_long(field="order_by", steps=MAX_STEPS)
    chosen: dict[str, SortStep] = {}
    for index, step in enumerate(order):
        field = binding.shape.fields.get(step.field)
        if field is None and "." in step.field and step.field in binding.sort:
            # a custom field: what is bound of these is what can be sorted
            chosen.setdefault(step.field, SortStep(binding.sort[step.field], step.direction is Direction.DESC))
            continue
        if field is None or not field.sortable:
            raise CommonRules.a_field_is_unknown(field=f"order_by.{index}.field", name=step.field)
        descending = step.direction is Direction.DESC
        # what is sorted by a second time is sorted already
        chosen.setdefault(step.field, SortStep(binding.sort[step.field], descending, field.policy))
    return closed(binding, tuple(chosen.values()) or binding.default_order)


def closed(binding: Binding, steps: Steps) -> Steps:
    """The steps and the key, which makes the order total."""
    if binding.key is None:
        return steps
    return (*steps, SortStep(binding.key, bool(steps) and steps[-1].descending))


def permitted(steps: Steps, context: Context) -> None:
    """Refuse an order by what the viewer may not see: the order itself would tell it."""
    for step in steps:
        if step.policy is not None and not allowed(step.policy, context.actor):
            raise refused(step.policy, "order_by")


def clause(steps: Steps, *, backward: bool = False) -> str:
    """The ORDER BY list on ``{t}``. Nulls are last whatever the direction, so first when read backward."""
    return ", ".join(_direction(step, backward) for step in steps)


def _direction(step: SortStep, backward: bool) -> str:
    word = " DESC" if step.descending is not backward else ""
    # said only where it matters: an index without a word about nulls can be read from both ends
    nulls = (" NULLS FIRST" if backward else " NULLS LAST") if step.bound.nullable else ""
    return f"{_comparable(step)}{word}{nulls}"


def keyset(steps: Steps, nulls: Sequence[bool], name: str, *, before: bool) -> str:
    """The condition that ``{t}`` stands after (or before) the row of a cursor.

    ``nulls`` says which of the cursor's values are null; the others are bound as ``{<name>0}``, ``{<name>1}`` …
    """
    if not any(step.bound.nullable for step in steps) and len({step.descending for step in steps}) == 1:
        return _row_comparison(steps, name, before=before)
    condition = ""
    for index in reversed(range(len(steps))):
        step, value = steps[index], _value(steps[index], f"{name}{index}")
        beyond = _beyond(step, value, nulls[index], before=before)
        equal = f"{_comparable(step)} IS NULL" if nulls[index] else f"{_comparable(step)} = {value}"
        condition = f"({beyond} OR ({equal} AND {condition}))" if condition else f"({beyond})"
    return f"{_bound_first(steps, nulls, name, before=before)}{condition}"


def _row_comparison(steps: Steps, name: str, *, before: bool) -> str:
    operator = "<" if steps[0].descending is not before else ">"
    columns = ", ".join(_comparable(step) for step in steps)
    values = ", ".join(_value(step, f"{name}{index}") for index, step in enumerate(steps))
    return f"({columns}) {operator} ({values})"


def _beyond(step: SortStep, value: str, null: bool, *, before: bool) -> str:
    expression = _comparable(step)
    if null:
        return f"{expression} IS NOT NULL" if before else "false"
    operator = "<" if step.descending is not before else ">"
    or_null = f" OR {expression} IS NULL" if step.bound.nullable and not before else ""
    return f"{expression} {operator} {value}{or_null}"


def _bound_first(steps: Steps, nulls: Sequence[bool], name: str, *, before: bool) -> str:
    # what the alternatives imply of the first step, said alone, is where an index can begin
    step = steps[0]
    if nulls[0] or (step.bound.nullable and not before):
        return ""
    operator = "<=" if step.descending is not before else ">="
    return f"{_comparable(step)} {operator} {_value(step, f'{name}0')} AND "


def _comparable(step: SortStep) -> str:
    return step.bound.kind.comparable.format(step.bound.sql)


def _value(step: SortStep, name: str) -> str:
    return f"{{{name}}}::{step.bound.kind.cast}"
