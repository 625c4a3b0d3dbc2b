"""The demo company's money: of every state something, and it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from crm_common.context import system_context
from finance.domain.adding_up import of_receivable
from finance.store import adding_up
from finance.usecases.money_demo import INVENTED
from infra.postgres import SharedPostgres
from owing.books import FU, Books, books

EMBEDDED = system_context("embedded", correlation_id="test").actor


@pytest.fixture
def kept(postgres_server: SharedPostgres) -> Iterator[Books]:
    with books(postgres_server) as made:
        yield made


def test_the_demo_company_is_owed_money_in_every_state_once_and_it_adds_up(kept: Books) -> None:
    debtors = [{"customer_id": uuid4(), "owner_id": uuid4()} for _ in range(3)]
    given = {"debtors": debtors, "clerk_id": uuid4()}
    assert kept.service.call(EMBEDDED, "load_demo_money", **given) == {"loaded": len(INVENTED)}
    assert kept.service.call(EMBEDDED, "load_demo_money", **given) == {"loaded": 0}
    totals = kept.service.call(FU, "receivable_totals", by="STATE")
    assert {each["key"]: each["count"] for each in totals} == {"OPEN": 4, "OVERDUE": 4, "SETTLED": 2}
    states = [each["state"] for each in kept.service.call(FU, "receipts", first=100)["nodes"]]
    assert (states.count("CONFIRMED"), states.count("PENDING")) == (6, 2)
    found = adding_up.page(kept.service.store, UUID(int=0), 100)
    assert [each for owed in found for each in of_receivable(owed)] == []
    assert len(found) == len(INVENTED)
