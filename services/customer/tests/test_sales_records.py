"""What other services tell of a customer's sales restarts its days and stands on its timeline (CUS-15, 32).

The events are published by a service that sells, in one process and over RabbitMQ.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crm_common import migrations, provision
from crm_common.context import Context
from crm_common.provision import Provisioned
from crm_common.runtime.broker_client import BrokerClient
from crm_common.runtime.broker_feed import BrokerFeed
from crm_common.runtime.declaration import declared_subscriptions
from crm_common.runtime.local import LocalRuntime
from crm_common.runtime.topology import declare_all
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from ledger.waiting import until
from probe.house import SEAL, House
from probe.running import SECRET, Loop
from selling import ENVIRONMENT, TOLD, number
from serving.alone import employee
from shop import protocol
from shop.service import ShopService

pytestmark = [pytest.mark.infra, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[3]
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


@contextmanager
def databases(server: SharedPostgres) -> Iterator[tuple[dict[str, Provisioned], dict[str, Store]]]:
    """A migrated database for each of the two, and a look into it."""
    with ExitStack() as closing:
        made: dict[str, Provisioned] = {}
        for service in ("customer", "shop"):
            url = server.create_database(service)
            name = url.partition("?")[0].rpartition("/")[2]
            server.drop_database(url)
            made[service] = provision.database(server.url, service, name=name)
            closing.callback(server.drop_database, made[service].url)
            migrations.run(made[service].owner_url, service)
        stores = {service: Store(each.url, service=service) for service, each in made.items()}
        for store in stores.values():
            closing.callback(store.close)
        yield made, stores


@pytest.fixture(scope="module")
def local(postgres_server: SharedPostgres, loop: Loop) -> Iterator[House]:
    """Both in this process."""
    with databases(postgres_server) as (_, stores):
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
    folder = tmp_path_factory.mktemp("sold")
    with databases(postgres_server) as (made, stores), ExitStack() as closing:
        for cls in (CustomerService, ShopService):
            declare_all(rabbitmq_vhost, cls.name, declared_subscriptions(cls))
        for service, names in (
            ("customer", ["CustomerService", "CustomerSettings"]),
            ("shop", ["ShopService", "ServiceSettings"]),
        ):
            closing.callback(_end, _started(service, names, made[service], rabbitmq_vhost, folder))
        for service in ("customer", "shop"):
            until(partial(_said, folder / f"{service}.log"), f"{service} says that it started", 60)
        client, feed = BrokerClient(rabbitmq_vhost, seal=SEAL), BrokerFeed(rabbitmq_vhost)
        loop.run(client.start())
        closing.callback(lambda: loop.run(client.close()))
        loop.run(feed.start())
        closing.callback(lambda: loop.run(feed.close()))
        yield House("broker", loop, client, feed, stores)


def _started(
    service: str, names: list[str], database: Provisioned, amqp_url: str, folder: Path
) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "CRM_AMQP_URL": amqp_url,
        "CRM_CLUSTER_SECRET": SECRET,
        "CRM_METRICS_PORT": "0",
        f"{service.upper()}_DATABASE_URL": database.url,
        "CUSTOMER_KEY_SECRET": TOLD["CUSTOMER_KEY_SECRET"],
        "CRM_OBJECTS_FOLDER": TOLD["CRM_OBJECTS_FOLDER"],
    }
    with (folder / f"{service}.log").open("wb") as log:
        command = [sys.executable, "-m", "shop", *names, "run"]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)


def _said(log: Path) -> bool:
    return "service.started" in log.read_text()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(40)


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
