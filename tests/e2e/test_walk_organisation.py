"""Acceptance walk, steps 1 and 2, through GraphQL alone: departments, positions, employees and their accounts."""

from __future__ import annotations

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import FIRST, OWN, Company, Refusal, do, mutation, refused, refuses, until

pytestmark = pytest.mark.infra

TREE = """query($parent: ID!) { departments(filter: {parentId: {eq: $parent}}) { nodes { name } } }"""
NAMES = """query($in: ID!, $deep: Boolean! = false) { employees(departmentId: $in, includeChildren: $deep) {
    totalCount nodes { name } } }"""
LOGIN = mutation("login", "tokens { accessToken }")
NO_SESSION = Refusal("UNAUTHENTICATED", None, "Please log in.", "请先登录。")


@pytest.fixture(scope="module")
def company(system: System) -> Company:
    return Company(system)


def names(company: Company, department: str, *, deep: bool = False) -> list[str]:
    found = company.admin.ask(NAMES, **{"in": department}, deep=deep)
    assert found["totalCount"] == len(found["nodes"])
    return sorted(each["name"] for each in found["nodes"])


def test_walk_1_idn_01_02_a_tree_of_departments_is_made_and_reordered(company: Company) -> None:
    head = company.department("总部")
    made = {name: company.department(name, head) for name in ("销售部", "财务部", "客服部")}
    order = [made[name] for name in ("客服部", "销售部", "财务部")]
    answer = do(company.admin, "reorderDepartments", "departments { name rank }", ids=order)
    assert answer["departments"] == [
        {"name": "客服部", "rank": 0},
        {"name": "销售部", "rank": 1},
        {"name": "财务部", "rank": 2},
    ]
    for _ in range(2):
        found = company.admin.ask(TREE, parent=head)
        assert [each["name"] for each in found["nodes"]] == ["客服部", "销售部", "财务部"]
    assert refuses(company.admin, "reorderDepartments", ids=order[:2]) == Refusal(
        "VALIDATION",
        "ids",
        "A new order names all records at this place, each exactly once.",
        "排序必须包含同级的全部记录，且每个只出现一次。",
    )


def test_idn_01_no_cycle_no_namesake_among_siblings_and_only_an_empty_department_goes(company: Company) -> None:
    a = company.department("A")
    b = company.department("B", a)
    assert refuses(company.admin, "updateDepartment", id=a, version=1, parentId=b) == Refusal(
        "VALIDATION", "parentId", "A cannot be placed below itself.", "不能将部门“A”移到它自己或其下级部门之下。"
    )
    assert refuses(company.admin, "createDepartment", name=" a ", parentId=company.root) == Refusal(
        "DUPLICATE", "name", "There is already a department a here.", "同级部门中已有“a”。"
    )
    assert refuses(company.admin, "deleteDepartment", id=a, version=1) == Refusal(
        "BAD_STATE",
        None,
        "A still has 1 departments, 0 positions and 0 employees.",
        "部门“A”下还有 1 个部门、0 个岗位、0 名员工，不能删除。",
    )
    assert do(company.admin, "deleteDepartment", "deletedId", id=b, version=1)["deletedId"] == b
    assert company.admin.ask(TREE, parent=a)["nodes"] == []
    assert company.admin.ask("query($id: ID!) { department(id: $id) { id } }", id=b) is None


def test_idn_03_a_head_has_the_members_in_his_team(company: Company) -> None:
    department = company.department("带领")
    team = company.role("带领", "org.view", scope="TEAM")
    position = company.position("组员", department)
    head = company.employee("heading", position, team)
    company.employee("member", position)
    person = company.first_login("heading")
    seen = "{ employees { nodes { name } } }"
    assert person.ask(seen)["nodes"] == [{"name": "heading"}]
    answer = do(
        company.admin, "setDepartmentHead", "department { head { name } }", id=department, version=1, headId=head
    )
    assert answer["department"] == {"head": {"name": "heading"}}
    both = [{"name": "heading"}, {"name": "member"}]
    until(lambda: person.ask(seen)["nodes"] == both, "the team", seconds=1)
    supervisor = "query($id: ID!) { employees(departmentId: $id) { nodes { name supervisor { name } } } }"
    assert company.admin.ask(supervisor, id=department)["nodes"] == [
        {"name": "heading", "supervisor": None},
        {"name": "member", "supervisor": {"name": "heading"}},
    ]


