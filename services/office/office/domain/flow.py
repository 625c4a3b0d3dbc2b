"""A flow: what the editor accepts comes to an end, and which way a form takes through it. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crm_common.protocol.custom_fields import CustomFieldType
from crm_common.protocol.office.approval_rules import FlowRules
from crm_common.protocol.office.flows_plan import (
    ApproverBy,
    FlowApprover,
    FlowBranch,
    FlowCondition,
    FlowField,
    FlowNode,
    FlowOperator,
    FlowPlan,
)
from office.domain.flow_form import CHOSEN, NUMBERS, ORDERED

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SAME = frozenset({FlowOperator.EQ, FlowOperator.NE, FlowOperator.IN, FlowOperator.NOT_IN})
_SEVERAL = frozenset({FlowOperator.IN, FlowOperator.NOT_IN})
_COMPARED: dict[FlowOperator, Callable[[Any, Any], bool]] = {
    FlowOperator.LT: operator.lt,
    FlowOperator.LTE: operator.le,
    FlowOperator.GT: operator.gt,
    FlowOperator.GTE: operator.ge,
}
# What each way of naming an approver needs, and the only things that may stand beside it.
_NEEDS = {
    ApproverBy.PERSON: ({"employee_id"},),
    ApproverBy.ROLE: ({"role_id"}, {"role_code"}),
    ApproverBy.SUPERIOR: (set(),),
    ApproverBy.TOP: (set(),),
    ApproverBy.HEAD: (set(), {"department_id"}),
}


def kind_of(given: str) -> str:
    """The kind, if it is a word that can stand in an event."""
    if not _KIND.fullmatch(given):
        raise FlowRules.a_kind_is_a_plain_word(field="kind", kind=given)
    return given


def named(name: str) -> str:
    """The name without outer blanks; one of blanks only is refused."""
    if not name.strip():
        raise FlowRules.a_flow_has_a_name(field="name")
    return name.strip()


def check(fields: Sequence[FlowField], plan: FlowPlan) -> None:
    """Refuse a flow that could not end, would ask nobody, or compares what its form does not have."""
    _check_fields(fields)
    nodes = {node.key: node for node in plan.nodes}
    for place, each in enumerate(plan.nodes):
        if any(each.key == other.key for other in plan.nodes[:place]):
            raise FlowRules.a_node_is_named_once(field="plan.nodes", node=each.key)
    if any(branch.to is None for branch in plan.start):
        raise FlowRules.a_flow_asks_somebody(field="plan.start")
    types = {field.key: field for field in fields}
    for key, branches in (("start", plan.start), *((node.key, node.next) for node in plan.nodes)):
        _check_branches(key, branches, nodes, types)
    for node in plan.nodes:
        if not node.approvers:
            raise FlowRules.a_node_has_approvers(field="plan.nodes", node=node.key)
    for approver in (*(each for node in plan.nodes for each in node.approvers), *plan.copies, plan.admin):
        _check_approver(approver)
    reached = _reached(plan, nodes)
    for node in plan.nodes:
        if node.key not in reached:
            raise FlowRules.a_node_is_reached(field="plan.nodes", node=node.key)


def path(plan: FlowPlan, form: Mapping[str, Any], fields: Sequence[FlowField], departments: str) -> tuple[str, ...]:
    """The nodes that this form passes, in their order. ``departments``: ``/<uuid>/<uuid>/``, the initiator's last."""
    nodes = {node.key: node for node in plan.nodes}
    types = {field.key: field for field in fields}
    taken: list[str] = []
    branches = plan.start
    while (to := _next(branches, form, types, departments)) is not None:
        taken.append(to)
        branches = nodes[to].next
    return tuple(taken)


def node(plan: FlowPlan, key: str) -> FlowNode:
    """The node of this key."""
    return next(each for each in plan.nodes if each.key == key)


def _check_fields(fields: Sequence[FlowField]) -> None:
    seen: set[str] = set()
    for field in fields:
        if field.key in seen:
            raise FlowRules.a_field_is_named_once(field="fields", name=field.key)
        seen.add(field.key)


