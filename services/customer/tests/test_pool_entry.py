"""Customers that come into the pool are given out by rule (CUS-39), once for each entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_common.clock import FixedClock
from crm_common.context import Actor, system_context
from crm_common.settings_data import GivenSettings
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, created, events_of, known, number, seller
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

CLOCK = FixedClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
CHIEF = employee("entry.chief", "assign_rule.edit", "pool.create", "pool.view", "customer.view", customer="ALL")


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """The service by a clock that the tests move on."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT, clock=CLOCK) as served:
        settings = served.runtime.services["customer"].scheduler.host.settings
        assert isinstance(settings, GivenSettings)
        settings.values["sys.allow_time_travel"] = True
        yield served


@pytest.fixture(autouse=True)
def nothing_is_left(service: Alone) -> Iterator[None]:
    """No rule, and nobody who waits for one, is left for the next test."""
    yield
    for each in service.call(CHIEF, "assign_rules", first=100)["nodes"]:
        service.call(CHIEF, "delete_assign_rule", id=each["id"], version=each["version"])
    offered(service)


def offered(service: Alone) -> int:
    """How many the job gives out, a minute later."""
    CLOCK.moment += timedelta(minutes=1)
    context = system_context("customer", correlation_id="test")
    scheduler = service.runtime.services["customer"].scheduler
    run = scheduler.run_now("customer.assign_pool", context, as_of=CLOCK.moment)
    assert run["outcome"] == "DONE", run
    return int(run["report"]["assigned"])


def rule(service: Alone, way: str, *people: Actor, **given: Any) -> None:
    """A new rule for customers."""
    values = {"name": "公海规则", "kind": "CUSTOMER", "way": way, "employee_ids": [str(each.id) for each in people]}
    service.call(CHIEF, "create_assign_rule", **values | given)


def pooled(service: Alone, **given: Any) -> str:
    """A new customer in the pool."""
    values = {"name": f"公海 {number()}", "phone": number()} | given
    return str(service.call(CHIEF, "create_pool_customer", **values)["customer"]["id"])


def owner(service: Alone, customer_id: str) -> str | None:
    """In whose name a customer is."""
    found: str | None = service.call(CHIEF, "customers_by_ids", ids=[customer_id])[0]["owner_id"]
    return found


def test_cus_39_a_new_pool_customer_of_the_north_goes_to_wang_and_another_stays(service: Alone) -> None:
    wang = seller(service, "entry.wang")
    rule(service, "PERSON", wang, regions=["beijing"])
    north, south = pooled(service, region="beijing"), pooled(service, region="guangdong")
    assert offered(service) == 1
    assert (owner(service, north), owner(service, south)) == (str(wang.id), None)
    [data] = [data for kind, data in events_of(service.store, f"customer/{north}") if kind == "customer.assigned"]
    assert data["reason"] == "公海规则"
    assert offered(service) == 0


def test_who_was_in_the_pool_before_a_rule_stays_there(service: Alone) -> None:
    before = pooled(service)
    assert offered(service) == 0
    wang = seller(service, "entry.late")
    rule(service, "PERSON", wang)
    assert offered(service) == 0
    after = pooled(service)
    assert offered(service) == 1
    assert (owner(service, before), owner(service, after)) == (None, str(wang.id))


def test_a_released_customer_goes_to_the_next_in_turn_but_not_back(service: Alone) -> None:
    one = known(service, employee("entry.one", "customer.view", "customer.create", "customer.edit", "customer.release"))
    two = seller(service, "entry.two")
    rule(service, "TURN", one, two)
    of = created(service, one)["id"]
    service.call(one, "release_customers", ids=[of], reason="无意向")
    assert offered(service) == 1
    assert owner(service, of) == str(two.id)


def test_an_entry_of_this_very_moment_is_left_for_the_next_run(service: Alone) -> None:
    rule(service, "PERSON", seller(service, "entry.soon"))
    CLOCK.moment += timedelta(minutes=1)
    of = pooled(service)
    CLOCK.moment -= timedelta(seconds=40)
    assert offered(service) == 0
    assert owner(service, of) is None
    assert offered(service) == 1
