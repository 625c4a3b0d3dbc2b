"""The journal is the truth: identity's records rebuilt from their events equal the tables (BYD-05)."""

from __future__ import annotations

import random

import pytest

from crm_common.journal.rebuild import verify
from founded.house import House
from identity.views.rebuilt import TABLES


def busy(house: House) -> None:
    """A little of everything."""
    rng = random.Random(3)
    sales = house.preset("SALES")["id"]
    departments = [house.department(f"d{number}") for number in range(4)]
    positions = [house.position("p", each, *([sales] if number % 2 else [])) for number, each in enumerate(departments)]
    people = [house.employee(f"e{number}", rng.choice(positions), phone="8001") for number in range(6)]
    house.head(departments[0], people[0])
    house.call(house.admin, "update_department", id=departments[2]["id"], version=1, parent_id=departments[1]["id"])
    house.call(
        house.admin, "reorder_departments", ids=[departments[3]["id"], departments[0]["id"], departments[1]["id"]]
    )
    house.call(house.admin, "set_position_roles", id=positions[0]["id"], version=1, role_ids=[sales])
    house.call(house.admin, "update_employee", id=people[1]["id"], version=1, name="李", hired_on="2026-01-02")
    house.call(house.admin, "move_employee", id=people[2]["id"], version=1, position_id=positions[3]["id"])
    house.call(house.admin, "disable_employee", id=people[3]["id"], version=1)
    house.call(house.admin, "update_company", version=1, short_name="华信", fiscal_year_start=4)
    spare = house.department("spare")
    house.call(house.admin, "delete_department", id=spare["id"], version=1)
    unused = house.position("unused", departments[0])
    house.call(house.admin, "delete_position", id=unused["id"], version=1)


@pytest.mark.parametrize("aggregate", TABLES)
def test_byd_05_records_rebuilt_from_their_events_equal_the_tables(house: House, aggregate: str) -> None:
    busy(house)

    assert list(verify(house.store, aggregate, TABLES[aggregate])) == []


def test_byd_05_a_change_behind_the_journal_s_back_is_found(house: House) -> None:
    a = house.department("A")
    with house.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE department SET name = 'B' WHERE id = %s", (a["id"],))

    (found,) = verify(house.store, "department", TABLES["department"])

    assert (found.subject, found.field, found.journal, found.table) == (f"department/{a['id']}", "name", "A", "B")
