"""Acceptance walk, step 3, through GraphQL alone: roles, visibility, data scopes, API clients, audit and parameters."""

from __future__ import annotations

from typing import Any

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import Company, Refusal, do, mutation, refused, refuses, until

pytestmark = pytest.mark.infra

COUNT = "{ employees(first: 100) { totalCount nodes { name } } }"
NO_RIGHT = "You do not have the right for this ({}).", "您没有此操作的权限（{}）。"
HIDDEN = "The module {} is not open to you.", "您无权访问模块“{}”。"


@pytest.fixture(scope="module")
def company(system: System) -> Company:
    return Company(system)


def missing(key: str) -> Refusal:
    """The refusal for a right that somebody lacks."""
    en, zh = NO_RIGHT
    return Refusal("FORBIDDEN", None, en.format(key), zh.format(key))


def test_walk_3_idn_14_16_roles_from_presets_hide_a_module_from_sellers(company: Company) -> None:
    sellers = company.role("卖方", copyOf=company.preset("SALES"))
    company.employee("s1", company.position("销售", company.department("步骤三")), sellers)
    person = company.first_login("s1")
    modules = "{ me { modules } }"
    shown = person.ask(modules)["modules"]
    assert shown[:3] == ["organisation", "customer", "sales"]
    assert "finance" in shown
    assert person.ask("{ departments(first: 1) { nodes { id } } }")["nodes"] == [{"id": company.root}]
    hidden = do(company.admin, "updateRole", "role { hidden }", id=sellers, version=1, hidden=["organisation"])
    assert hidden["role"] == {"hidden": ["organisation"]}
    until(lambda: person.ask(modules)["modules"] == shown[1:], "the hidden module", seconds=1)
    en, zh = HIDDEN
    assert refused(person, "{ departments { totalCount } }") == Refusal(
        "FORBIDDEN", None, en.format("org"), zh.format("org")
    )
    do(company.admin, "updateRole", id=sellers, version=2, hidden=[])
    until(lambda: person.ask(modules)["modules"] == shown, "the module again", seconds=1)


def test_idn_14_a_role_in_use_is_deleted_only_with_a_replacement(company: Company) -> None:
    used, other = company.role("旧角色", "org.view"), company.role("新角色", "role.view")
    employee = company.employee("roled", company.position("岗", company.department("换角色")), used)
    assert refuses(company.admin, "deleteRole", id=used, version=1) == Refusal(
        "BAD_STATE",
        "replaceWith",
        "旧角色 is held by 1 employees and 0 positions; name a replacement.",
        "角色“旧角色”仍被 1 名员工和 0 个岗位使用，请指定替代角色。",
    )
    assert do(company.admin, "deleteRole", "deletedId", id=used, version=1, replaceWith=other)["deletedId"] == used
    found = company.admin.ask("query($id: ID!) { employee(id: $id) { roles { name } } }", id=employee)
    assert found == {"roles": [{"name": "新角色"}]}
    assert refuses(company.admin, "createRole", name="新角色") == Refusal(
        "DUPLICATE", "name", "There is already a role 新角色.", "已有角色“新角色”。"
    )


def test_idn_15_two_users_with_different_roles_one_may_and_one_may_not(company: Company) -> None:
    position = company.position("岗", company.department("两人"))
    company.employee("editor", position, company.role("可编辑", "org.view", "org.edit"))
    company.employee("looker", position, company.role("可查看", "org.view"))
    editor, looker = company.first_login("editor"), company.first_login("looker")
    assert (
        do(editor, "createDepartment", "department { name }", name="由编辑者建")["department"]["name"] == "由编辑者建"
    )
    assert refuses(looker, "createDepartment", name="由查看者建") == missing("org.edit")


def test_idn_17_an_operation_taken_from_a_role_is_closed_while_the_view_stays(company: Company) -> None:
    role = company.role("操作点", "org.view", "org.edit")
    company.employee("operator", company.position("岗", company.department("操作点")), role)
    person = company.first_login("operator")
    do(person, "createDepartment", name="之前")
    do(company.admin, "updateRole", id=role, version=1, permissions=["org.view"])
    until(lambda: person.ask("{ me { permissions } }")["permissions"] == ["org.view"], "the lost right", seconds=1)
    assert person.ask("{ departments(first: 1) { nodes { name } } }")["nodes"] == [{"name": "我的公司"}]
    assert refuses(person, "createDepartment", name="之后") == missing("org.edit")


