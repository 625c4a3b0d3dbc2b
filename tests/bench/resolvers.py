"""What most people would write: a Strawberry schema of async resolvers, a data loader per relation, asyncpg below."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
import strawberry
from psycopg.conninfo import conninfo_to_dict
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info
from strawberry.types.nodes import SelectedField

Context = dict[str, Any]


def global_id(kind: str, key: UUID) -> strawberry.ID:
    """The id as the product gives it."""
    return strawberry.ID(base64.b64encode(f"{kind}:{key}".encode()).decode())


def moment(value: datetime | None) -> str | None:
    """The time as the product writes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value else None


@strawberry.type
class Role:
    row: strawberry.Private[Any]
    name: str

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Role", self.row["id"])


@strawberry.type
class Department:
    row: strawberry.Private[Any]
    name: str
    code: str | None
    description: str | None
    version: int

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Department", self.row["id"])

    @strawberry.field
    def created_at(self) -> str | None:
        return moment(self.row["created_at"])

    @strawberry.field
    def updated_at(self) -> str | None:
        return moment(self.row["updated_at"])

    @strawberry.field
    async def parent(self, info: Info[Context, None]) -> Department | None:
        above = self.row["parent_id"]
        return await info.context["departments"].load(above) if above else None

    @strawberry.field
    async def head(self, info: Info[Context, None]) -> Employee | None:
        head = self.row["head_id"]
        return await info.context["employees"].load(head) if head else None

    @strawberry.field
    async def positions(self, info: Info[Context, None]) -> list[Position]:
        found: list[Position] = await info.context["positions_of"].load(self.row["id"])
        return found[:20]

    @strawberry.field
    async def employees(self, info: Info[Context, None]) -> list[Employee]:
        found: list[Employee] = await info.context["employees_of"].load(self.row["id"])
        return found[:20]


@strawberry.type
class Position:
    row: strawberry.Private[Any]
    name: str
    description: str | None
    version: int

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Position", self.row["id"])

    @strawberry.field
    def created_at(self) -> str | None:
        return moment(self.row["created_at"])

    @strawberry.field
    async def department(self, info: Info[Context, None]) -> Department | None:
        found: Department | None = await info.context["departments"].load(self.row["department_id"])
        return found


@strawberry.type
class Employee:
    row: strawberry.Private[Any]
    name: str
    number: str | None
    phone: str | None
    email: str | None
    avatar_url: str | None
    bio: str | None
    active: bool
    hired_on: date | None
    version: int

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Employee", self.row["id"])

    @strawberry.field
    def created_at(self) -> str | None:
        return moment(self.row["created_at"])

    @strawberry.field
    def updated_at(self) -> str | None:
        return moment(self.row["updated_at"])

    @strawberry.field
    def disabled_at(self) -> str | None:
        return moment(self.row["disabled_at"])

    @strawberry.field
    async def department(self, info: Info[Context, None]) -> Department | None:
        found: Department | None = await info.context["departments"].load(self.row["department_id"])
        return found

    @strawberry.field
    async def position(self, info: Info[Context, None]) -> Position | None:
        found: Position | None = await info.context["positions"].load(self.row["position_id"])
        return found

    @strawberry.field
    async def supervisor(self, info: Info[Context, None]) -> Employee | None:
        line = self.row["line"]
        return await info.context["employees"].load(line[0]) if line else None

    @strawberry.field
    async def roles(self, info: Info[Context, None]) -> list[Role]:
        found: list[Role] = await info.context["roles"].load(self.row["id"])
        return found

    @strawberry.field
    async def headed_departments(self, info: Info[Context, None]) -> list[Department]:
        found: list[Department] = await info.context["headed"].load(self.row["id"])
        return found


def employee(row: Any) -> Employee:
    """The record of a row."""
    names = ("name", "number", "phone", "email", "avatar_url", "bio", "active", "hired_on", "version")
    return Employee(row=row, **{name: row[name] for name in names})


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class Employees:
    nodes: list[Employee]
    page_info: PageInfo
    total_count: int | None


@strawberry.input
class StringFilter:
    contains: str | None = None


@strawberry.input
class BooleanFilter:
    eq: bool | None = None


@strawberry.input
class EmployeeFilter:
    name: StringFilter | None = None
    active: BooleanFilter | None = None


@strawberry.enum
class EmployeeOrderField(Enum):
    NAME = "name"


@strawberry.input
class EmployeeOrder:
    field: EmployeeOrderField


@strawberry.input
class CreatePositionInput:
    name: str
    department_id: strawberry.ID


@strawberry.type
class UserError:
    code: str


@strawberry.type
class CreatePositionPayload:
    position: Position | None
    user_errors: list[UserError]


_WITHIN = "e.department_path >= $1 AND e.department_path < $2"


