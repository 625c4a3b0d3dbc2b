"""Who is asked at a node: people, roles and superiors as they stand when it begins. Pure: facts come as arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from crm_common.protocol.office.approval_rules import ApprovalRules
from crm_common.protocol.office.approvals_states import AskedWhy
from crm_common.protocol.office.flows_plan import ApproverBy, FlowAllowance, FlowApprover, FlowNode, FlowPlan, NodeWay


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An employee as identity knows him now. ``line``: all superiors, nearest first."""

    id: UUID
    name: str
    active: bool
    department_id: UUID
    department_path: str
    line: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """What was asked of identity, and who stands in for whom. ``roles``: active holders, by id and by code."""

    people: Mapping[UUID, Person] = field(default_factory=dict)
    heads: Mapping[UUID, UUID | None] = field(default_factory=dict)
    roles: Mapping[UUID | str, tuple[UUID, ...]] = field(default_factory=dict)
    delegates: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)

    def is_active(self, employee_id: UUID) -> bool:
        """Whether his account is there and not disabled."""
        found = self.people.get(employee_id)
        return found is not None and found.active


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody who is asked; ``in_place_of`` is whom he stands in for."""

    employee_id: UUID
    why: AskedWhy
    in_place_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What identity must be asked about: everybody these lead to, it answers with them."""

    employee_ids: frozenset[UUID]
    department_ids: frozenset[UUID]
    role_ids: frozenset[UUID]
    role_codes: frozenset[str]


def wanted(plan: FlowPlan, *employee_ids: UUID) -> Wanted:
    """Everything a plan may need to find its approvers, and these people."""
    approvers = (*(each for node in plan.nodes for each in node.approvers), *plan.copies, plan.admin)
    return Wanted(
        employee_ids=frozenset(employee_ids) | {each.employee_id for each in approvers if each.employee_id},
        department_ids=frozenset(each.department_id for each in approvers if each.department_id),
        role_ids=frozenset(each.role_id for each in approvers if each.role_id),
        role_codes=frozenset(each.role_code for each in approvers if each.role_code),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Finds whom a flow asks for one initiator, as the company stands now."""

    plan: FlowPlan
    initiator_id: UUID
    staff: Staff

    def asked(self, node: FlowNode) -> tuple[Asked, ...]:
        """Whom the node asks, in order, everybody once; the initiator never.

        On ANY he and whoever is absent are left out; on SEQUENCE and ALL nobody is left out without somebody else for
        him: for the initiator his nearest superior, for an absent one his delegate, else the flow's administrator.
        BAD_STATE where not even he is there.
        """
        found: dict[UUID, Asked] = {}
        for approver in node.approvers:
            people = self.named_by(approver)
            for person in people:
                standing = self._standing(node, person, AskedWhy(approver.by.value))
                if standing is not None:
                    found.setdefault(standing.employee_id, standing)
                elif node.way is not NodeWay.ANY:
                    self._fill(found, node, in_place_of=person)
            if not people and node.way is not NodeWay.ANY:
                self._fill(found, node)
        if not found:
            for admin in self.administrators(node):
                found[admin] = Asked(employee_id=admin, why=AskedWhy.FLOW_ADMIN)
        return tuple(found.values())

    def administrators(self, node: FlowNode) -> tuple[UUID, ...]:
        """The flow's administrators but the initiator; BAD_STATE where there is none."""
        active = tuple(each for each in self.named_by(self.plan.admin) if self.may_be_asked(each))
        if not active:
            raise ApprovalRules.nobody_is_left_to_decide(node=node.name)
        return active

    def copied(self) -> tuple[UUID, ...]:
        """Who gets a copy when it is approved."""
        found = (each for approver in self.plan.copies for each in self.named_by(approver))
        return tuple(dict.fromkeys(each for each in found if self.may_be_asked(each)))

    def stand_in(self, absent: UUID) -> UUID | None:
        """The delegate of somebody whose account is disabled."""
        if FlowAllowance.DELEGATE not in self.plan.allows:
            return None
        return next((each for each in self.staff.delegates.get(absent, ()) if self.may_be_asked(each)), None)

    def may_be_asked(self, person: UUID) -> bool:
        """Whether he is active and not the initiator."""
        return person != self.initiator_id and self.staff.is_active(person)

    def named_by(self, approver: FlowApprover) -> tuple[UUID, ...]:
        """Whom the flow means, whether they can be asked or not."""
        initiator = self.staff.people.get(self.initiator_id)
        line = initiator.line if initiator else ()
        match approver.by:
            case ApproverBy.PERSON:
                return _some(approver.employee_id)
            case ApproverBy.ROLE:
                return self.staff.roles.get(approver.role_id or approver.role_code or "", ())
            case ApproverBy.SUPERIOR:
                return line[approver.level - 1 : approver.level]
            case ApproverBy.TOP:
                return line[-1:]
            case ApproverBy.HEAD:
                department = approver.department_id or (initiator.department_id if initiator else None)
                return _some(self.staff.heads.get(department) if department else None)

    def _standing(self, node: FlowNode, person: UUID, why: AskedWhy) -> Asked | None:
        """He, or who stands in for him; None where he is to be left out or the administrator is to be asked."""
        if person == self.initiator_id:
            return None if node.way is NodeWay.ANY else self._superior()
        if self.staff.is_active(person):
            return Asked(employee_id=person, why=why)
        delegate = self.stand_in(person)
        if delegate is None:
            return None
        return Asked(employee_id=delegate, why=AskedWhy.ABSENT_REPLACED, in_place_of=person)

    def _superior(self) -> Asked | None:
        initiator = self.staff.people.get(self.initiator_id)
        above = next((each for each in (initiator.line if initiator else ()) if self.may_be_asked(each)), None)
        if above is None:
            return None
        return Asked(employee_id=above, why=AskedWhy.INITIATOR_REPLACED, in_place_of=self.initiator_id)

    def _fill(self, found: dict[UUID, Asked], node: FlowNode, in_place_of: UUID | None = None) -> None:
        admins = self.administrators(node)
        if not any(each in found for each in admins):
            found[admins[0]] = Asked(employee_id=admins[0], why=AskedWhy.FLOW_ADMIN, in_place_of=in_place_of)


def _some(employee_id: UUID | None) -> tuple[UUID, ...]:
    return () if employee_id is None else (employee_id,)