def test_idn_18_a_new_employee_has_the_roles_of_his_position_without_another_call(company: Company) -> None:
    role = company.role("随岗", "org.view", "role.view")
    department = company.department("随岗")
    position = company.position("带角色", department, role)
    company.employee("positioned", position)
    person = company.first_login("positioned")
    found = person.ask("{ me { permissions roles { name byPosition } } }")
    assert found == {"permissions": ["org.view", "role.view"], "roles": [{"name": "随岗", "byPosition": True}]}
    do(company.admin, "setPositionRoles", id=position, version=1, roleIds=[])
    until(lambda: person.ask("{ me { permissions } }")["permissions"] == [], "the end of the role", seconds=1)
    assert refused(person, "{ departments { totalCount } }") == missing("org.view")


def test_idn_19_the_same_query_answers_one_some_and_all_by_scope(company: Company) -> None:
    department, elsewhere = company.department("范围"), company.department("他处")
    position = company.position("岗", department)
    roles = {scope: company.role(f"范围 {scope}", "org.view", scope=scope) for scope in ("SELF", "TEAM", "ALL")}
    company.employee("scope.self", position, roles["SELF"])
    head = company.employee("scope.team", position, roles["TEAM"])
    company.employee("scope.all", company.position("岗", elsewhere), roles["ALL"])
    do(company.admin, "setDepartmentHead", id=department, version=1, headId=head)
    seen = {name: company.first_login(f"scope.{name}").ask(COUNT) for name in ("self", "team", "all")}
    assert seen["self"] == {"totalCount": 1, "nodes": [{"name": "scope.self"}]}
    assert seen["team"] == {"totalCount": 2, "nodes": [{"name": "scope.self"}, {"name": "scope.team"}]}
    everybody = company.admin.ask(COUNT)
    assert seen["all"] == everybody
    assert everybody["totalCount"] == len(everybody["nodes"]) > 3


def test_idn_19_who_is_outside_of_the_scope_does_not_exist(company: Company) -> None:
    role = company.role("自己", "org.view", "org.employee.edit", scope="SELF")
    department = company.department("自己")
    position = company.position("岗", department)
    company.employee("alone", position, role)
    other = company.employee("unseen", position)
    person = company.first_login("alone")
    assert person.ask("query($id: ID!) { employee(id: $id) { name } }", id=other) is None
    assert person.ask("query($id: ID!) { node(id: $id) { id } }", id=other) is None
    assert refuses(person, "updateEmployee", id=other, version=1, name="x") == Refusal(
        "NOT_FOUND", "id", "There is no such record.", "记录不存在。"
    )
    inside = "query($id: ID!) { department(id: $id) { employees { name } } }"
    assert person.ask(inside, id=department) == {"employees": [{"name": "alone"}]}


def test_idn_24_another_zone_stands_in_the_profile_and_in_the_parameters(company: Company) -> None:
    profile = company.admin.ask("{ company { version timezone } }")
    changed = do(
        company.admin, "updateCompany", "company { timezone }", version=profile["version"], timezone="Asia/Tokyo"
    )
    assert changed["company"] == {"timezone": "Asia/Tokyo"}
    asked = '{ settings(keys: ["sys.timezone"]) { value } }'
    assert company.admin.ask(asked) == [{"value": '"Asia/Tokyo"'}]
    version = company.admin.ask("{ company { version } }")["version"]
    assert refuses(company.admin, "updateCompany", version=version, timezone="Mars/Base") == Refusal(
        "VALIDATION", "timezone", "There is no time zone Mars/Base.", "没有时区“Mars/Base”。"
    )
    do(company.admin, "updateCompany", version=version, timezone="Asia/Shanghai")


def test_idn_25_an_api_client_does_what_its_scopes_say_until_it_is_revoked(company: Company) -> None:
    made = do(company.admin, "createApiClient", "apiClient { id key } secret", name="商城", permissions=["org.view"])
    client, secret = made["apiClient"], made["secret"]
    program = Person(company.system.url)
    given = {"in": {"key": client["key"], "secret": secret}}
    answer = program.ask(mutation("loginApiClient", "tokens { accessToken refreshToken }"), **given)["tokens"]
    assert answer["refreshToken"] is None
    program.token = answer["accessToken"]
    assert program.ask("{ departments(first: 1) { nodes { id } } }")["nodes"] == [{"id": company.root}]
    assert refuses(program, "createDepartment", name="x") == missing("org.edit")
    do(company.admin, "revokeApiClient", id=client["id"], version=1)
    asked = "{ departments { totalCount } }"
    until(lambda: "errors" in program.send(asked), "the end of the token", seconds=1)
    assert refused(program, asked) == Refusal("UNAUTHENTICATED", None, "Please log in.", "请先登录。")
    program.token = None
    assert refuses(program, "loginApiClient", **given["in"]) == Refusal(
        "VALIDATION", None, "The key or the secret is wrong.", "Key 或密钥错误。"
    )


