"""The demo company's customers: believable, spread over the ninety days, loaded once."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from crm_common.context import Actor, ActorKind
from customer.demo.invented import TOTAL, TWIN_OF, customers, twin
from customer.domain.phone import normalised
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, seller
from serving.alone import alone

pytestmark = pytest.mark.infra

EMBEDDED = Actor(kind=ActorKind.SYSTEM, id=uuid4(), name="system:embedded")


def test_the_invented_customers_are_the_same_every_time_and_none_is_another() -> None:
    once, again = list(customers()), list(customers())
    assert [each.data for each in once] == [each.data for each in again]
    keys = {(normalised(each.data["phone"]), each.data["name"]) for each in once}
    assert len(keys) == len(once) == TOTAL


def test_they_are_shared_by_the_sellers_and_a_part_waits_in_the_pool(postgres_server: SharedPostgres) -> None:
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as service:
        li, wu = seller(service, "demo.li"), seller(service, "demo.wu")
        sellers = {"owner_ids": [li.id, wu.id]}
        assert service.call(EMBEDDED, "load_demo_customers", **sellers) == {"loaded": TOTAL + 1}
        assert service.call(EMBEDDED, "load_demo_customers", **sellers) == {"loaded": 0}
        holdings = Counter(row[0] for row in service.store.rows("SELECT holding FROM customer"))
        assert holdings == {"OWNED": 301, "POOL": 60}
        [(first, last)] = service.store.rows(
            "SELECT extract(day FROM now() - max(owned_since)), extract(day FROM now() - min(owned_since))"
            " FROM customer WHERE holding = 'OWNED'"
        )
        assert (first, last) == (0, 88)
        events = Counter(service.events())
        assert events.pop("customer.created") == TOTAL + 1
        assert events == {
            "consent.changed": 2, "credit.evaluated": 1, "credit.proposed": 2, "solution_plan.created": 1,
            "dataquality.report_ready": 1,
        }  # fmt: skip
        pairs = service.store.rows(
            "SELECT a.name, b.name, f.reason FROM quality_finding f JOIN customer a ON a.id = f.customer_id"
            " JOIN customer b ON b.id = f.other_id WHERE f.kind = 'DUPLICATE'"
        )
        [name] = [each.data["name"] for place, each in enumerate(customers()) if place == TWIN_OF]
        assert (name, twin().data["name"], "NEAR_NAME") in pairs
