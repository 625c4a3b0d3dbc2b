"""Who I am and what I may do: what a front end asks right after the login."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol.declare import OneQuery
from crm_common.protocol.identity.departments import DepartmentView
from crm_common.protocol.identity.employees import EmployeeView
from crm_common.protocol.identity.positions import PositionView
from crm_common.protocol.identity.roles import Scope
from crm_common.protocol.identity.service import DepartmentId, EmployeeId, PositionId, identity
from crm_common.protocol.policy import ACCOUNT
from crm_common.protocol.views import child, shown


@identity.view(ACCOUNT)
@dataclass(slots=True, kw_only=True)
class MyScopeView:
    """Whose records I see in one section."""

    module: str = shown("The section: what its permission keys begin with.")
    scope: Scope = shown("Whose records.")


@identity.view(ACCOUNT)
@dataclass(slots=True, kw_only=True)
class MyRoleView:
    """A role of mine, by name."""

    id: UUID = shown("Its id.")
    name: str = shown("Its name.")
    by_position: bool = shown("Whether I have it by my position only.")


@identity.view(ACCOUNT)
@dataclass(slots=True, kw_only=True)
class MeView:
    """The caller: who he is and what is open to him."""

    id: UUID = shown("Its id.")
    name: str = shown("My name.")
    login_name: str = shown("What I log in with.")
    employee_id: EmployeeId = shown("My record as an employee.")
    number: str | None = shown("My number in the company.")
    phone: str | None = shown("My phone at work.")
    email: str | None = shown("My e-mail address at work.")
    avatar_url: str | None = shown("My picture.")
    bio: str | None = shown("What I say of myself.")
    department_id: DepartmentId = shown("My department.")
    department_name: str = shown("My department's name.")
    position_id: PositionId = shown("My position.")
    position_name: str = shown("My position's name.")
    must_change_password: bool = shown("Whether nothing else is open before I change my password.")
    locked: bool = shown("Whether this session is locked and waits for my password.")
    modules: list[str] = shown("Modules that are open to me: what a menu shows.")
    permissions: list[str] = shown("Permission keys I hold.")
    version: int = shown("Counts the changes of my record; send it back when editing my profile.")
    scopes: list[MyScopeView] = child("Whose records I see, for every section I hold a key in.", limit=100)
    roles: list[MyRoleView] = child("My roles.", limit=100)
    employee: EmployeeView | None = child("My record as an employee, where the organisation is open to me.")
    department: DepartmentView | None = child("My department, where the organisation is open to me.")
    position: PositionView | None = child("My position, where the organisation is open to me.")


@identity.query(ACCOUNT, returns=MeView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Me(OneQuery):
    """Who I am and what is open to me; answers also while the session is locked or the password must be changed."""