def test_idn_03_a_head_is_an_active_employee(company: Company) -> None:
    department = company.department("无首")
    gone = company.employee("gone", company.position("岗", department))
    do(company.admin, "disableEmployee", id=gone, version=1)
    assert refuses(company.admin, "setDepartmentHead", id=department, version=1, headId=gone) == Refusal(
        "VALIDATION", "headId", "The head must be an active employee.", "部门负责人必须是在职员工。"
    )


def test_idn_04_a_position_belongs_to_a_department_and_goes_only_unused(company: Company) -> None:
    assert refuses(company.admin, "createPosition", name="无部门") == Refusal(
        "VALIDATION",
        "departmentId",
        "Create a department first: a position belongs to one.",
        "岗位必须属于一个部门，请先选择部门。",
    )
    department = company.department("岗位")
    used, unused = company.position("在用", department), company.position("空缺", department)
    company.employee("holder", used)
    assert refuses(company.admin, "deletePosition", id=used, version=1) == Refusal(
        "BAD_STATE", None, "在用 is held by 1 employees.", "岗位“在用”上还有 1 名员工，不能删除。"
    )
    assert do(company.admin, "deletePosition", "deletedId", id=unused, version=1)["deletedId"] == unused
    left = "query($id: ID!) { positions(departmentId: $id) { nodes { name } } }"
    assert company.admin.ask(left, id=department)["nodes"] == [{"name": "在用"}]


def test_walk_2_idn_05_an_employee_needs_a_position_and_changes_his_password_first(company: Company) -> None:
    assert refuses(company.admin, "createEmployee", name="无岗", loginName="no.position") == Refusal(
        "VALIDATION",
        "positionId",
        "Choose a position: department, position, employee, in this order.",
        "请先选择岗位（顺序：部门 → 岗位 → 员工）。",
    )
    position = company.position("新人", company.department("入职"))
    company.employee("Newcomer", position, company.role("入职", "org.view"))
    person = company.system.person()
    assert person.log_in("newcomer", FIRST)["mustChangePassword"] is True
    assert refused(person, "{ departments { totalCount } }") == Refusal(
        "FORBIDDEN", None, "Change your password before you go on.", "请先修改密码再继续操作。"
    )
    assert do(person, "changeMyPassword", "changed", oldPassword=FIRST, newPassword=OWN) == {
        "changed": True,
        "userErrors": [],
    }
    again = company.system.person()
    assert again.log_in("newcomer", OWN)["mustChangePassword"] is False
    assert again.ask("{ me { name position { name } department { name } } }") == {
        "name": "Newcomer",
        "position": {"name": "新人"},
        "department": {"name": "入职"},
    }
    assert refuses(company.admin, "createEmployee", name="x", loginName="NEWCOMER", positionId=position) == Refusal(
        "DUPLICATE", "loginName", "The login name NEWCOMER is taken.", "登录名“NEWCOMER”已被使用。"
    )


def test_idn_06_employees_are_listed_by_department_with_and_without_children(company: Company) -> None:
    above = company.department("上级")
    below = company.department("下级", above)
    company.employee("above", company.position("岗", above))
    company.employee("below", company.position("岗", below))
    assert names(company, above) == ["above"]
    assert names(company, below, deep=True) == ["below"]
    assert names(company, above, deep=True) == ["above", "below"]


def test_idn_07_who_moves_sees_the_new_department_and_no_longer_the_old(company: Company) -> None:
    old, new = company.department("旧部门"), company.department("新部门")
    role = company.role("部门", "org.view", scope="DEPT")
    there = company.position("主管", new)
    mover = company.employee("mover", company.position("主管", old), role)
    company.employee("stays", company.position("同事", old))
    company.employee("waits", company.position("同事", new))
    do(company.admin, "setDepartmentHead", id=old, version=1, headId=mover)
    person = company.first_login("mover")
    seen = "{ employees { nodes { name } } }"
    assert person.ask(seen)["nodes"] == [{"name": "mover"}, {"name": "stays"}]
    answer = do(
        company.admin,
        "moveEmployee",
        "employee { department { name } } ownedRecords { total kinds { service kind total } }",
        id=mover,
        version=company.version("employee", mover),
        positionId=there,
    )
    assert answer["employee"] == {"department": {"name": "新部门"}}
    owned = {"total": 1, "kinds": [{"service": "identity", "kind": "department", "total": 1}]}
    assert answer["ownedRecords"] == owned
    until(lambda: person.ask(seen)["nodes"] == [{"name": "mover"}, {"name": "waits"}], "the new scope", seconds=1)


