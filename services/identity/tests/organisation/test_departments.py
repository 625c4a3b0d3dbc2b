"""Departments end to end (IDN-01, 02, 03)."""

from __future__ import annotations

from typing import Any

from founded.house import House


def named(house: House, **arguments: Any) -> list[str]:
    """The names of the departments in the order of the answer."""
    return [each["name"] for each in house.call(house.admin, "departments", **arguments)["nodes"]]


def test_idn_01_departments_form_a_tree(house: House) -> None:
    a = house.department("销售部")
    b = house.department("华东区", a)

    assert (b["parent_id"], b["depth"], b["version"]) == (a["id"], 2, 1)
    assert named(house) == ["华信科技有限公司", "销售部", "华东区"]


def test_idn_01_a_department_s_records_come_with_it(house: House) -> None:
    sales = house.department("销售部")
    seller = house.position("销售", sales)
    li = house.employee("li", seller)
    house.department("华东区", sales)
    house.head(sales, li)
    select = (
        '[["n","name"],["parent","parent",{},[["name","name"]]],["head","head",{},[["name","name"]]],'
        '["children","children",{},[["name","name"]]],["positions","positions",{},[["name","name"]]],'
        '["employees","employees",{"first":5},[["name","name"]]],["count","employee_count"]]'
    )

    shown = house.call(house.admin, "departments_by_ids", ids=[sales["id"]], select=select)

    assert shown == [
        {
            "n": "销售部",
            "parent": {"name": "华信科技有限公司"},
            "head": {"name": "li"},
            "children": [{"name": "华东区"}],
            "positions": [{"name": "销售"}],
            "employees": [{"name": "li"}],
            "count": 1,
        }
    ]


def test_idn_01_creating_tells_everything_about_the_department(house: House) -> None:
    root = house.root
    created = house.call(
        house.admin, "create_department", name="  销售  部 ", parent_id=root["id"], code="S", description="卖"
    )["department"]

    path = f"/{root['id']}/{created['id']}/"
    assert house.events("department.created")[-1] == (
        "department.created",
        {
            "department_id": created["id"],
            "name": "销售 部",
            "parent_id": root["id"],
            "path": path,
            "changes": {
                "name": [None, "销售 部"],
                "code": [None, "S"],
                "description": [None, "卖"],
                "parent_id": [None, root["id"]],
                "path": [None, path],
                "rank": [None, 0],
            },
        },
    )


def test_idn_01_a_department_cannot_be_moved_below_itself(house: House) -> None:
    a = house.department("A")
    b = house.department("B", a)

    refusal = house.refused(house.admin, "update_department", id=a["id"], version=1, parent_id=b["id"])
    itself = house.refused(house.admin, "update_department", id=a["id"], version=1, parent_id=a["id"])

    assert (refusal.code, refusal.rule, refusal.field) == (
        "VALIDATION",
        "a_department_cannot_move_below_itself",
        "parent_id",
    )
    assert itself == refusal


def test_idn_01_siblings_have_different_names_case_and_width_do_not_count(house: House) -> None:
    a = house.department("Sales")
    house.department("Ｓales", a)

    refusal = house.refused(house.admin, "create_department", name="ＳＡＬＥＳ", parent_id=house.root["id"])
    b = house.department("B")
    renamed = house.refused(house.admin, "update_department", id=b["id"], version=1, name=" sales ")
    moved = house.refused(house.admin, "update_department", id=b["id"], version=1, name="sALES", parent_id=a["id"])

    for each in (refusal, renamed, moved):
        assert (each.code, each.rule, each.field) == (
            "DUPLICATE",
            "sibling_departments_have_different_names",
            "name",
        )


def test_idn_01_roots_are_siblings_too(house: House) -> None:
    refusal = house.refused(house.admin, "create_department", name="华信科技有限公司")

    assert refusal.code == "DUPLICATE"


def test_idn_01_only_an_empty_department_is_deleted(house: House) -> None:
    a = house.department("A")
    b = house.department("B", a)

    refusal = house.refused(house.admin, "delete_department", id=a["id"], version=1)
    deleted = house.call(house.admin, "delete_department", id=b["id"], version=1)
    last = house.call(house.admin, "delete_department", id=a["id"], version=1)

    assert (refusal.code, refusal.details) == (
        "BAD_STATE",
        {"name": "A", "departments": 1, "positions": 0, "employees": 0},
    )
    assert (deleted, last) == ({"deleted_id": b["id"]}, {"deleted_id": a["id"]})
    assert named(house) == ["华信科技有限公司"]
    assert [event["name"] for _, event in house.events("department.deleted")] == ["B", "A"]


