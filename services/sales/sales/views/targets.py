"""Targets as they are shown: with what their parts add up to and what was attained."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.projections.employees import employee_ref
from crm_common.protocol.sales.targets import TargetView
from crm_common.reading import bind, by_owner, many
from crm_common.reading.scope import Reach
from sales.tables.targets import target


class _PeopleInScope:
    """Targets of the company and of departments are for everybody with the right, a person's in the data scope."""

    def __init__(self) -> None:
        self._scope = by_owner("target", owner=target.c.employee_id, people=employee_ref)

    def kind(self, actor: Actor | None) -> str | None:
        return self._scope.kind(actor)

    def condition(self, kind: str, _reach: Reach) -> str:
        return f"({{t}}.employee_id IS NULL OR {self._scope.condition(kind, Reach.PROBE)})"

    def owners(self, _kind: str) -> None:
        return None


_OF = """{a}.day BETWEEN {{t}}.begins_on AND {{t}}.ends_on AND {a}.currency = {{t}}.currency
    AND ({{t}}.employee_id IS NULL OR {a}.employee_id = {{t}}.employee_id)
    AND ({{t}}.department_id IS NULL OR {a}.employee_id IN (SELECT e.id FROM employee_ref e
        WHERE position('/' || {{t}}.department_id || '/' in e.department_path) > 0))"""
_ATTAINED = f"""CASE WHEN {{t}}.product_id IS NULL
    THEN (SELECT coalesce(sum(d.amount), 0)::numeric(18,2) FROM performance_day d WHERE {_OF.format(a="d")})
    ELSE (SELECT coalesce(sum(b.amount), 0)::numeric(18,2) FROM bought_line b
        WHERE b.product_id = {{t}}.product_id AND {_OF.format(a="b")}) END"""
_SPLIT = "(SELECT sum(p.amount) FROM target p WHERE p.parent_id = {t}.id)"
_DEPARTMENT = "SELECT e.department_name FROM employee_ref e WHERE e.department_id = {t}.department_id LIMIT 1"
TARGETS = bind(
    TargetView,
    target,
    fields={
        "department_name": _DEPARTMENT,
        "employee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id",
        "split": _SPLIT,
        "gap": f"{{t}}.amount - {_SPLIT}",
        "attained": _ATTAINED,
        "attainment": f"round(({_ATTAINED}) * 100 / nullif({{t}}.amount, 0), 2)",
    },
    children={"parts": many(target.c.parent_id, order=[target.c.begins_on, target.c.amount.desc()])},
    scope=_PeopleInScope(),
    default_order=[target.c.begins_on.desc(), target.c.amount.desc()],
)
