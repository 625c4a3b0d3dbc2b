"""What a demo company is given of deals: all stages, all states, by the same use cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_common.context import Actor, ActorKind
from infra.postgres import SharedPostgres
from ordering.company import Company, company

pytestmark = pytest.mark.infra
EMBEDDED = Actor(kind=ActorKind.SYSTEM, id=UUID(int=0), name="system:embedded")


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(postgres_server, tmp_path_factory.mktemp("files")) as made:
        yield made


def test_demo_deals_are_in_every_stage_with_the_orders_that_they_lead_to(firm: Company) -> None:
    seller, clerk = firm.seller("demo.seller"), firm.person("demo.clerk", "order.review", order="ALL")
    firm.sales.call(EMBEDDED, "load_demo_products")
    owners = [str(seller.id)] * 17
    papers = firm.documents.call(EMBEDDED, "load_demo_papers", owner_ids=owners)["papers"]
    deals = [{"customer_id": firm.customer_of(seller), "owner_id": str(seller.id)} | each for each in papers]
    given: dict[str, Any] = {"deals": deals, "reviewer_id": str(clerk.id)}

    assert firm.sales.call(EMBEDDED, "load_demo_sales", **given) == {"loaded": 17}
    assert firm.sales.call(EMBEDDED, "load_demo_sales", **given) == {"loaded": 0}

    found = firm.sales.call(seller, "opportunities", first=50)["nodes"]
    assert Counter(each["stage"] for each in found) == {
        "DISCOVERED": 2, "EVALUATED": 2, "FOLLOWING": 2, "NEGOTIATING": 5, "WON": 4, "LOST": 1, "ABANDONED": 1
    }  # fmt: skip
    states = Counter(each["state"] for each in firm.sales.call(seller, "orders", first=50)["nodes"])
    assert states == {
        "DRAFT": 1, "CANCELLED": 1, "PENDING_REVIEW": 1, "REJECTED": 1, "APPROVED": 2, "FULFILLED": 2
    }  # fmt: skip
    told = Counter(row[0] for row in firm.sales.store.rows("SELECT type FROM journal WHERE subject ~ '^order/'"))
    assert told == {
        "order.created": 8, "order.submitted": 6, "order.approved": 4, "order.rejected": 1, "order.cancelled": 1,
        "order.fulfilled": 2,
    }  # fmt: skip
    earned = "SELECT sum(amount) FROM performance WHERE order_id IS NOT NULL"
    sold = "SELECT sum(amount) FROM sales_order WHERE state IN ('APPROVED', 'FULFILLED')"
    assert firm.sales.store.rows(earned) == firm.sales.store.rows(sold) == [(Decimal("658000.00"),)]
    assert len(firm.holds()) == 1
    contracts = firm.finance.call(seller, "contracts", first=50)["nodes"]
    assert Counter((each["state"], each["is_registered"]) for each in contracts) == {("SIGNED", True): 6}