def test_idn_08_a_disabled_account_is_dead_at_once_and_may_return(company: Company) -> None:
    department = company.department("离职")
    leaver = company.employee("leaver", company.position("岗", department))
    person = company.first_login("leaver")
    assert person.ask("{ me { name } }") == {"name": "leaver"}
    version = company.version("employee", leaver)
    answer = do(company.admin, "disableEmployee", "employee { active version }", id=leaver, version=version)
    assert answer["employee"]["active"] is False
    until(lambda: "errors" in person.send("{ me { name } }"), "the end of the session", seconds=1)
    assert refused(person, "{ me { name } }") == NO_SESSION
    assert company.system.person().refused(LOGIN, **{"in": {"loginName": "leaver", "password": OWN}}) == (
        "VALIDATION",
        None,
    )
    assert names(company, department) == ["leaver"]
    assert refuses(company.admin, "disableEmployee", id=leaver, version=answer["employee"]["version"]) == Refusal(
        "BAD_STATE", None, "The account of leaver is disabled already.", "“leaver”的账号已停用。"
    )
    do(company.admin, "enableEmployee", id=leaver, version=answer["employee"]["version"])
    company.system.person().log_in("leaver", OWN)
    assert refused(person, "{ me { name } }") == NO_SESSION


def test_idn_08_nobody_disables_himself_so_an_administrator_remains(company: Company) -> None:
    me = company.admin.ask("{ me { id version } }")
    assert refuses(company.admin, "disableEmployee", id=me["id"], version=me["version"]) == Refusal(
        "BAD_STATE", None, "You cannot disable your own account.", "不能停用自己的账号。"
    )


def test_idn_10_one_edits_his_contact_data_but_not_his_place(company: Company) -> None:
    department = company.department("资料")
    company.employee("profile", company.position("岗", department))
    person = company.first_login("profile")
    version = person.ask("{ me { version } }")["version"]
    for closed in ("departmentId", "name", "roleIds"):
        response = person.send(mutation("updateMyProfile"), **{"in": {"version": version, closed: department}})
        assert [each["extensions"]["code"] for each in response["errors"]] == ["VALIDATION"]
        assert f"unknown field '{closed}'" in response["errors"][0]["message"]
    do(person, "updateMyProfile", version=version, email="profile@example.com", bio="你好")
    assert person.ask("{ me { email bio department { name } } }") == {
        "email": "profile@example.com",
        "bio": "你好",
        "department": {"name": "资料"},
    }
    assert refuses(person, "updateMyProfile", version=version, bio="late") == Refusal(
        "CONFLICT",
        "version",
        f"Somebody changed this record meanwhile (version {version + 1}); load it again.",
        f"该记录已被他人修改（版本 {version + 1}），请刷新后重试。",
    )


def test_idn_23_after_a_handover_nothing_is_left_and_the_history_names_both(company: Company) -> None:
    department = company.department("交接")
    position = company.position("岗", department)
    old, new = company.employee("giver", position), company.employee("taker", position)
    do(company.admin, "setDepartmentHead", id=department, version=1, headId=old)
    assert refuses(company.admin, "handOver", fromId=old, toIds=[old]) == Refusal(
        "VALIDATION", "toIds", "The receiver must be somebody else.", "接收人不能是移交人本人。"
    )
    moved = do(company.admin, "handOver", "passedOn { kind total } left { total }", fromId=old, toIds=[new])
    assert (moved["passedOn"], moved["left"]) == ([{"kind": "department", "total": 1}], {"total": 0})
    owned = "query($id: ID!) { ownedRecords(employeeId: $id) { total } }"
    assert company.admin.ask(owned, id=old) == {"total": 0}
    history = "query($id: String!) { recordHistory(recordId: $id, first: 1) { nodes { type changes } } }"
    [entry] = company.admin.ask(history, id=department)["nodes"]
    assert entry["type"] == "department.head_changed"
    heads = company.system.rows("SELECT id::text, login_name FROM employee WHERE login_name IN ('giver', 'taker')")
    plain = {name: key for key, name in heads}
    assert entry["changes"]["head_id"] == [plain["giver"], plain["taker"]]


def test_idn_01_who_may_not_edit_the_organisation_is_told_which_right_is_missing(company: Company) -> None:
    company.employee("reader", company.position("岗", company.department("只读")), company.role("只读", "org.view"))
    person = company.first_login("reader")
    assert refuses(person, "createDepartment", name="x") == Refusal(
        "FORBIDDEN", None, "You do not have the right for this (org.edit).", "您没有此操作的权限（org.edit）。"
    )
    nobody = Person(company.system.url)
    assert refused(nobody, "{ departments { totalCount } }") == NO_SESSION
