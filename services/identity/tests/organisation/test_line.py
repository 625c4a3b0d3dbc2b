"""The reporting line: every superior, nearest first, right after whatever happened to the tree."""

from __future__ import annotations

import random
from uuid import UUID

from founded.house import House
from identity.domain.line import superiors


def line(house: House, login_name: str) -> list[str]:
    """The login names of somebody's superiors, nearest first."""
    found = house.store.rows(
        "SELECT s.login_name FROM employee e, unnest(e.line) WITH ORDINALITY AS l (id, place)"
        " JOIN employee s ON s.id = l.id WHERE e.login_name = %s ORDER BY l.place",
        (login_name,),
    )
    return [row[0] for row in found]


def expect_every_line_is_right(house: House) -> None:
    """Compares what is stored with what the rule says of the tree as it is."""
    departments = {row[0]: row[1:] for row in house.store.rows("SELECT id, parent_id, head_id, path FROM department")}
    people = house.store.rows("SELECT id, active, department_id, department_path, line FROM employee")
    active = {row[0] for row in people if row[1]}
    for person, _, department, path, stored in people:
        heads: list[UUID] = []
        walked: list[str] = []
        at = department
        while at is not None:
            parent, head, _ = departments[at]
            walked.insert(0, str(at))
            if head in active:
                heads.append(head)
            at = parent
        assert path == departments[department][2] == "/" + "/".join(walked) + "/"
        assert tuple(stored) == superiors(person, heads)


def test_a_head_reports_to_the_head_above(house: House) -> None:
    company = house.root
    sales = house.department("销售部", company)
    team = house.department("一组", sales)
    ceo, director, lead, li = (
        house.employee(name, house.position(name, where))
        for name, where in (("ceo", company), ("director", sales), ("lead", team), ("li", team))
    )
    for department, head in ((company, ceo), (sales, director), (team, lead)):
        house.head(department, head)

    assert line(house, "li") == ["lead", "director", "ceo"]
    assert line(house, "lead") == ["director", "ceo"]
    assert line(house, "director") == ["ceo"]
    assert line(house, "ceo") == []
    assert li["supervisor_id"] is None  # when he was created nobody led his department


def test_who_heads_two_levels_reports_to_whoever_is_above_both(house: House) -> None:
    sales = house.department("销售部")
    middle = house.department("华东区", sales)
    team = house.department("一组", middle)
    wang = house.employee("wang", house.position("p", team))
    deputy = house.employee("deputy", house.position("p", middle))
    ceo = house.employee("ceo", house.position("p", house.root))
    li = house.employee("li", house.position("q", team))
    for department, head in ((house.root, ceo), (sales, wang), (middle, deputy), (team, wang)):
        house.head(department, head)

    assert line(house, "wang") == ["ceo"]
    assert line(house, "deputy") == ["wang", "ceo"]
    assert line(house, "li") == ["wang", "deputy", "ceo"]
    assert li["name"] == "li"


def test_a_disabled_head_is_nobody_s_superior_until_he_is_enabled(house: House) -> None:
    sales = house.department("销售部")
    team = house.department("一组", sales)
    director, lead = (
        house.employee("director", house.position("p", sales)),
        house.employee("lead", house.position("p", team)),
    )
    house.employee("li", house.position("q", team))
    house.head(sales, director)
    house.head(team, lead)
    known = len(house.events())

    disabled = house.call(house.admin, "disable_employee", id=lead["id"], version=1)["employee"]
    without = line(house, "li")
    told = [(kind, data["name"]) for kind, data in house.events()[known:]]
    house.call(house.admin, "enable_employee", id=lead["id"], version=disabled["version"])

    assert without == ["director"]
    assert told == [("employee.disabled", "lead"), ("employee.placed", "li")]
    assert line(house, "li") == ["lead", "director"]
    assert house.get("departments", team["id"], "head_id") == {"head_id": lead["id"]}


def test_a_new_or_moved_employee_has_his_line_at_once(house: House) -> None:
    sales, service = house.department("销售部"), house.department("客服部")
    p, q = house.position("p", sales), house.position("q", service)
    house.head(sales, house.employee("seller", p))
    house.head(service, house.employee("server", q))
    li = house.employee("li", p)
    first = line(house, "li")
    house.call(house.admin, "move_employee", id=li["id"], version=1, position_id=q["id"])

    assert (first, line(house, "li")) == (["seller"], ["server"])


def test_lines_and_paths_stay_right_through_many_random_changes(house: House) -> None:
    rng = random.Random(7)
    departments = [house.root]
    for number in range(12):
        departments.append(house.department(f"d{number}", rng.choice(departments)))
    positions = [house.position("p", each) for each in departments]
    people = [house.employee(f"e{number}", rng.choice(positions)) for number in range(15)]
    for step in range(60):
        what = rng.randrange(4)
        department = house.get("departments", rng.choice(departments)["id"])
        person = house.get("employees", rng.choice(people)["id"])
        if what == 0:
            house.head(department, rng.choice([person, None]) if person["active"] else None)
        elif what == 1:
            target = rng.choice(departments)["id"]
            path = house.store.rows("SELECT path FROM department WHERE id = %s", (target,))[0][0]
            if f"/{department['id']}/" not in path:
                house.call(
                    house.admin,
                    "update_department",
                    id=department["id"],
                    version=department["version"],
                    parent_id=target,
                    name=f"d-{step}",
                )
        elif what == 2:
            house.call(
                house.admin,
                "move_employee",
                id=person["id"],
                version=person["version"],
                position_id=rng.choice(positions)["id"],
            )
        else:
            method = "disable_employee" if person["active"] else "enable_employee"
            house.call(house.admin, method, id=person["id"], version=person["version"])
        expect_every_line_is_right(house)
    assert len(house.events("employee.placed")) > 50
