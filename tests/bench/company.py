"""A company of twenty thousand, the same every time: rows for identity's tables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from crm_common.text_order import pinyin_key

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华文建国玉兰飞鹏宇婷雪琳佳欣怡浩然子轩"
BRANCHES = ("华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外")
TEAMS = ("销售", "市场", "客服", "财务", "人事", "研发", "采购", "物流", "法务", "行政")
TITLES = ("经理", "主管", "专员", "助理")
BEGUN = datetime(2024, 1, 1, tzinfo=UTC)

DEPARTMENTS = 200
EMPLOYEES = 20_000
ROLES = 12


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for a table, with its columns in their order."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Department(NamedTuple):
    """One below the company's root."""

    id: UUID
    name: str
    parent_id: UUID
    rank: int


class Position(NamedTuple):
    """One of a department's four."""

    id: UUID
    name: str
    department_id: UUID


class Employee(NamedTuple):
    """Somebody, with the columns of identity's table under its names."""

    id: UUID
    name: str
    name_key: str
    login_name: str
    login_key: str
    number: str
    phone: str
    email: str
    hired_on: date
    active: bool
    position_id: UUID
    department_id: UUID
    created_at: datetime
    updated_at: datetime
    department_path: str = "/"
    line: tuple[UUID, ...] = ()
    must_change_password: bool = False
    version: int = 1


class Company:
    """Departments below ``root``, with positions, employees and roles; ``heads`` maps a department to its head.

    `rows` gives them in the order in which they can be written; paths and lines are left to identity's own statement.
    """

    def __init__(self, root: UUID, *, employees: int = EMPLOYEES, departments: int = DEPARTMENTS) -> None:
        self._chance = random.Random(20261123)
        self._moment = BEGUN
        self._keys: dict[str, str] = {}
        self.departments = self._departments(root, departments)
        self.positions = [Position(self._id(), title, each.id) for each in self.departments for title in TITLES]
        self.roles = [(self._id(), f"岗位角色{index + 1}") for index in range(ROLES)]
        self.employees = list(self._employees(employees))
        self.heads = self._heads()

    def rows(self) -> list[Rows]:
        """What goes into identity's tables."""
        named, history = ("id", "name", "name_fold", "name_key"), ("created_at", "updated_at", "version")
        stamp = (BEGUN, BEGUN, 1)
        departments: list[tuple[Any, ...]] = [
            (*self._named(each.id, each.name), *each[2:], 0, "/", "", [], *stamp) for each in self.departments
        ]
        positions = [
            (*self._named(each.id, each.name), each.department_id, TITLES.index(each.name), *stamp)
            for each in self.positions
        ]
        roles: list[tuple[Any, ...]] = [(*self._named(*each), ["org.view"], [], "SELF", *stamp) for each in self.roles]
        carried = [(each.id, self._chance.choice(self.roles)[0]) for each in self.positions]
        place = ("parent_id", "rank", "depth", "path", "tree_order", "heads")
        return [
            Rows("department", (*named, *place, *history), departments),
            Rows("role", (*named, "permissions", "hidden", "scope", *history), roles),
            Rows("position", (*named, "department_id", "rank", *history), positions),
            Rows("employee", Employee._fields, [(*each[:-3], [], *each[-2:]) for each in self.employees]),
            Rows("position_role", ("position_id", "role_id"), carried),
            Rows("employee_role", ("employee_id", "role_id"), list(self._given_roles())),
        ]

    def _departments(self, root: UUID, count: int) -> list[Department]:
        """Eight branches, and below each a tree in which everybody has up to five children."""
        made: list[Department] = []
        for index in range(count):
            place = index - len(BRANCHES)
            if place < 0:
                made.append(Department(self._id(), BRANCHES[index], root, index))
            else:
                name = f"{TEAMS[place % len(TEAMS)]}{place // 5 + 1}部"
                made.append(Department(self._id(), name, made[place // 5].id, place % 5))
        return made

    def _employees(self, count: int) -> Iterator[Employee]:
        for index in range(count):
            position = self.positions[index % len(self.positions)]
            key, name, login = self._id(), self._name(), f"u{index:05}"
            yield Employee(
                id=key,
                name=name,
                name_key=self._keys.setdefault(name, pinyin_key(name, surname=True)),
                login_name=login,
                login_key=login,
                number=f"E{index:05}",
                phone=f"138{index:08}",
                email=f"{login}@example.com",
                hired_on=date(2015, 1, 1) + timedelta(days=self._chance.randrange(3_600)),
                active=self._chance.random() < 0.95,
                position_id=position.id,
                department_id=position.department_id,
                created_at=self._moment,
                updated_at=self._moment,
            )

    def _heads(self) -> dict[UUID, UUID]:
        first: dict[UUID, UUID] = {}
        for each in self.employees:
            if each.active:
                first.setdefault(each.department_id, each.id)
        return first

    def _given_roles(self) -> Iterator[tuple[UUID, UUID]]:
        for each in self.employees:
            for role, _ in self._chance.sample(self.roles, self._chance.choice((0, 1, 1, 2))):
                yield each.id, role

    def _name(self) -> str:
        length = self._chance.choice((1, 2, 2, 2))
        return self._chance.choice(SURNAMES) + "".join(self._chance.choice(GIVEN) for _ in range(length))

    def _named(self, key: UUID, name: str) -> tuple[UUID, str, str, str]:
        return key, name, name, pinyin_key(name)

    def _id(self) -> UUID:
        # time-ordered, as the product's own
        self._moment += timedelta(seconds=1)
        stamp = int(self._moment.timestamp() * 1000)
        return UUID(int=stamp << 80 | 0x7 << 76 | 0b10 << 62 | self._chance.getrandbits(62))