def test_idn_25_a_client_gets_no_right_that_its_maker_lacks(company: Company) -> None:
    role = company.role("集成", "api_client.edit", "org.view")
    company.employee("integrator", company.position("岗", company.department("集成")), role)
    person = company.first_login("integrator")
    assert refuses(person, "createApiClient", name="x", permissions=["org.edit"]) == Refusal(
        "VALIDATION",
        "permissions",
        "You cannot give org.edit: you do not hold it.",
        "您没有权限“org.edit”，不能授予。",
    )


def log(company: Company, **wanted: Any) -> list[dict[str, Any]]:
    document = """query($id: String, $type: String) { auditLog(recordId: $id, recordType: $type, first: 50) {
        nodes { type actorName address changes } } }"""
    found: list[dict[str, Any]] = company.admin.ask(document, **wanted)["nodes"]
    return found


def test_aud_01_the_log_says_who_did_what_with_before_and_after_and_masks_phones(company: Company) -> None:
    employee = company.employee(
        "audited", company.position("岗", company.department("审计")), phone="13812345678", email="a@example.com"
    )
    do(company.admin, "updateEmployee", id=employee, version=1, name="改名", phone="13987654321")
    found = [each for each in log(company, id=employee) if each["type"] == "employee.updated"]
    assert found == [
        {
            "type": "employee.updated",
            "actorName": "管理员",
            "address": "127.0.0.1",
            "changes": {"name": ["audited", "改名"], "phone": ["138****5678", "139****4321"]},
        }
    ]
    company.first_login("audited")
    logins = company.admin.ask('{ auditLog(recordType: "session", first: 20) { nodes { type actorName } } }')["nodes"]
    assert {"type": "session.started", "actorName": "改名"} in logins
    assert "13812345678" not in str(company.admin.send("{ auditLog(first: 100) { nodes { data changes } } }"))


def test_aud_01_no_mutation_touches_the_log_and_reading_it_is_a_right(company: Company) -> None:
    schema = company.admin.ask("{ __schema { mutationType { fields { name } } } }")
    names = {field["name"] for field in schema["mutationType"]["fields"]}
    assert "createDepartment" in names
    audits_of_finance = {"auditContract", "auditPerformance"}
    assert {name for name in names if "audit" in name.lower() or "journal" in name.lower()} == audits_of_finance
    company.employee("curious", company.position("岗", company.department("好奇")), company.role("好奇", "org.view"))
    person = company.first_login("curious")
    assert refused(person, "{ auditLog(first: 1) { nodes { type } } }") == missing("audit.view")


def test_sys_01_a_parameter_holds_at_once_and_keeps_its_range(company: Company) -> None:
    position = company.position("岗", company.department("参数"))
    long = {"name": "短", "loginName": "short", "positionId": position, "initialPassword": "Abcdefgh1"}
    changed = do(company.admin, "changeSetting", "setting { value }", key="auth.password_length", value="10")
    assert changed["setting"] == {"value": "10"}
    assert refuses(company.admin, "createEmployee", **long) == Refusal(
        "VALIDATION",
        "initialPassword",
        "A password has at least 10 characters, letters and digits among them.",
        "密码至少 10 位，且须同时包含字母和数字。",
    )
    refusal = refuses(company.admin, "changeSetting", key="auth.password_length", value="7")
    assert (refusal.code, refusal.field) == ("VALIDATION", "value")
    assert refuses(company.admin, "changeSetting", key="no.such", value="7") == Refusal(
        "NOT_FOUND", "key", "There is no setting no.such.", "没有名为“no.such”的参数。"
    )
    do(company.admin, "changeSetting", key="auth.password_length", value=None, reason="back")
    do(company.admin, "createEmployee", **long)
    history = company.admin.ask('{ settingHistory(key: "auth.password_length") { before value changedByName reason } }')
    assert history == [
        {"before": "10", "value": "8", "changedByName": "管理员", "reason": "back"},
        {"before": "8", "value": "10", "changedByName": "管理员", "reason": None},
    ]
