"""Performance audit (FIN-13): sales and finance side by side; what is consistent is locked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common import codec, migrations, provision
from crm_common.context import Actor
from crm_common.protocol.finance.performance_audits import PerformanceAudited
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from earning import ENVIRONMENT
from infra.postgres import SharedPostgres
from owing.books import FU, TODAY, Books, books
from sales.service import SalesService
from serving.alone import Alone, employee
from serving.hearing import hear

pytestmark = pytest.mark.infra

FEI = employee("fei", "performance.audit", performance="ALL")
_PAID_BACK = """
INSERT INTO refund SELECT %s, id, receivable_id, order_id, customer_id, owner_id, 400, currency, 'x', 'PAID', owner_id,
    NULL, owner_id, received_on, 'BANK', NULL, now(), now(), 1 FROM receipt WHERE id = %s
"""
DAY = {"from_day": TODAY, "to_day": TODAY}


@dataclass(frozen=True)
class Firm:
    """Finance with its books, and sales."""

    kept: Books
    sales: Alone

    def sold(self, by: Actor, amount: str) -> str:
        """A record of performance that somebody adds; its id."""
        given = {"day": TODAY, "amount": amount, "title": "设备销售"}
        return str(self.sales.call(by, "add_performance", **given)["performance"]["id"])

    def received(self, by: Actor, amount: str) -> dict[str, Any]:
        """A confirmed receipt of one of his orders."""
        return self.kept.confirm(self.kept.enter(by, self.kept.sell(by, "9000.00"), amount))

    def audit(self, of: Actor, by: Actor = FEI, **more: Any) -> dict[str, Any]:
        """What an audit finds of somebody's day."""
        self.kept.service.call(by, "audit_performance", **DAY | more)
        [found] = self.found(by, of)
        return found

    def found(self, by: Actor, of: Actor) -> list[dict[str, Any]]:
        """What audits have found of somebody, as one sees it."""
        asked = {"filter": {"employee_id": {"eq": str(of.id)}}}
        return list(self.kept.service.call(by, "performance_audits", **asked)["nodes"])

    def events(self, audit: dict[str, Any]) -> list[PerformanceAudited]:
        """What was told of an audit, which sales hears."""
        told = self.kept.told(f"performance/{audit['employee_id']}")
        events = [codec.from_builtins(data, PerformanceAudited) for _, data in told]
        hear(self.sales, *events)
        return events


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with books(postgres_server) as kept:
        url = postgres_server.create_database("sales")
        name = url.partition("?")[0].rpartition("/")[2]
        postgres_server.drop_database(url)
        made = provision.database(postgres_server.url, "sales", name=name)
        migrations.run(made.owner_url, "sales")
        store = Store(made.url, service="sales")
        runtime = kept.service.runtime
        assembly = runtime.add(SalesService, store=store, settings=GivenSettings(), environment=ENVIRONMENT)
        assembly.container.start()
        try:
            yield Firm(kept, Alone("sales", runtime, store))
        finally:
            assembly.container.stop()
            store.close()
            postgres_server.drop_database(made.url)


def seller() -> Actor:
    return employee(uuid4().hex, "performance.own", "receipt.create")


def test_fin_13_performance_of_8000_and_receipts_of_5000_differ_by_3000(firm: Firm) -> None:
    li = seller()
    record = firm.sold(li, "8000.00")
    firm.received(li, "5000.00")
    found = firm.audit(li)
    assert {name: found[name] for name in ("performance", "received", "difference", "consistent")} == {
        "performance": "8000.00", "received": "5000.00", "difference": "3000.00", "consistent": False,
    }  # fmt: skip
    [told] = firm.events(found)
    assert (told.difference, told.consistent) == (Decimal("3000.00"), False)
    assert firm.sales.call(li, "delete_performance", id=record)["deleted"] is True


def test_fin_13_what_is_consistent_is_locked_and_an_audit_may_be_repeated(firm: Firm) -> None:
    li = seller()
    record = firm.sold(li, "5000.00")
    firm.received(li, "2000.00")
    first = firm.audit(li)
    assert first["difference"] == "3000.00"
    firm.received(li, "3000.00")
    second = firm.audit(li)
    assert (second["id"], second["difference"], second["consistent"]) == (first["id"], "0.00", True)
    assert firm.audit(li)["id"] == first["id"]
    told = firm.events(second)
    assert [(each.consistent, [str(one) for one in each.performance_ids]) for each in told] == [
        (False, [record]), (True, [record]),
    ]  # fmt: skip
    assert firm.sales.refused(li, "delete_performance", id=record) == "BAD_STATE"
    assert firm.sales.events().count("performance.locked") == 1


def test_what_was_paid_back_and_what_is_not_confirmed_was_not_received(firm: Firm) -> None:
    li = seller()
    firm.sold(li, "1000.00")
    receipt = firm.received(li, "1000.00")
    firm.kept.enter(li, firm.kept.sell(li), "77.00")
    with firm.kept.service.store.transaction() as connection:
        connection.exec_driver_sql(_PAID_BACK, (uuid4(), receipt["id"]))
    assert (firm.audit(li)["received"], firm.audit(li)["difference"]) == ("600.00", "400.00")
    yesterday = {"from_day": TODAY - timedelta(days=9), "to_day": TODAY - timedelta(days=1)}
    firm.kept.service.call(FEI, "audit_performance", **yesterday)
    assert len(firm.found(FEI, li)) == 1


def test_whoever_sold_nothing_but_received_differs_too(firm: Firm) -> None:
    li = seller()
    firm.received(li, "10.00")
    assert firm.audit(li, employee_id=str(li.id))["difference"] == "-10.00"


def test_an_audit_is_by_key_scope_and_of_a_year_at_most(firm: Firm) -> None:
    li, service = seller(), firm.kept.service
    firm.sold(li, "10.00")
    near = replace(FEI, id=uuid4(), scopes={})
    service.call(near, "audit_performance", **DAY)
    assert firm.found(FEI, li) == []
    firm.audit(li)
    assert firm.found(near, li) == []
    assert service.refused(FU, "audit_performance", **DAY) == "FORBIDDEN"
    assert service.refused(li, "performance_audits") == "FORBIDDEN"
    assert service.refused(None, "audit_performance", **DAY) == "UNAUTHENTICATED"
    for first in (TODAY + timedelta(days=1), TODAY - timedelta(days=366)):
        assert service.refused(FEI, "audit_performance", from_day=first, to_day=TODAY) == "VALIDATION"
