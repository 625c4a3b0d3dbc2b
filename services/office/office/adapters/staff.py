"""What identity knows of people, heads and roles now: asked before a transaction, and not of the copy here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common.context import Context, system_context
from crm_common.runtime.providers import BoundPeer
from office.domain.approval_staffing import Person, Staff, Wanted


@dataclass(frozen=True, slots=True)
class StaffOffice:
    """Asks identity, in this service's own name but within the caller's deadline."""

    identity: BoundPeer
    context: Context

    def staff(self, wanted: Wanted) -> Staff:
        """How they all stand; nobody's delegates are among it."""
        found = self._ask(
            employee_ids=[str(each) for each in wanted.employee_ids],
            department_ids=[str(each) for each in wanted.department_ids],
            role_ids=[str(each) for each in wanted.role_ids],
            role_codes=sorted(wanted.role_codes),
        )
        roles: dict[UUID | str, tuple[UUID, ...]] = {}
        for key, holders in found["roles"].items():
            roles[key if key in wanted.role_codes else UUID(key)] = tuple(UUID(each) for each in holders)
        heads = {UUID(key): UUID(head) if head else None for key, head in found["heads"].items()}
        return Staff(people=_people(found), heads=heads, roles=roles)

    def people(self, ids: Collection[UUID]) -> dict[UUID, Person]:
        """These people, as far as they exist."""
        return _people(self._ask(employee_ids=[str(each) for each in ids])) if ids else {}

    def _ask(self, **payload: Any) -> Any:
        left = max(0.0, self.context.remaining())
        asking = system_context("office", correlation_id=self.context.correlation_id, timeout=left)
        return self.identity.call("staffing", payload, context=asking)


def _people(found: Any) -> dict[UUID, Person]:
    return {
        UUID(key): Person(
            id=UUID(key),
            name=each["name"],
            active=each["active"],
            department_id=UUID(each["department_id"]),
            department_path=each["department_path"],
            line=tuple(UUID(above) for above in each["line"]),
        )
        for key, each in found["people"].items()
    }
