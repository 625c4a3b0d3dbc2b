"""Credit evaluation (CUS-44): one writes, finance decides; what holds, until when, and when an order warns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol.customer.credit import CreditGrade, CreditLine, credit_warning
from crm_common.protocol.selection import Selected, dump
from dealing.firm import MANAGER, Firm, firm
from founded.house import NOW
from infra.postgres import SharedPostgres
from selling import events_of, number

pytestmark = pytest.mark.infra

WRITER = (*MANAGER, "customer.merge", "credit.edit", "credit.view")
SAID = {"grade": "B", "credit_limit": "50000", "verdict": "付款及时", "site_visit": "厂房新"}


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


@pytest.fixture
def books(company: Firm) -> Iterator[Firm]:
    company.clock.moment = NOW
    yield company
    company.clock.moment = NOW


@pytest.fixture
def li(books: Firm) -> Actor:
    return books.person("li", *WRITER)


@pytest.fixture
def finance(books: Firm) -> Actor:
    """As the preset role: of customers he sees nothing but their credit."""
    return books.person("finance", "credit.view", "credit.approve", credit="ALL")


def made(books: Firm, by: Actor) -> str:
    given = {"name": f"客户 {uuid4().hex[:8]}", "phone": number()}
    return str(books.call(by, "create_customer", **given)["customer"]["id"])


def evaluated(books: Firm, by: Actor, of: str, **given: Any) -> dict[str, Any]:
    return dict(books.call(by, "create_credit_evaluation", customer_id=of, **SAID | given)["credit_evaluation"])


def reviewed(books: Firm, by: Actor, credit: dict[str, Any], *, approve: bool = True) -> dict[str, Any]:
    review = {"id": credit["id"], "version": credit["version"], "approve": approve, "reason": "资料齐全"}
    return dict(books.call(by, "review_credit_evaluation", **review)["credit_evaluation"])


def line(books: Firm, *ids: str) -> list[tuple[Any, ...]]:
    found = books.as_system("credit_of", customer_ids=list(ids))
    return [(each["customer_id"], each["grade"], each["credit_limit"], each["valid_until"]) for each in found]


def shown(books: Firm, by: Actor, of: str) -> Any:
    below = (Selected("grade", "grade"), Selected("credit_limit", "credit_limit"))
    [found] = books.call(by, "customers_by_ids", ids=[of], select=dump([Selected("credit", "credit", {}, below)]))
    return found["credit"]


def test_cus_44_an_approved_evaluation_holds_for_twelve_months(books: Firm, li: Actor, finance: Actor) -> None:
    of = made(books, li)
    credit = evaluated(books, li, of)
    assert (credit["status"], credit["credit_limit"], credit["currency"]) == ("PENDING", "50000.00", "CNY")
    assert (shown(books, li, of), line(books, of)) == (None, [])
    approved = reviewed(books, finance, credit)
    until = NOW.replace(year=NOW.year + 1)
    assert (approved["status"], approved["decided_by"], approved["verdict"]) == (
        "APPROVED",
        str(finance.id),
        "付款及时",
    )
    assert datetime.fromisoformat(approved["valid_until"]).astimezone(UTC) == until
    assert shown(books, li, of) == {"grade": "B", "credit_limit": "50000.00"}
    [(_, grade, limit, _)] = line(books, of)
    assert (grade, Decimal(limit)) == ("B", Decimal(50000))
    books.clock.moment = until
    assert (shown(books, li, of), line(books, of)) == (None, [])
    told = [kind for kind, _ in events_of(books.store, f"credit/{credit['id']}")]
    assert told == ["credit.proposed", "credit.evaluated"]


def test_the_latest_approved_evaluation_holds_and_a_refused_one_changes_nothing(
    books: Firm, li: Actor, finance: Actor
) -> None:
    of = made(books, li)
    reviewed(books, finance, evaluated(books, li, of))
    books.clock.moment = NOW.replace(month=NOW.month + 1)
    refused = reviewed(books, finance, evaluated(books, li, of, grade="A", credit_limit="90000"), approve=False)
    assert (refused["status"], refused["decision_reason"], refused["valid_until"]) == ("REJECTED", "资料齐全", None)
    assert shown(books, li, of) == {"grade": "B", "credit_limit": "50000.00"}
    reviewed(books, finance, evaluated(books, li, of, grade="D", credit_limit="0"))
    assert shown(books, li, of) == {"grade": "D", "credit_limit": "0.00"}


def test_cus_44_who_wrote_an_evaluation_does_not_approve_it(books: Firm, li: Actor, finance: Actor) -> None:
    both = books.person("both", *WRITER, "credit.approve", customer="ALL", credit="ALL")
    of = made(books, li)
    credit = evaluated(books, li, of)
    review = {"id": credit["id"], "version": 1, "approve": True}
    assert books.refused(li, "review_credit_evaluation", **review) == "FORBIDDEN"
    edited = books.call(both, "update_credit_evaluation", id=credit["id"], version=1, **SAID | {"grade": "C"})
    assert edited["credit_evaluation"]["version"] == 2
    assert books.refused(both, "review_credit_evaluation", **review | {"version": 2}) == "FORBIDDEN"
    assert books.refused(finance, "review_credit_evaluation", **review) == "CONFLICT"
    refusal = {"id": credit["id"], "version": 2, "approve": False, "reason": " "}
    assert books.refused(finance, "review_credit_evaluation", **refusal) == "VALIDATION"
    reviewed(books, finance, edited["credit_evaluation"])
    assert books.refused(finance, "review_credit_evaluation", **review | {"version": 3}) == "BAD_STATE"
    again = {"id": credit["id"], "version": 3, **SAID}
    assert books.refused(li, "update_credit_evaluation", **again) == "BAD_STATE"


def test_what_is_no_evaluation_is_refused(books: Firm, li: Actor) -> None:
    of = made(books, li)
    new = {"customer_id": of, **SAID}
    for wrong in ("-1", "0.001", "NaN", "1e20"):
        assert books.refused(li, "create_credit_evaluation", **new | {"credit_limit": wrong}) == "VALIDATION"
    assert books.refused(li, "create_credit_evaluation", **new | {"currency": "yuan"}) == "VALIDATION"
    assert books.refused(li, "create_credit_evaluation", **new | {"grade": "E"}) == "VALIDATION"
    evaluated(books, li, of)
    assert books.refused(li, "create_credit_evaluation", **new) == "BAD_STATE"
    [pooled] = books.pooled()
    chief = books.person("chief", *WRITER, customer="ALL", credit="ALL")
    assert books.refused(chief, "create_credit_evaluation", **new | {"customer_id": pooled}) == "READ_ONLY"


def test_credit_is_seen_in_its_own_scope(books: Firm, li: Actor, finance: Actor) -> None:
    wang = books.person("wang", *WRITER)
    of = made(books, li)
    credit = evaluated(books, li, of)
    listed = dump([Selected("id", "id")])
    for viewer, seen in ((li, True), (finance, True), (wang, False)):
        ids = [each["id"] for each in books.call(viewer, "credit_evaluations", select=listed, first=100)["nodes"]]
        assert (credit["id"] in ids) is seen
        assert books.call(viewer, "credit_evaluations_by_ids", ids=[credit["id"]], select=listed) == [
            {"id": credit["id"]} if seen else None
        ]
    assert books.refused(wang, "create_credit_evaluation", customer_id=of, **SAID) == "NOT_FOUND"
    assert books.refused(wang, "update_credit_evaluation", id=credit["id"], version=1, **SAID) == "NOT_FOUND"
    seller = books.person("seller", *MANAGER, customer="ALL")
    assert books.refused(seller, "credit_evaluations") == "FORBIDDEN"
    assert books.refused(seller, "create_credit_evaluation", customer_id=of, **SAID) == "FORBIDDEN"
    assert books.refused(li, "credit_of", customer_ids=[of]) == "FORBIDDEN"
    reviewed(books, finance, credit)
    assert shown(books, seller, of) is None


def test_a_merge_brings_the_credit_along(books: Firm, li: Actor, finance: Actor) -> None:
    kept, gone = made(books, li), made(books, li)
    reviewed(books, finance, evaluated(books, li, gone))
    merge = {"survivor_id": kept, "survivor_version": 1, "merged_id": gone, "merged_version": 1}
    books.call(li, "merge_customers", **merge)
    assert shown(books, li, kept) == {"grade": "B", "credit_limit": "50000.00"}
    assert [each[0] for each in line(books, kept, gone)] == [kept, gone]


def test_cus_44_an_order_above_the_limit_warns() -> None:
    given = CreditLine(
        customer_id=UUID(int=1), grade=CreditGrade.B, credit_limit=Decimal(50_000), currency="CNY", valid_until=NOW
    )
    assert credit_warning(given, receivable=Decimal(45_000), order=Decimal(10_000))
    assert not credit_warning(given, receivable=Decimal(45_000), order=Decimal(5_000))
    assert credit_warning(given, receivable=Decimal(0), order=Decimal(1), currency="USD")
    assert not credit_warning(None, receivable=Decimal(45_000), order=Decimal(10_000))
