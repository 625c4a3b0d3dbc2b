"""Departments and positions (IDN-01 … 04, 18)."""

from __future__ import annotations

from crm_common.protocol.identity.departments import (
    CreateDepartment,
    DeleteDepartment,
    Departments,
    DepartmentsByIds,
    ReorderDepartments,
    SetDepartmentHead,
    UpdateDepartment,
)
from crm_common.protocol.identity.positions import (
    CreatePosition,
    DeletePosition,
    Positions,
    PositionsByIds,
    ReorderPositions,
    SetPositionRoles,
    UpdatePosition,
)
from crm_common.runtime.entrypoints import prompt, rpc
from crm_common.runtime.raw import Raw
from identity.operations.offering import Offering
from identity.usecases import departments, positions
from identity.views.organisation import positions_in


class OrganisationOperations(Offering):
    """What the service answers about departments and positions."""

    @rpc
    def departments(self, query: Departments) -> Raw:
        return self.views.page(query)

    @rpc
    def departments_by_ids(self, query: DepartmentsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def create_department(self, command: CreateDepartment) -> Raw:
        return self.commands.run(departments.create_department, command)

    @rpc
    def update_department(self, command: UpdateDepartment) -> Raw:
        return self.commands.run(departments.update_department, command)

    @rpc
    def reorder_departments(self, command: ReorderDepartments) -> Raw:
        return self.commands.run(departments.reorder_departments, command)

    @rpc
    def set_department_head(self, command: SetDepartmentHead) -> Raw:
        return self.commands.run(departments.set_department_head, command)

    @rpc
    def delete_department(self, command: DeleteDepartment) -> Raw:
        return self.commands.run(departments.delete_department, command)

    @rpc
    def positions(self, query: Positions) -> Raw:
        return self.views.page(query, where=positions_in(query))

    @rpc
    def positions_by_ids(self, query: PositionsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    @prompt
    def create_position(self, command: CreatePosition) -> Raw:
        return self.commands.run(positions.create_position, command)

    @rpc
    def update_position(self, command: UpdatePosition) -> Raw:
        return self.commands.run(positions.update_position, command)

    @rpc
    def set_position_roles(self, command: SetPositionRoles) -> Raw:
        return self.commands.run(positions.set_position_roles, command)

    @rpc
    def reorder_positions(self, command: ReorderPositions) -> Raw:
        return self.commands.run(positions.reorder_positions, command)

    @rpc
    def delete_position(self, command: DeletePosition) -> Raw:
        return self.commands.run(positions.delete_position, command)
