"""The journal is the truth: customers rebuilt from their events equal the table, whatever became of them (BYD-05)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from crm_common.journal.rebuild import verify
from customer.views.rebuilt import TABLES
from dealing.firm import MANAGER, POOL_ADMIN, Firm
from dealing.firm import firm as founded
from infra.postgres import SharedPostgres
from selling import number

pytestmark = pytest.mark.infra


@pytest.fixture
def firm(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with founded(postgres_server) as made:
        yield made


def differences(firm: Firm) -> list[str]:
    found = verify(firm.store, "customer", TABLES["customer"])
    return [f"{each.subject} {each.field}: {each.journal!r} {each.table!r}" for each in found]


def test_byd_05_customers_rebuilt_from_their_events_equal_the_table(firm: Firm) -> None:
    house = firm.house
    department = house.department("销售部")
    keys = (*MANAGER, *POOL_ADMIN, "customer.edit", "customer.follow", "pool.create")
    li, wang = (firm.employee(name, department, *keys, customer="ALL", pool="ALL") for name in ("li", "wang"))
    made = [
        firm.call(li, "create_customer", name=f"客户{place}", phone=number(), region="beijing", remark="见面")
        for place in range(6)
    ]
    ids = [UUID(each["customer"]["id"]) for each in made]
    firm.call(li, "create_pool_customer", name="公海客户", phone=number())
    firm.call(li, "update_customer", id=ids[0], version=1, name="新名字", address="中山路 1 号", remark=None)
    firm.call(li, "create_follow_up", customer_id=ids[0], type="PHONE", content="有意向")
    assert firm.codes(li, "release_customers", ids[1:4], reason="无人接听") == [None] * 3
    assert firm.codes(wang, "claim_customers", ids[1:2]) == [None]
    assert firm.codes(li, "discard_customers", ids[2:4], reason="空号") == [None] * 2
    assert firm.codes(li, "restore_customers", ids[3:4]) == [None]
    assert firm.codes(li, "transfer_customers", ids[4:5], to_id=wang.id) == [None]
    firm.run(firm.clock.now() + timedelta(days=91))

    assert differences(firm) == []


def test_byd_05_a_row_changed_behind_the_journal_s_back_is_found_by_the_job(firm: Firm) -> None:
    li = firm.person("li", "customer.create", "customer.view", customer="ALL")
    made = firm.call(li, "create_customer", name="原名", phone=number())["customer"]["id"]
    with firm.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE customer SET name = '改名' WHERE id = %s", (made,))

    run = firm.as_system("run_job", name="customer.journal_verify")["run"]

    assert run["report"]["sound"] is False
    assert run["report"]["differences"] == [f"customer/{made}: name"]
    assert run["report"]["chain"] == []