@strawberry.type
class Query:
    @strawberry.field
    async def employees(
        self,
        info: Info[Context, None],
        first: int,
        department_id: strawberry.ID | None = None,
        filter: EmployeeFilter | None = None,  # noqa: A002 - as the product calls it
        order_by: list[EmployeeOrder] | None = None,
    ) -> Employees:
        pool, values = info.context["pool"], list(info.context["reach"])
        where = _WITHIN
        if department_id:
            values.append(key_of(department_id))
            where += f" AND e.department_id = ${len(values)}"
        if filter and filter.name and filter.name.contains:
            values.append(f"%{filter.name.contains}%")
            where += f" AND e.name LIKE ${len(values)}"
        if filter and filter.active and filter.active.eq is not None:
            values.append(filter.active.eq)
            where += f" AND e.active = ${len(values)}"
        page = f"SELECT * FROM employee e WHERE {where} ORDER BY e.name_key, e.id LIMIT {first + 1}"
        rows = await pool.fetch(page, *values)
        chosen = [each for field in info.selected_fields for each in field.selections]
        wants_total = any(isinstance(each, SelectedField) and each.name == "totalCount" for each in chosen)
        total = await pool.fetchval(f"SELECT count(*) FROM employee e WHERE {where}", *values) if wants_total else None
        return Employees(
            nodes=[employee(row) for row in rows[:first]],
            page_info=PageInfo(has_next_page=len(rows) > first),
            total_count=total,
        )

    @strawberry.field
    async def department(self, info: Info[Context, None], id: strawberry.ID) -> Department | None:  # noqa: A002
        found: Department | None = await info.context["departments"].load(key_of(id))
        return found

    @strawberry.field
    async def employee(self, info: Info[Context, None], id: strawberry.ID) -> Employee | None:  # noqa: A002
        found: Employee | None = await info.context["employees"].load(key_of(id))
        return found


_INSERT = """
INSERT INTO position (id, name, name_fold, name_key, department_id, rank, created_at, updated_at, version)
SELECT uuidv7(), $1, lower($1), $1, $2,
    (SELECT coalesce(max(o.rank) + 1, 0) FROM position o WHERE o.department_id = $2), now(), now(), 1
RETURNING *
"""


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def create_position(self, info: Info[Context, None], input: CreatePositionInput) -> CreatePositionPayload:  # noqa: A002
        row = await info.context["pool"].fetchrow(_INSERT, input.name, key_of(input.department_id))
        return CreatePositionPayload(position=position(row), user_errors=[])


def position(row: Any) -> Position:
    """The record of a row."""
    return Position(row=row, name=row["name"], description=row["description"], version=row["version"])


def department(row: Any) -> Department:
    """The record of a row."""
    names = ("name", "code", "description", "version")
    return Department(row=row, **{name: row[name] for name in names})


def key_of(id_: str) -> UUID:
    """The key in a global id."""
    return UUID(base64.b64decode(id_).partition(b":")[2].decode())


class Application(GraphQL[Context, None]):
    """The schema under Strawberry's own ASGI application, with a pool that is made at the first request."""

    def __init__(self, database_url: str, path: str, *, connections: int) -> None:
        super().__init__(strawberry.Schema(Query, Mutation, extensions=[ParserCache, ValidationCache]))
        self._place = conninfo_to_dict(database_url)
        self._reach = (path, path.rstrip("/") + "0")
        self._connections = connections
        self._pool: Any = None

    async def get_context(self, request: Any, response: Any) -> Context:
        """Loaders for one request."""
        if self._pool is None:
            place = {name: str(self._place[name]) for name in ("host", "user")}
            self._pool = await asyncpg.create_pool(
                **place, port=int(str(self._place["port"])), database=str(self._place["dbname"]),
                min_size=self._connections, max_size=self._connections, reset=_nothing,
            )  # fmt: skip
        return {"pool": self._pool, "reach": self._reach} | loaders(self._pool, self._reach)


async def _nothing(_connection: Any) -> None:
    """Without the round trip that asyncpg makes when a connection is given back."""


def loaders(pool: Any, reach: tuple[str, str]) -> dict[str, DataLoader[UUID, Any]]:
    """One per relation."""
    departments = "SELECT * FROM department WHERE id = ANY ($1)"
    roles = (
        "SELECT h.employee_id AS owner, r.* FROM role_holder h JOIN role r ON r.id = h.role_id"
        " WHERE h.employee_id = ANY ($1) ORDER BY r.name_key, r.id"
    )
    return {
        "departments": DataLoader(_singly(pool, departments, department)),
        "positions": DataLoader(_singly(pool, "SELECT * FROM position WHERE id = ANY ($1)", position)),
        "employees": DataLoader(
            _singly(pool, f"SELECT * FROM employee e WHERE e.id = ANY ($3) AND {_WITHIN}", employee, *reach)
        ),
        "roles": DataLoader(_grouped(pool, roles, lambda row: Role(row=row, name=row["name"]))),
        "headed": DataLoader(
            _grouped(
                pool,
                "SELECT d.head_id AS owner, d.* FROM department d WHERE d.head_id = ANY ($1) ORDER BY d.tree_order",
                department,
            )
        ),
        "positions_of": DataLoader(
            _grouped(
                pool,
                "SELECT p.department_id AS owner, p.* FROM position p WHERE p.department_id = ANY ($1) ORDER BY p.rank",
                position,
            )
        ),
        "employees_of": DataLoader(
            _grouped(
                pool,
                "SELECT e.department_id AS owner, e.* FROM employee e WHERE e.department_id = ANY ($1) AND e.active"
                " ORDER BY e.name_key, e.id",
                employee,
            )
        ),
    }


def _singly(
    pool: Any, statement: str, made: Callable[[Any], Any], *before: str
) -> Callable[[list[UUID]], Awaitable[Sequence[Any]]]:
    async def load(keys: list[UUID]) -> Sequence[Any]:
        found = {row["id"]: made(row) for row in await pool.fetch(statement, *before, keys)}
        return [found.get(key) for key in keys]

    return load


def _grouped(pool: Any, statement: str, made: Callable[[Any], Any]) -> Callable[[list[UUID]], Awaitable[Sequence[Any]]]:
    async def load(keys: list[UUID]) -> Sequence[Any]:
        found: dict[UUID, list[Any]] = {key: [] for key in keys}
        for row in await pool.fetch(statement, keys):
            found[row["owner"]].append(made(row))
        return [found[key] for key in keys]

    return load
