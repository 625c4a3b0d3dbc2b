"""A company in which everybody sits somewhere and sees so far: four departments, five scopes each, customers of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from standing.person import Person
from standing.systems import System
from walking.company import Company, do, mutation, until

SCOPES = ("SELF", "TEAM", "DEPT", "DEPT_TREE", "ALL")
TREE = {"东区": None, "东一部": "东区", "西区": None, "西一部": "西区"}
CODES = {"东区": "dq", "东一部": "dy", "西区": "xq", "西一部": "xy"}
KEYS = (
    *("customer.view", "customer.create", "customer.edit", "customer.follow", "customer.merge"),
    *("credit.view", "credit.edit", "org.view"),
)


@dataclass(slots=True)
class Seat:
    """Somebody: where he sits, how far he sees, what is his."""

    login: str
    department: str
    scope: str
    pool: bool
    id: str = ""
    person: Person | None = None
    customer: str = ""
    contact: str = ""

    @property
    def phone(self) -> str:
        """The number of his customer, which nobody else may read."""
        return f"139{abs(hash_of(self.login)) % 10**8:08}"


def hash_of(text: str) -> int:
    """The same number for the same text in every process."""
    return int.from_bytes(text.encode(), "big") % 99_999_989


@dataclass(slots=True)
class World:
    """Everybody by login name, and the ids of what lies in the pool."""

    system: System
    seats: dict[str, Seat]
    heads: dict[str, Seat]
    root: str = ""
    pool: list[str] = field(default_factory=list)

    def line(self, seat: Seat) -> list[Seat]:
        """His superiors, nearest first (IDN-03): the head of his department, for a head the next one above."""
        found: list[Seat] = []
        department: str | None = seat.department
        while department is not None:
            head = self.heads[department]
            if head is not seat:
                found.append(head)
            department = TREE[department]
        return found

    def reaches(self, viewer: Seat, owner: Seat) -> bool:
        """Features §2: whether the records of ``owner`` are in the scope of ``viewer``."""
        if viewer is owner or viewer.scope == "ALL":
            return True
        if viewer.scope == "TEAM":
            return viewer in self.line(owner)
        if viewer.scope == "DEPT":
            return viewer.department == owner.department
        return viewer.scope == "DEPT_TREE" and _within(owner.department, viewer.department)

    def sees(self, viewer: Seat, kind: str, record: str, customer: str | None = None) -> bool | None:
        """Whether he may see the record by any path; None: no oracle for this kind.

        What belongs to a customer (``customer``: its id) is seen exactly by those who see the customer.
        """
        if customer is not None:
            return _customer(self, viewer, customer)
        oracle = _ORACLES.get(kind)
        return None if oracle is None else oracle(self, viewer, record)

    def records(self, kind: str) -> list[str]:
        """The ids of all records of a kind that the oracle knows."""
        seats = list(self.seats.values())
        if kind == "Customer":
            return [each.customer for each in seats] + self.pool
        return [getattr(each, _FIELDS[kind]) for each in seats]


def _within(department: str | None, above: str) -> bool:
    while department is not None:
        if department == above:
            return True
        department = TREE[department]
    return False


def _by_owner(name: str) -> Callable[[World, Seat, str], bool]:
    def oracle(world: World, viewer: Seat, record: str) -> bool:
        return any(getattr(each, name) == record and world.reaches(viewer, each) for each in world.seats.values())

    return oracle


def _customer(world: World, viewer: Seat, record: str) -> bool:
    return (record in world.pool and viewer.pool) or _by_owner("customer")(world, viewer, record)


_FIELDS = {"Customer": "customer", "Contact": "contact"}
_ORACLES: dict[str, Callable[[World, Seat, str], bool]] = {"Customer": _customer, "Contact": _by_owner("contact")}
"""Grow this with each service: kind → who sees which record."""


def build(system: System) -> World:
    """The company, through GraphQL as anybody would make it."""
    company = Company(system)
    departments: dict[str, str] = {}
    for name, above in TREE.items():
        departments[name] = company.department(name, departments.get(above or ""))
    roles = {
        (scope, pool): company.role(
            f"{scope} {pool}",
            *KEYS,
            *(("pool.view",) if pool else ()),
            scope=scope,
            scopes=[{"module": "org", "scope": "ALL"}],
        )
        for scope in SCOPES
        for pool in (False, True)
    }
    seats = {}
    for name, department in departments.items():
        position = company.position("专员", department)
        for place, scope in enumerate(SCOPES):
            seat = Seat(f"{CODES[name]}-{scope.lower()}", name, scope, pool=place % 2 == 0)
            seat.id = company.employee(seat.login, position, roles[scope, seat.pool])
            seats[seat.login] = seat
    heads = {name: seats[f"{CODES[name]}-team"] for name in TREE}
    for name, head in heads.items():
        given = {
            "id": departments[name],
            "headId": head.id,
            "version": company.version("department", departments[name]),
        }
        do(company.admin, "setDepartmentHead", **given)
    world = World(system, seats, heads)
    for seat in seats.values():
        _begin(company, seat)
    for number in range(3):
        given = {"kind": "COMPANY", "name": f"公海 {number}", "phone": f"1370000000{number}"}
        made = do(company.admin, "createPoolCustomer", "customer { id }", **given)
        world.pool.append(made["customer"]["id"])
    # what is known of every customer is too little: a finding for each
    do(company.admin, "runJob", "run { outcome }", name="customer.data_quality")
    return world


def _begin(company: Company, seat: Seat) -> None:
    """His first login, his customer and its contact."""
    seat.person = company.first_login(seat.login)
    made = until(lambda: _made(seat), f"{seat.login} is known to the customer service")
    seat.customer = made["customer"]["id"]
    plan = {"customerId": seat.customer, "title": "方案"}
    do(seat.person, "createSolutionPlan", "solutionPlan { id }", **plan)
    credit = {"customerId": seat.customer, "grade": "B", "creditLimit": "1000"}
    do(seat.person, "createCreditEvaluation", "creditEvaluation { id }", **credit)
    given: dict[str, Any] = {"customerId": seat.customer, "name": f"{seat.login} 的联系人", "phones": []}
    follow_up = {"customerId": seat.customer, "type": "VISIT", "content": "拜访"}
    do(seat.person, "createFollowUp", "followUp { id }", **follow_up)
    seat.contact = do(seat.person, "createContact", "contact { id }", **given)["contact"]["id"]


def _made(seat: Seat) -> dict[str, Any] | None:
    assert seat.person is not None
    given = {"name": f"{seat.login} 客户", "phone": seat.phone, "kind": "COMPANY"}
    answer = seat.person.send(mutation("createCustomer", "customer { id }"), **{"in": given})
    found: dict[str, Any] | None = (answer.get("data") or {}).get("createCustomer")
    return found if found and found["customer"] else None
