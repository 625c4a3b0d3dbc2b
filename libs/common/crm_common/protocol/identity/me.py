"""Who I am and what I may do: what a front end asks right after the login."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.identity.roles import Scope
from crm_common.protocol.identity.service import DepartmentId, EmployeeId, PositionId, RoleId, identity
from crm_common.protocol.policy import ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class MyDepartment:
    """The department I am placed in."""

    id: DepartmentId
    """The id."""
    name: str
    """The name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPosition:
    """The position I hold."""

    id: PositionId
    """The id."""
    name: str
    """The name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyRole:
    """A role of mine."""

    id: RoleId
    """The id."""
    name: str
    """The name."""
    code: str | None
    """The code of a preset role (SALES)."""
    by_position: bool
    """Whether I have it by my position only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyScope:
    """Whose records I see in one section."""

    module: str
    """The section: what its permission keys begin with."""
    scope: Scope
    """Whose records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Myself:
    """The caller: who he is and what is open to him."""

    id: EmployeeId
    """My id as an employee."""
    name: str
    """My name."""
    login_name: str
    """What I log in with."""
    number: str | None
    """My number in the company."""
    phone: str | None
    """My phone at work."""
    email: str | None
    """My e-mail address at work."""
    avatar_url: str | None
    """My picture."""
    bio: str | None
    """What I say of myself."""
    department: MyDepartment
    """My department."""
    position: MyPosition
    """My position."""
    roles: tuple[MyRole, ...]
    """My roles, in person and by position."""
    modules: tuple[str, ...]
    """Modules that are open to me, in the order of menus."""
    permissions: tuple[str, ...]
    """Permission keys I hold, in the catalogue's order."""
    scopes: tuple[MyScope, ...]
    """Whose records I see, for every section I hold a key in."""
    must_change_password: bool
    """Whether nothing else is open before I change my password."""
    locked: bool
    """Whether this session is locked and waits for my password."""
    version: int
    """Counts the changes of my record; send it back when editing my profile."""


@identity.query(ACCOUNT, returns=Myself)
@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who I am and what is open to me; answers also while the session is locked or the password must be changed."""