def test_idn_01_a_department_with_a_position_or_a_former_employee_is_not_empty(house: House) -> None:
    a = house.department("A")
    position = house.position("p", a)
    refusal = house.refused(house.admin, "delete_department", id=a["id"], version=1)
    li = house.employee("li", position)
    house.call(house.admin, "disable_employee", id=li["id"], version=1)
    inhabited = house.refused(house.admin, "delete_department", id=a["id"], version=1)

    assert refusal.details == {"name": "A", "departments": 0, "positions": 1, "employees": 0}
    assert inhabited.details == {"name": "A", "departments": 0, "positions": 1, "employees": 1}


def test_idn_01_editing_needs_the_key(house: House) -> None:
    seller = house.employee("li", house.position("p", house.department("A")), house.preset("SALES")["id"])
    actor = house.actor(seller["id"])

    refusal = house.refused(actor, "create_department", name="B", parent_id=house.root["id"])
    nobody = house.refused(None, "create_department", name="B")

    assert (refusal.code, refusal.details) == ("FORBIDDEN", {"permission": "org.edit"})
    assert nobody.code == "UNAUTHENTICATED"
    assert house.call(actor, "departments")["nodes"][1]["name"] == "A"


def test_a_stale_version_is_a_conflict(house: House) -> None:
    a = house.department("A")
    house.call(house.admin, "update_department", id=a["id"], version=1, name="B")

    edits: dict[str, dict[str, Any]] = {
        "update_department": {"name": "C"},
        "set_department_head": {"head_id": None},
        "delete_department": {},
    }
    for method, payload in edits.items():
        refusal = house.refused(house.admin, method, id=a["id"], version=1, **payload)
        assert (refusal.code, refusal.details) == ("CONFLICT", {"current": 2})


def test_what_does_not_exist_is_not_found(house: House) -> None:
    nowhere = "00000000-0000-7000-8000-000000000000"

    for method in ("update_department", "set_department_head", "delete_department"):
        assert house.refused(house.admin, method, id=nowhere, version=1).code == "NOT_FOUND"
    below = house.refused(house.admin, "create_department", name="A", parent_id=nowhere)
    assert (below.code, below.field) == ("VALIDATION", "parent_id")


def test_a_blank_or_too_long_name_is_refused(house: House) -> None:
    blank = house.refused(house.admin, "create_department", name=" \u3000 ")
    empty = house.refused(house.admin, "create_department", name="")
    long = house.refused(house.admin, "create_department", name="x" * 101)

    assert (blank.code, blank.rule, blank.field) == ("VALIDATION", "a_name_is_not_blank", "name")
    assert (empty.code, empty.field) == (long.code, long.field) == ("VALIDATION", "name")


def test_updating_to_what_is_there_changes_nothing(house: House) -> None:
    a = house.department("A")
    before = house.rows()

    answer = house.call(house.admin, "update_department", id=a["id"], version=1, name="A", parent_id=a["parent_id"])

    assert answer["department"]["version"] == 1
    assert house.rows() == before


def test_moving_takes_everything_below_along_and_tells_of_each(house: House) -> None:
    a, b = house.department("A"), house.department("B")
    c = house.department("C", b)
    d = house.department("D", c)
    li = house.employee("li", house.position("p", d))
    root = house.root["id"]
    known = len(house.events())

    moved = house.call(house.admin, "update_department", id=b["id"], version=1, parent_id=a["id"])["department"]

    assert (moved["parent_id"], moved["depth"], moved["version"]) == (a["id"], 2, 2)
    assert named(house) == ["华信科技有限公司", "A", "B", "C", "D"]
    old, new = f"/{root}/{b['id']}/", f"/{root}/{a['id']}/{b['id']}/"
    told = house.events()[known:]
    assert [(kind, data["name"], data["changes"]) for kind, data in told] == [
        ("department.updated", "B", {"parent_id": [root, a["id"]], "path": [old, new], "rank": [1, 0]}),
        ("department.updated", "C", {"path": [f"{old}{c['id']}/", f"{new}{c['id']}/"]}),
        ("department.updated", "D", {"path": [f"{old}{c['id']}/{d['id']}/", f"{new}{c['id']}/{d['id']}/"]}),
        (
            "employee.placed",
            "li",
            {"department_path": [f"{old}{c['id']}/{d['id']}/", f"{new}{c['id']}/{d['id']}/"]},
        ),
    ]
    assert told[-1][1]["department_path"] == f"{new}{c['id']}/{d['id']}/"
    assert house.store.rows("SELECT department_path FROM employee WHERE id = %s", (li["id"],)) == [
        (f"{new}{c['id']}/{d['id']}/",)
    ]


def test_renaming_tells_everybody_in_the_department(house: House) -> None:
    a = house.department("A")
    house.employee("li", house.position("p", a))
    house.employee("wu", house.position("q", house.department("B", a)))
    known = len(house.events())

    house.call(house.admin, "update_department", id=a["id"], version=1, name="Z")

    assert [(kind, data["name"], data["changes"]) for kind, data in house.events()[known:]] == [
        ("department.updated", "Z", {"name": ["A", "Z"]}),
        ("employee.placed", "li", {"department_name": ["A", "Z"]}),
    ]
    assert house.events()[-1][1]["department_name"] == "Z"


