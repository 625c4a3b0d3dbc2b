"""One working day of a company in GraphQL: what succeeds, what is refused, what is repeated."""

from __future__ import annotations

from typing import Any

from standing.person import Person
from standing.systems import System

ERRORS = "userErrors { code message field }"
CREATE_DEPARTMENT = f"""mutation($in: CreateDepartmentInput!) {{ createDepartment(input: $in) {{
    department {{ id name depth version parent {{ name }} }} {ERRORS} }} }}"""
MOVE_DEPARTMENT = f"""mutation($in: UpdateDepartmentInput!) {{ updateDepartment(input: $in) {{
    department {{ id name version parent {{ name }} }} {ERRORS} }} }}"""
DELETE_DEPARTMENT = f"mutation($in: DeleteDepartmentInput!) {{ deleteDepartment(input: $in) {{ {ERRORS} }} }}"
REORDER = f"""mutation($in: ReorderDepartmentsInput!) {{ reorderDepartments(input: $in) {{
    departments {{ name }} {ERRORS} }} }}"""
SET_HEAD = f"""mutation($in: SetDepartmentHeadInput!) {{ setDepartmentHead(input: $in) {{
    department {{ name head {{ name }} version }} {ERRORS} }} }}"""
CREATE_POSITION = f"""mutation($in: CreatePositionInput!) {{ createPosition(input: $in) {{
    position {{ id name department {{ name }} }} {ERRORS} }} }}"""
CREATE_EMPLOYEE = f"""mutation($in: CreateEmployeeInput!) {{ createEmployee(input: $in) {{
    employee {{ id name loginName version position {{ name }} roles {{ name }} supervisor {{ name }} }}
    initialPassword {ERRORS} }} }}"""
CREATE_ROLE = f"""mutation($in: CreateRoleInput!) {{ createRole(input: $in) {{
    role {{ id name permissions hidden scope }} {ERRORS} }} }}"""
DISABLE = f"""mutation($in: DisableEmployeeInput!) {{ disableEmployee(input: $in) {{
    employee {{ name active version }} {ERRORS} }} }}"""
CHANGE_SETTING = f"""mutation($in: ChangeSettingInput!) {{ changeSetting(input: $in) {{
    setting {{ key value version }} {ERRORS} }} }}"""
LOGIN = f"mutation($in: LoginInput!) {{ login(input: $in) {{ tokens {{ accessToken }} {ERRORS} }} }}"
TREE = "{ departments(first: 50) { totalCount nodes { name depth parent { name } head { name } } } }"
STAFF = """query($after: String, $filter: EmployeeFilter) { employees(first: 2, after: $after, orderBy: [{field: NAME}],
    filter: $filter) { totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { name } } } }"""


