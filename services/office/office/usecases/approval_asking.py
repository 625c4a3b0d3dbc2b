"""What is asked before an approval's transaction opens: the flow's revision, and the people it may lead to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from crm_common.store import Store
from office.adapters.staff import StaffOffice
from office.domain.approval_staffing import Asking, Person, Staff, wanted
from office.store import approval_delegations, approvals, flows
from office.store.flows import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The revision that an approval runs by, and who it would ask now."""

    revision: Revision
    asking: Asking

    @property
    def initiator(self) -> Person | None:
        """Who asks, if he has an account that is not disabled."""
        found = self.asking.staff.people.get(self.asking.initiator_id)
        return found if found is not None and found.active else None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where it is asked: this service's database, and identity."""

    store: Store
    staff: StaffOffice
    now: datetime

    def to_start(self, kind: str, initiator_id: UUID) -> Prepared | None:
        """For a new approval; None where no flow is in use for its kind."""
        revision = flows.revision_of_kind(self.store, kind)
        return None if revision is None else self._prepared(revision, kind, initiator_id)

    def to_go_on(self, approval_id: UUID, *more: UUID) -> Prepared | None:
        """For one that runs, and these people besides; None where there is no such approval."""
        revision = flows.revision_of(self.store, approval_id)
        if revision is None:
            return None
        about = approvals.about(self.store, approval_id)
        return self._prepared(revision, about.kind, about.initiator_id, *about.asked, *more)

    def _prepared(self, revision: Revision, kind: str, initiator_id: UUID, *more: UUID) -> Prepared:
        staff = self._with_delegates(self.staff.staff(wanted(revision.plan, initiator_id, *more)), kind)
        return Prepared(revision=revision, asking=Asking(plan=revision.plan, initiator_id=initiator_id, staff=staff))

    def _with_delegates(self, staff: Staff, kind: str) -> Staff:
        """With whoever stands in for those who are disabled."""
        absent = [each.id for each in staff.people.values() if not each.active]
        if not absent:
            return staff
        delegates = approval_delegations.delegates(self.store, absent, kind, self.now)
        unknown = {each for some in delegates.values() for each in some} - set(staff.people)
        people = dict(staff.people) | self.staff.people(unknown)
        return replace(staff, delegates=delegates, people=people)
