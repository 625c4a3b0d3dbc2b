"""What is measured: documents, their variables (the same for every contender), and the SQL of the direct answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.company import GIVEN
from bench.prepare import Prepared
from crm_common.ids import to_global

PAGE = """
query Page($department: ID!) {
  employees(departmentId: $department, first: 50, orderBy: [{field: NAME}]) {
    nodes {
      id name number phone email active hiredOn createdAt version
      department { id name } position { id name } roles { id name }
    }
    pageInfo { hasNextPage }
  }
}
"""
ONE = """
query One($id: ID!) {
  employee(id: $id) {
    id name number phone email avatarUrl bio active hiredOn disabledAt createdAt updatedAt version
    department { id name parent { id name } }
    position { id name }
    supervisor { id name department { id name } }
    roles { id name }
    headedDepartments { id name }
  }
}
"""
TEAM = """
query Team($id: ID!) {
  department(id: $id) {
    id name code description createdAt updatedAt version
    parent { id name }
    head { id name phone position { id name } }
    positions { id name description version }
    employees { id name number phone email hiredOn position { id name } }
  }
}
"""
FILTERED = """
query Filtered($text: String!) {
  employees(filter: {name: {contains: $text}, active: {eq: true}}, first: 20, orderBy: [{field: NAME}]) {
    totalCount
    nodes { id name number phone hiredOn department { id name } position { id name } }
  }
}
"""
CREATE = """
mutation Create($input: CreatePositionInput!) {
  createPosition(input: $input) {
    position { id name version createdAt department { id name } }
    userErrors { code }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of request. ``variables(number)`` are those of the ``number``-th request, equal in every run."""

    key: str
    name: str
    document: str
    variables: Callable[[int], dict[str, Any]]
    undo: str = ""
    """What takes the written away again, so that every run begins with the same rows."""
    table: str = "position"
    """What is written to."""
    service: str = "identity"
    """Whose database answers."""

    @property
    def writes(self) -> bool:
        """Whether requests change anything."""
        return bool(self.undo)


def workloads(prepared: Prepared) -> list[Workload]:
    """All of them, reading first."""
    departments = [to_global("Department", each) for each in prepared.departments]
    company = [to_global("Department", each) for each in prepared.company]
    employees = [to_global("Employee", each) for each in prepared.employees]

    def chosen(number: int, among: list[str]) -> str:
        return random.Random(number).choice(among)

    return [
        Workload("Q1", "page of 50 employees", PAGE, lambda number: {"department": chosen(number, departments)}),
        Workload("Q2", "one employee in detail", ONE, lambda number: {"id": chosen(number, employees)}),
        Workload("Q2d", "one department with 20 people", TEAM, lambda number: {"id": chosen(number, departments)}),
        Workload("Q3", "filtered list with count", FILTERED, lambda number: {"text": chosen(number, list(GIVEN))}),
        Workload(
            "M1", "create a position", CREATE,
            lambda number: {"input": {"name": f"新岗位 {number}", "departmentId": chosen(number, company)}},
            undo="DELETE FROM position WHERE name LIKE '新岗位 %'",
        ),
    ]  # fmt: skip
