"""What other services tell of a customer's sales restarts its days and stands on its timeline (CUS-15, 32).

The events are published by a service that sells, in one process and over RabbitMQ.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_common.context import Context
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from ledger.waiting import until
from probe.house import SEAL, House
from probe.running import Loop
from selling import ENVIRONMENT, TOLD, number
from serving.alone import employee
from serving.both_modes import Separate, databases, over_rabbit, stores_of
from shop import protocol
from shop.service import ShopService

pytestmark = [pytest.mark.infra, pytest.mark.timeout(240)]

LI = employee("sold.li", "customer.view", "customer.create")


@pytest.fixture(autouse=True, scope="module")
def known() -> Iterator[None]:
    """The shop is known while these tests run."""
    with protocol.known():
        yield


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def local(postgres_server: SharedPostgres, loop: Loop) -> Iterator[House]:
    """Both in this process."""
    with databases(postgres_server, ("customer", "shop")) as made, stores_of(made) as stores:
        runtime = LocalRuntime(seal=SEAL, threads=6)
        runtime.add(CustomerService, store=stores["customer"], settings=GivenSettings(), environment=ENVIRONMENT)
        runtime.add(ShopService, store=stores["shop"], settings=GivenSettings())
        runtime.start()
        yield House("local", loop, runtime.client, runtime.feed, stores)
        assert runtime.stop(20)


@pytest.fixture(scope="module")
def broker(
    postgres_server: SharedPostgres, rabbitmq_vhost: str, loop: Loop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Each in a process of its own."""
    told = {name: TOLD[name] for name in ("CUSTOMER_KEY_SECRET", "CRM_OBJECTS_FOLDER")}
    services = [
        Separate(CustomerService, ["shop", "CustomerService", "CustomerSettings"], told),
        Separate(ShopService, ["shop", "ShopService", "ServiceSettings"]),
    ]
    with (
        databases(postgres_server, ("customer", "shop")) as made,
        over_rabbit(rabbitmq_vhost, services, made, loop, tmp_path_factory.mktemp("sold")) as house,
    ):
        yield house


@pytest.fixture(scope="module", params=["local", "broker"])
def house(request: pytest.FixtureRequest) -> House:
    """Each of the two in turn."""
    found: House = request.getfixturevalue(request.param)
    return found


def asking() -> Context:
    """The context of a call of li's."""
    return Context(actor=LI, correlation_id="sold", deadline=time.time() + 30, language="zh")


def customer(house: House) -> str:
    """A new customer of li's."""
    given = {"name": "客户", "phone": number(), "select": {"customer": '[["id","id"]]'}}
    return str(house.call("customer", "create_customer", given, asking())["customer"]["id"])


def sold(house: House, customer_id: str, record: str, at: datetime, title: str) -> None:
    """The shop tells of a sale."""
    given = {"customer_id": customer_id, "record": record, "at": at.isoformat(), "title": title}
    assert house.call("shop", "sell", given, asking()) == {"noted": True}


def timeline(house: House, customer_id: str) -> list[tuple[Any, ...]]:
    """What sales records stand on a customer's timeline, latest first."""
    return house.stores["customer"].rows(
        "SELECT channel, kind, text, employee_id FROM timeline_entry WHERE customer_id = %s AND subject = %s"
        " AND kind LIKE 'sales_record.%%' ORDER BY happened_at DESC",
        (customer_id, f"customer/{customer_id}"),
    )


def anchor(house: House, customer_id: str) -> datetime:
    """From when a customer's days are counted."""
    [(found,)] = house.stores["customer"].rows("SELECT anchor_at FROM customer WHERE id = %s", (customer_id,))
    return datetime.fromisoformat(str(found))


def test_orders_and_calls_of_other_services_stand_on_the_timeline_and_restart_the_days(house: House) -> None:
    of = customer(house)
    now = datetime.now(UTC)
    order, call = now + timedelta(minutes=2), now + timedelta(minutes=1)
    sold(house, of, "ORDER", order, "订单 A-1")
    sold(house, of, "CALL", call, "说要再来")
    until(lambda: len(timeline(house, of)) == 2, "both on the timeline")
    assert timeline(house, of) == [
        ("SALES", "sales_record.order", "订单 A-1", LI.id),
        ("PHONE", "sales_record.call", "说要再来", LI.id),
    ]
    assert anchor(house, of) == order


def test_a_sale_of_a_customer_that_is_not_there_disturbs_nobody(house: House) -> None:
    of = customer(house)
    sold(house, "018f2f6e-0000-7000-8000-000000000001", "ORDER", datetime.now(UTC), "nobody's")
    sold(house, of, "QUOTE", datetime.now(UTC) + timedelta(minutes=1), "报价")
    until(lambda: len(timeline(house, of)) == 1, "the quote on the timeline")
    assert house.stores["customer"].rows("SELECT count(*) FROM inbox WHERE attempts > 0") == [(0,)]