class Day:
    """Sends operations and keeps what came back."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.log: list[tuple[str, Any]] = []

    def note(self, title: str, response: dict[str, Any]) -> dict[str, Any]:
        """Keep a response under a title."""
        self.log.append((title, response))
        return response

    def do(self, person: Person, title: str, document: str, **given: Any) -> dict[str, Any]:
        """Send a mutation with its input, or a query with its variables; the value of the one root field."""
        variables = {"in": given} if "$in" in document else given
        response = self.note(title, person.send(document, **variables))
        data: dict[str, Any] = response.get("data") or {}
        return next((value for value in data.values() if value), {})


def play(system: System) -> list[tuple[str, Any]]:
    """The whole day; its log has the same titles whatever the system answers."""
    day = Day(system)
    admin = system.admin()
    ids = organisation(day, admin)
    rights(day, admin, ids)
    repetition(day, admin)
    strangers(day, admin, ids)
    return day.log


def organisation(day: Day, admin: Person) -> dict[str, str]:
    """Departments, positions, employees; IDN-01 … 08."""
    ids: dict[str, str] = {}
    ids["root"] = admin.ask("{ departments(first: 1) { nodes { id } } }")["nodes"][0]["id"]
    for name in ("销售部", "财务部", "客服部"):
        made = day.do(admin, f"create {name}", CREATE_DEPARTMENT, name=name, parentId=ids["root"])
        ids[name] = made["department"]["id"]
    day.do(admin, "a sibling of the same name", CREATE_DEPARTMENT, name=" 销售部", parentId=ids["root"])
    child = day.do(admin, "a child", CREATE_DEPARTMENT, name="华东区", parentId=ids["销售部"])
    ids["华东区"] = child["department"]["id"]
    sales = {"id": ids["销售部"], "version": 1}
    day.do(admin, "below its own child", MOVE_DEPARTMENT, **sales, parentId=ids["华东区"])
    day.do(admin, "delete what has a child", DELETE_DEPARTMENT, **sales)
    day.do(admin, "reorder", REORDER, ids=[ids[name] for name in ("客服部", "销售部", "财务部")])
    day.do(admin, "an employee without a position", CREATE_EMPLOYEE, name="无岗", loginName="nobody")
    day.do(admin, "a position without a department", CREATE_POSITION, name="销售")
    seller = day.do(admin, "a position", CREATE_POSITION, name="销售", departmentId=ids["销售部"])
    ids["seller"] = seller["position"]["id"]
    for name, login in (("张三", "zhangsan"), ("李四", "lisi"), ("王五", "wangwu")):
        person = {"name": name, "loginName": login, "positionId": ids["seller"], "initialPassword": "First-pass-1"}
        ids[login] = day.do(admin, f"employ {login}", CREATE_EMPLOYEE, **person)["employee"]["id"]
    day.do(admin, "the login name again", CREATE_EMPLOYEE, name="x", loginName="ZhangSan", positionId=ids["seller"])
    seen = admin.ask("query($id: ID!) { department(id: $id) { version } }", id=ids["销售部"])["version"]
    head = {"id": ids["销售部"], "version": seen, "headId": ids["wangwu"]}
    day.do(admin, "a head", SET_HEAD, **head)
    day.do(admin, "a head, on an old version", SET_HEAD, **head)
    day.do(admin, "the tree", TREE)
    pages(day, admin)
    return ids


def pages(day: Day, admin: Person) -> None:
    """Pages, filters and cursors that belong elsewhere."""
    first = day.do(admin, "first page", STAFF, after=None)
    cursor = first["pageInfo"]["endCursor"]
    day.do(admin, "second page", STAFF, after=cursor)
    day.do(admin, "a cursor of another filter", STAFF, after=cursor, filter={"name": {"contains": "张"}})
    day.do(admin, "no cursor at all", STAFF, after="nonsense")
    day.do(admin, "too large a page", "{ employees(first: 101) { nodes { name } } }")
    day.do(admin, "an unknown id", '{ department(id: "RGVwYXJ0bWVudDow") { name } }')


def rights(day: Day, admin: Person, ids: dict[str, str]) -> None:
    """Roles, scopes and what they close; IDN-14 … 19."""
    for name, scope in (("本人", "SELF"), ("团队", "TEAM"), ("全部", "ALL")):
        made = day.do(admin, f"role {name}", CREATE_ROLE, name=name, permissions=["org.view"], scope=scope)
        ids[scope] = made["role"]["id"]
    day.do(admin, "a role with a key that is none", CREATE_ROLE, name="x", permissions=["no.such"])
    assign = f"mutation($in: AssignRolesInput!) {{ assignRoles(input: $in) {{ {ERRORS} }} }}"
    for login, scope in (("zhangsan", "SELF"), ("wangwu", "TEAM"), ("lisi", "ALL")):
        day.do(admin, f"{login} gets {scope}", assign, employeeIds=[ids[login]], add=[ids[scope]])
    for login in ("zhangsan", "wangwu", "lisi"):
        person = day.system.person(language="zh-CN")
        person.log_in(login, "First-pass-1", "Second-pass-2")
        day.do(person, f"{login} sees", "{ employees(first: 50) { totalCount nodes { name loginName } } }")
        day.do(person, f"{login} creates", CREATE_DEPARTMENT, name="x")
        day.do(person, f"{login} looks at himself", "{ me { name modules permissions scopes { module scope } } }")
    day.do(admin, "delete a role in use", "mutation($in: DeleteRoleInput!) { deleteRole(input: $in) {"
           f" {ERRORS} }} }}", id=ids["SELF"], version=1)  # fmt: skip


def repetition(day: Day, admin: Person) -> None:
    """The same key twice, another body under it, a setting and its range."""
    for title, name in (("once", "市场部"), ("the same again", "市场部"), ("another body", "市场二部")):
        day.do(admin, title, CREATE_DEPARTMENT, name=name, idempotencyKey="key-1")
    for value in ("30", "0", '"x"'):
        day.do(admin, f"a setting to {value}", CHANGE_SETTING, key="auth.lock_minutes", value=value)


def strangers(day: Day, admin: Person, ids: dict[str, str]) -> None:
    """No session, an ended one, a disabled account."""
    nobody = day.system.person()
    day.do(nobody, "without a session", TREE)
    day.do(nobody, "a wrong password", LOGIN,
           loginName="zhangsan", password="no")  # fmt: skip
    person = day.system.person()
    person.log_in("zhangsan", "Second-pass-2")
    day.do(admin, "disable", DISABLE, id=ids["zhangsan"], version=1)
    day.do(person, "with a dead session", "{ me { name } }")
    day.do(nobody, "logging in", LOGIN,
           loginName="zhangsan", password="Second-pass-2")  # fmt: skip
