"""Sets up departments, positions, people and roles through GraphQL, and reads refusals in both languages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standing.person import Person
from standing.systems import System

FIRST, OWN = "First-pass-1", "Second-pass-2"
"""The password somebody is given, and the one he takes at his first login."""
_ERRORS = "userErrors { code message field }"


@dataclass(frozen=True)
class Refusal:
    """A refusal as both readers see it."""

    code: str
    field: str | None
    en: str
    zh: str


def mutation(operation: str, selection: str = "") -> str:
    """The document of a mutation with its input as ``$in``."""
    kind = operation[0].upper() + operation[1:]
    return f"mutation($in: {kind}Input!) {{ {operation}(input: $in) {{ {selection} {_ERRORS} }} }}"


def do(person: Person, operation: str, selection: str = "", /, **given: Any) -> Any:
    """The payload of a mutation that must succeed."""
    return person.ask(mutation(operation, selection), **{"in": given})


def said(response: dict[str, Any]) -> tuple[str, str | None, str]:
    """Code, field and message of a response's one refusal, whether it came as data or as an error."""
    if "errors" in response:
        [error] = response["errors"]
        return error["extensions"]["code"], error["extensions"].get("field"), error["message"]
    [found] = response["data"].values()
    [refusal] = found["userErrors"]
    return refusal["code"], refusal["field"], refusal["message"]


def refused(person: Person, document: str, **variables: Any) -> Refusal:
    """The same operation sent twice, by an English and by a Chinese reader: it is refused alike."""
    found = []
    for language in ("en", "zh-CN"):
        reader = Person(person.url, language=language, token=person.token)
        found.append(said(reader.send(document, **variables)))
    (code, field, en), (code_again, field_again, zh) = found
    assert (code, field) == (code_again, field_again)
    return Refusal(code, field, en, zh)


def refuses(person: Person, operation: str, /, **given: Any) -> Refusal:
    """The refusal of a mutation."""
    return refused(person, mutation(operation), **{"in": given})


def until(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """The condition's first true answer; asked again and again, for features say "within"."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"{what} did not come within {seconds} s"
        time.sleep(0.02)
    return found


class Company:
    """A system with a founded company, and its first administrator."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.admin = system.admin()
        [self.root] = (each["id"] for each in self.admin.ask("{ departments(first: 1) { nodes { id } } }")["nodes"])

    def department(self, name: str, parent: str | None = None) -> str:
        """A new department, below the company when no parent is named."""
        made = do(self.admin, "createDepartment", "department { id }", name=name, parentId=parent or self.root)
        return str(made["department"]["id"])

    def position(self, name: str, department: str, *roles: str) -> str:
        """A new position with its default roles."""
        given = {"name": name, "departmentId": department, "defaultRoleIds": list(roles)}
        return str(do(self.admin, "createPosition", "position { id }", **given)["position"]["id"])

    def employee(self, login: str, position: str, *roles: str, **more: Any) -> str:
        """A new employee; name and login name are the same."""
        given = {"name": login, "loginName": login, "positionId": position, "initialPassword": FIRST} | more
        made = do(self.admin, "createEmployee", "employee { id }", roleIds=list(roles), **given)
        return str(made["employee"]["id"])

    def role(self, name: str, *permissions: str, **more: Any) -> str:
        """A new role."""
        made = do(self.admin, "createRole", "role { id }", name=name, permissions=list(permissions), **more)
        return str(made["role"]["id"])

    def preset(self, code: str) -> str:
        """The id of a preset role."""
        found = self.admin.ask("{ roles(first: 100) { nodes { id code } } }")["nodes"]
        [role] = (each["id"] for each in found if each["code"] == code)
        return str(role)

    def first_login(self, login: str) -> Person:
        """Somebody who logs in for the first time and takes a password of his own."""
        person = self.system.person()
        person.log_in(login, FIRST, OWN)
        return person

    def version(self, kind: str, record: str) -> int:
        """The present version of a record: kind is its query's name."""
        found = self.admin.ask(f"query($id: ID!) {{ {kind}(id: $id) {{ version }} }}", id=record)
        return int(found["version"])
