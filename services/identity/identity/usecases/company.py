"""Commands about the company (IDN-24), and its beginning."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change, Once
from crm_common.errors import CommonRules
from crm_common.protocol.identity.company import FoundCompany, UpdateCompany
from crm_common.protocol.identity.departments import CreateDepartment
from crm_common.protocol.identity.employees import CreateEmployee
from crm_common.protocol.identity.positions import CreatePosition
from crm_common.protocol.platform import TIMEZONE
from identity.domain import company as domain
from identity.domain.presets import PRESETS
from identity.store import company, guards
from identity.usecases.credentials import FirstPassword
from identity.usecases.departments import create_department
from identity.usecases.employees import create_employee
from identity.usecases.positions import create_position
from identity.usecases.roles import create_role
from identity.usecases.settings import put

ADMINISTRATION = "系统管理员"


def found_company(change: Change, command: FoundCompany, first: FirstPassword) -> dict[str, Any]:
    """The company, its first department, position and administrator, and the preset roles; nothing the second time."""
    guards.company(change.connection)
    if company.get(change.connection) is not None:
        return {"founded": False, "login_name": command.login_name, "initial_password": None}
    founded, event = domain.found(command, change.new_id())
    company.insert(change.connection, founded, change.now)
    change.record(event)
    put(change, TIMEZONE, founded.timezone)
    roles = {preset.code: create_role(change, preset.command(), code=preset.code)["role"] for preset in PRESETS}
    department = create_department(change, CreateDepartment(name=founded.name))["department"]
    position = create_position(change, CreatePosition(name=ADMINISTRATION, department_id=department))["position"]
    administrator = CreateEmployee(
        name=command.administrator_name,
        login_name=command.login_name,
        position_id=position,
        role_ids=(roles["ADMIN"],),
    )
    password: Once = create_employee(change, administrator, first)["initial_password"]
    return {"founded": True, "login_name": command.login_name, "initial_password": password}


def update_company(change: Change, command: UpdateCompany) -> dict[str, Any]:
    """Another profile; another zone is also another value of the parameter sys.timezone."""
    before = company.get(change.connection)
    if before is None:
        raise CommonRules.the_record_was_not_found()
    after, events = domain.update(before, command)
    if events:
        company.save(change.connection, after, change.now)
        change.record(*events)
        put(change, TIMEZONE, after.timezone)
    return {"company": after.id}
