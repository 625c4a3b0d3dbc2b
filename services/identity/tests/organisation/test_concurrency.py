"""Several people change the organisation at once: one after another in effect, whatever the order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from crm_common.errors import CrmError
from crm_common.statements import line_of
from founded.house import House
from identity.store import guards


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Begins all calls at one moment; answers or codes, in order."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return call()
        except CrmError as refusal:
            return refusal.code.value

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_idn_01_two_moves_below_one_another_never_make_a_cycle(house: House) -> None:
    admin = house.admin
    for number in range(8):
        a, b = house.department(f"A{number}"), house.department(f"B{number}")
        below_a, below_b = house.department("below", a), house.department("below", b)
        moves = [
            partial(house.call, admin, "update_department", id=one["id"], version=1, parent_id=other["id"])
            for one, other in ((a, below_b), (b, below_a))
        ]

        answers = at_once(moves)

        assert sorted(isinstance(answer, dict) for answer in answers) == [False, True]
        assert "VALIDATION" in answers
    paths = house.store.rows(
        "WITH RECURSIVE tree AS (SELECT id, '/' || id || '/' AS path FROM department WHERE parent_id IS NULL"
        " UNION ALL SELECT d.id, t.path || d.id || '/' FROM department d JOIN tree t ON d.parent_id = t.id)"
        " SELECT count(*), count(*) FILTER (WHERE d.path = t.path) FROM department d LEFT JOIN tree t USING (id)"
    )
    assert paths == [(33, 33)]


def test_idn_01_of_twenty_siblings_of_one_name_created_at_once_one_is_left(house: House) -> None:
    admin, root = house.admin, house.root["id"]

    answers = at_once([lambda: house.call(admin, "create_department", name="同名", parent_id=root) for _ in range(20)])

    assert sorted(map(type, answers), key=str) == [dict] + [str] * 19
    assert answers.count("DUPLICATE") == 19


def test_idn_05_of_ten_employees_of_one_login_name_created_at_once_one_is_left(house: House) -> None:
    position = house.position("p", house.department("d"))
    admin = house.admin
    given = {"name": "li", "position_id": position["id"], "initial_password": "Pass-word-1"}

    answers = at_once([lambda: house.call(admin, "create_employee", login_name="li", **given) for _ in range(10)])

    assert answers.count("DUPLICATE") == 9
    assert house.store.rows("SELECT count(*) FROM employee WHERE login_key = 'li'") == [(1,)]


def test_an_employee_created_while_his_department_moves_stands_right(house: House) -> None:
    a, b = house.department("A"), house.department("B")
    position = house.position("p", b)
    admin = house.admin
    for number in range(6):
        department = house.get("departments", b["id"])
        target = a["id"] if number % 2 == 0 else house.root["id"]
        at_once(
            [
                partial(
                    house.call, admin, "update_department", id=b["id"], version=department["version"], parent_id=target
                ),
                *(partial(house.employee, f"e{number}-{each}", position) for each in range(4)),
            ]
        )
    wrong = house.store.rows(
        "SELECT count(*), count(*) FILTER (WHERE e.department_path <> d.path)"
        " FROM employee e JOIN department d ON d.id = e.department_id WHERE d.id = %s",
        (b["id"],),
    )
    assert wrong == [(24, 0)]


def test_idn_15_two_administrators_cannot_remove_one_another_at_once(house: House) -> None:
    role = house.preset("ADMIN")
    second = house.actor(house.employee("second", house.position("p", house.root), role["id"])["id"])
    first = house.admin
    calls = [
        lambda: house.call(first, "assign_roles", employee_ids=[str(second.id)], remove=[role["id"]]),
        lambda: house.call(second, "disable_employee", id=str(first.id), version=1),
    ]

    answers = at_once(calls)

    assert sorted(isinstance(answer, dict) for answer in answers) == [False, True]
    assert "BAD_STATE" in answers


def test_a_position_is_not_deleted_while_somebody_takes_it(house: House) -> None:
    department = house.department("d")
    admin = house.admin
    for number in range(6):
        position = house.position(f"p{number}", department)

        answers = at_once(
            [
                partial(house.call, admin, "delete_position", id=position["id"], version=1),
                partial(house.employee, f"e{number}", position),
            ]
        )

        assert sorted(isinstance(answer, dict) for answer in answers) == [False, True]
        assert ("BAD_STATE" in answers) != ("VALIDATION" in answers)


@pytest.mark.parametrize("what", ["update_department", "set_department_head", "reorder", "delete_position", "disable"])
def test_the_tree_stands_still_while_somebody_is_placed_in_it(house: House, what: str) -> None:
    a, b = house.department("A"), house.department("B")
    position = house.position("p", a)
    li = house.employee("li", house.position("q", a))
    calls: dict[str, Callable[[], Any]] = {
        "update_department": partial(
            house.call, house.admin, "update_department", id=a["id"], version=1, parent_id=b["id"]
        ),
        "set_department_head": partial(
            house.call, house.admin, "set_department_head", id=a["id"], version=1, head_id=li["id"]
        ),
        "reorder": partial(house.call, house.admin, "reorder_departments", ids=[b["id"], a["id"]]),
        "delete_position": partial(house.call, house.admin, "delete_position", id=position["id"], version=1),
        "disable": partial(house.call, house.admin, "disable_employee", id=li["id"], version=1),
    }

    assert waits_for(house, guards.place, calls[what])


@pytest.mark.parametrize("what", ["create_employee", "move_employee", "create_position"])
def test_nobody_is_placed_while_the_tree_changes(house: House, what: str) -> None:
    a = house.department("A")
    p, q = house.position("p", a), house.position("q", a)
    li = house.employee("li", p)
    calls: dict[str, Callable[[], Any]] = {
        "create_employee": partial(house.employee, "wu", p),
        "move_employee": partial(house.call, house.admin, "move_employee", id=li["id"], version=1, position_id=q["id"]),
        "create_position": partial(house.position, "r", a),
    }

    assert waits_for(house, guards.tree, calls[what])


def waits_for(house: House, lock: Callable[[sa.Connection], None], call: Callable[[], Any]) -> bool:
    """Whether the call waits while somebody holds the lock, and succeeds when it is given back."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool:
        with house.store.transaction() as connection:
            lock(connection)
            line_of(connection).send()
            running = pool.submit(call)
            until = time.monotonic() + 10
            while not running.done() and time.monotonic() < until:
                if house.store.rows(waiting)[0][0]:
                    waited = not running.done()
                    break
            else:
                waited = False
        running.result()
    return waited
