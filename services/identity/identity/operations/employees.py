"""Employees, handover, and who the caller is (IDN-05 … 08, 10, 23)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.errors import CommonRules
from crm_common.protocol.identity.employees import (
    CreateEmployee,
    DisableEmployee,
    Employees,
    EmployeesByIds,
    EmployeeView,
    EnableEmployee,
    MoveEmployee,
    UpdateEmployee,
    UpdateMyProfile,
)
from crm_common.protocol.identity.handover import HandOver, OwnedRecords, Ownership
from crm_common.protocol.identity.me import Me, Myself
from crm_common.protocol.identity.staffing import Staffing
from crm_common.protocol.platform import OwnedHere
from crm_common.protocol.selection import names
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from identity.operations.offering import Offering
from identity.usecases import employees, handover
from identity.usecases.credentials import first_password
from identity.views.me import myself
from identity.views.organisation import employees_in
from identity.views.staffing import staffing


class EmployeeOperations(Offering):
    """What the service answers about employees."""

    @rpc
    def me(self, _query: Me) -> Myself | None:
        return myself(self.host.store, self.context.authenticated())

    @rpc
    def employees(self, query: Employees) -> Raw:
        return self.views.page(query, where=employees_in(query))

    @rpc
    def employees_by_ids(self, query: EmployeesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def staffing(self, query: Staffing) -> Raw:
        return Raw(staffing(self.host.store, query))

    @rpc
    def create_employee(self, command: CreateEmployee) -> Raw:
        first = first_password(command.initial_password)
        return self.commands.run(partial(employees.create_employee, first=first), command)

    @rpc
    def update_employee(self, command: UpdateEmployee) -> Raw:
        return self.commands.run(employees.update_employee, command)

    @rpc
    def update_my_profile(self, command: UpdateMyProfile) -> Raw:
        return self.commands.run(employees.update_my_profile, command)

    @rpc
    def move_employee(self, command: MoveEmployee) -> Raw:
        return self._with_ownership(self.commands.run(employees.move_employee, command), command.id)

    @rpc
    def disable_employee(self, command: DisableEmployee) -> Raw:
        return self._with_ownership(self.commands.run(employees.disable_employee, command), command.id)

    @rpc
    def enable_employee(self, command: EnableEmployee) -> Raw:
        return self.commands.run(employees.enable_employee, command)

    @rpc
    def owned_records(self, query: OwnedRecords) -> Ownership:
        if self.views.reader.by_ids(EmployeeView, [query.employee_id], names("id"), self.context) == b"[null]":
            raise CommonRules.the_record_was_not_found(field="employee_id")
        return handover.ownership(self.host, self.context, query.employee_id)

    @rpc
    def owned_here(self, query: OwnedHere) -> dict[str, Any]:
        return {"counts": handover.owned_here(self.host.store, query.employee_id)}

    @rpc
    def hand_over(self, command: HandOver) -> Raw:
        handover.check(self.host, self.context, command)
        elsewhere = handover.pass_on_elsewhere(self.host, self.context, command)
        answer = self.commands.run(handover.hand_over(elsewhere), command)
        return self._with_ownership(answer, command.from_id, key="left")

    def _with_ownership(self, answer: Raw, employee_id: UUID, *, key: str = "owned_records") -> Raw:
        # asked after the commit: no neighbour is called while a transaction is open
        payload = codec.decode_json(answer)
        return Raw(codec.encode(payload | {key: handover.ownership(self.host, self.context, employee_id)}))