def _check_branches(
    key: str, branches: Sequence[FlowBranch], nodes: Mapping[str, FlowNode], types: Mapping[str, FlowField]
) -> None:
    if not branches or [not each.conditions for each in branches] != [False] * (len(branches) - 1) + [True]:
        raise FlowRules.the_last_branch_has_no_condition(field="plan.nodes", node=key)
    for branch in branches:
        if branch.to is not None and branch.to not in nodes:
            raise FlowRules.a_branch_leads_to_a_node(field="plan.nodes", node=branch.to)
        for condition in branch.conditions:
            if not _compares(condition, types):
                raise FlowRules.a_condition_compares_a_field(field="plan.nodes", name=condition.field)


def _compares(condition: FlowCondition, types: Mapping[str, FlowField]) -> bool:
    if condition.field is None:
        return bool(condition.department_ids) and not condition.values and condition.operator in _SEVERAL
    field = types.get(condition.field)
    if field is None or field.type not in ORDERED | CHOSEN or condition.department_ids:
        return False
    if field.type in CHOSEN and condition.operator not in _SAME:
        return False
    if not condition.values or (len(condition.values) > 1 and condition.operator not in _SEVERAL):
        return False
    return all(_is_of(field, value) for value in condition.values)


def _is_of(field: FlowField, value: str) -> bool:
    try:
        return bool(_ordered(field, value) is not None)
    except (ValueError, InvalidOperation):
        return False


def _check_approver(approver: FlowApprover) -> None:
    given = {name for name in ("employee_id", "role_id", "role_code", "department_id") if getattr(approver, name)}
    if given not in _NEEDS[approver.by]:
        raise FlowRules.an_approver_is_named(field="plan.nodes")


def _reached(plan: FlowPlan, nodes: Mapping[str, FlowNode]) -> set[str]:
    """Every node that some way leads to; refuses a way that comes back to where it was."""
    done: set[str] = set()
    walked: list[tuple[str, Iterator[FlowBranch]]] = [("", iter(plan.start))]
    under_way = {""}
    while walked:
        key, branches = walked[-1]
        branch = next(branches, None)
        if branch is None:
            walked.pop()
            under_way.discard(key)
            done.add(key)
        elif branch.to in under_way:
            raise FlowRules.a_flow_does_not_go_round(field="plan.nodes", node=branch.to)
        elif branch.to is not None and branch.to not in done:
            under_way.add(branch.to)
            walked.append((branch.to, iter(nodes[branch.to].next)))
    return done


def _next(
    branches: Sequence[FlowBranch], form: Mapping[str, Any], types: Mapping[str, FlowField], departments: str
) -> str | None:
    taken = next(each for each in branches if all(_holds(one, form, types, departments) for one in each.conditions))
    return taken.to


def _holds(condition: FlowCondition, form: Mapping[str, Any], types: Mapping[str, FlowField], departments: str) -> bool:
    if condition.field is None:
        found = any(f"/{each}/" in departments for each in condition.department_ids)
        return found is (condition.operator is FlowOperator.IN)
    field, value = types[condition.field], form.get(condition.field)
    if condition.operator in _SAME:
        given = value if isinstance(value, list) else [] if value is None else [value]
        found = bool({_ordered(field, str(each)) for each in given} & {_ordered(field, v) for v in condition.values})
        return found is (condition.operator in (FlowOperator.EQ, FlowOperator.IN))
    if value is None:
        return False
    return _COMPARED[condition.operator](_ordered(field, str(value)), _ordered(field, condition.values[0]))


def _ordered(field: FlowField, text: str) -> Any:
    """The value as it compares: 0500 is 500.00, and a moment is the same in every zone."""
    if field.type in NUMBERS:
        number = Decimal(text)
        if not number.is_finite():
            raise ValueError(text)
        return number
    if field.type is CustomFieldType.DATE:
        return date.fromisoformat(text)
    if field.type is CustomFieldType.DATETIME:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    return text.lower() if field.type is CustomFieldType.YES_NO else text