def test_idn_02_siblings_are_reordered_and_stay_so_in_every_list(house: House) -> None:
    a, b, c = (house.department(name) for name in "abc")
    house.department("below b", b)

    answer = house.call(house.admin, "reorder_departments", ids=[c["id"], a["id"], b["id"]])

    assert [each["name"] for each in answer["departments"]] == ["c", "a", "b"]
    assert named(house) == ["华信科技有限公司", "c", "a", "b", "below b"]
    assert named(house, filter={"parent_id": {"eq": house.root["id"]}}) == ["c", "a", "b"]
    select = '[["c","children",{},[["n","name"]]]]'
    shown = house.call(house.admin, "departments_by_ids", ids=[house.root["id"]], select=select)
    assert shown == [{"c": [{"n": "c"}, {"n": "a"}, {"n": "b"}]}]
    assert [(data["name"], data["changes"]) for _, data in house.events("department.reordered")] == [
        ("c", {"rank": [2, 0]}),
        ("a", {"rank": [0, 1]}),
        ("b", {"rank": [1, 2]}),
    ]


def test_idn_02_a_new_department_is_the_last(house: House) -> None:
    a, b = house.department("a"), house.department("b")
    house.call(house.admin, "reorder_departments", ids=[b["id"], a["id"]])
    house.department("c")

    assert named(house) == ["华信科技有限公司", "b", "a", "c"]


def test_idn_02_an_order_names_every_sibling_exactly_once(house: House) -> None:
    a, b = house.department("a"), house.department("b")
    c = house.department("c", b)
    nowhere = "00000000-0000-7000-8000-000000000000"

    for ids in ([a["id"]], [a["id"], a["id"]], [a["id"], b["id"], c["id"]], [a["id"], nowhere], [nowhere]):
        refusal = house.refused(house.admin, "reorder_departments", ids=ids)
        assert (refusal.code, refusal.field) == ("VALIDATION", "ids")


def test_idn_03_the_head_is_the_supervisor_of_the_members(house: House) -> None:
    sales = house.department("销售部")
    team = house.department("一组", sales)
    position, below = house.position("p", sales), house.position("p", team)
    boss, li, wu = house.employee("boss", position), house.employee("li", position), house.employee("wu", below)
    known = len(house.events())

    headed = house.head(sales, boss)

    assert (headed["head_id"], headed["version"]) == (boss["id"], 2)
    assert house.get("employees", li["id"], "supervisor_id") == {"supervisor_id": boss["id"]}
    assert house.get("employees", wu["id"], "supervisor_id") == {"supervisor_id": boss["id"]}
    assert house.get("employees", boss["id"], "supervisor_id") == {"supervisor_id": None}
    told = house.events()[known:]
    assert told[0][0] == "department.head_changed"
    assert (told[0][1]["head_id"], told[0][1]["former_head_id"]) == (boss["id"], None)
    assert {(kind, data["name"], tuple(data["line"])) for kind, data in told[1:]} == {
        ("employee.placed", "li", (boss["id"],)),
        ("employee.placed", "wu", (boss["id"],)),
    }


def test_idn_03_the_head_s_team_holds_the_members(house: House) -> None:
    sales = house.department("销售部")
    position = house.position("p", sales, house.role("组长", "org.view", scope="TEAM")["id"])
    boss, li = house.employee("boss", position), house.employee("li", position)
    before = house.call(house.actor(boss["id"]), "employees")["nodes"]

    house.head(sales, boss)

    assert [each["name"] for each in before] == ["boss"]
    assert [each["name"] for each in house.call(house.actor(boss["id"]), "employees")["nodes"]] == ["boss", "li"]
    assert [each["name"] for each in house.call(house.actor(li["id"]), "employees")["nodes"]] == ["li"]


def test_idn_03_a_head_is_an_active_employee(house: House) -> None:
    sales = house.department("销售部")
    li = house.employee("li", house.position("p", sales))
    house.call(house.admin, "disable_employee", id=li["id"], version=1)

    for head_id in (li["id"], "00000000-0000-7000-8000-000000000000"):
        refusal = house.refused(house.admin, "set_department_head", id=sales["id"], version=1, head_id=head_id)
        assert (refusal.code, refusal.rule, refusal.field) == (
            "VALIDATION",
            "a_head_is_an_active_employee",
            "head_id",
        )


def test_idn_03_a_department_can_lose_its_head(house: House) -> None:
    sales = house.department("销售部")
    position = house.position("p", sales)
    boss, li = house.employee("boss", position), house.employee("li", position)
    house.head(sales, boss)
    house.head(sales, None)

    assert house.get("employees", li["id"], "supervisor_id") == {"supervisor_id": None}
    assert house.events("department.head_changed")[-1][1]["former_head_id"] == boss["id"]
