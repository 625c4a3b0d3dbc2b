"""What identity knows of colleagues and departments now: asked before a transaction, and not of the copy here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from crm_common.context import Context, system_context
from crm_common.protocol.selection import names
from crm_common.runtime.providers import BoundPeer


class Colleagues:
    """Asks identity, in this service's own name but within the caller's deadline."""

    def __init__(self, identity: BoundPeer, context: Context) -> None:
        self._identity = identity
        self._context = context

    def active(self, ids: Iterable[UUID]) -> set[UUID]:
        """Who of these has an account that is not disabled."""
        wanted = list(dict.fromkeys(ids))
        found = self._ask("employees_by_ids", ids=[str(each) for each in wanted], select=names("id", "active"))
        return {UUID(each["id"]) for each in found if each is not None and each["active"]}

    def head(self, department_id: UUID) -> UUID | None:
        """Who leads the department; None where nobody does or there is no such department."""
        [found] = self._ask("departments_by_ids", ids=[str(department_id)], select=names("id", "head_id"))
        return UUID(found["head_id"]) if found and found["head_id"] else None

    def is_in_tree(self, employee_id: UUID, department_id: UUID) -> bool:
        """Whether the employee is active and placed in the department or below it."""
        page = self._ask(
            "employees",
            department_id=str(department_id),
            include_children=True,
            filter={"id": {"eq": str(employee_id)}, "active": {"eq": True}},
            first=1,
            select=names("id"),
        )
        return bool(page["nodes"])

    def _ask(self, method: str, **payload: Any) -> Any:
        left = max(0.0, self._context.remaining())
        asking = system_context("customer", correlation_id=self._context.correlation_id, timeout=left)
        return self._identity.call(method, payload, context=asking)
