"""Competitors (SAL-13): who they are, what went to them, how often we win."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from serving.alone import Alone, employee

MARKETER = employee("marketer", "competitor.edit", opp="ALL")
SELLER = employee("rival-seller", "competitor.view")
_DEAL = """
INSERT INTO opportunity (id, name, customer_id, owner_id, pipeline_id, stage, probability, stage_since, amount,
    currency, competitors, competitor, created_at, updated_at, version)
SELECT %s, 'x', %s, %s, p.id, %s, 0, now(), 1, 'CNY', %s, %s, now(), now(), 1 FROM pipeline p LIMIT 1
"""


def known(service: Alone, name: str) -> dict[str, Any]:
    """A competitor."""
    made: dict[str, Any] = service.call(MARKETER, "create_competitor", name=name)["competitor"]
    return made


def deal(service: Alone, stage: str, *, named: str = "", to: str | None = None, owner: Any = None) -> None:
    """An opportunity that was decided."""
    values = (uuid4(), uuid4(), owner or uuid4(), stage, [named] if named else [], to)
    with service.store.transaction() as connection:
        connection.exec_driver_sql(_DEAL, values)


def rate(service: Alone, who: Any, name: str) -> tuple[int, int, str | None]:
    """Won, lost and the rate against somebody."""
    [found] = [each for each in service.call(who, "competitor_results") if each["name"] == name]
    return found["won"], found["lost"], found["win_rate"]


def test_the_win_rate_counts_what_we_won_against_it_and_what_it_got(service: Alone) -> None:
    known(service, "Rival")
    assert rate(service, MARKETER, "Rival") == (0, 0, None)
    deal(service, "WON", named="rival", owner=SELLER.id)
    for _ in range(2):
        deal(service, "LOST", to="RIVAL")
    deal(service, "LOST", named="Rival", to="somebody else")
    deal(service, "NEGOTIATING", named="Rival")

    assert rate(service, MARKETER, "Rival") == (1, 2, "33.3")
    assert rate(service, SELLER, "Rival") == (1, 0, "100.0")


def test_an_order_that_went_there_is_noted_with_price_and_reason(service: Alone) -> None:
    rival = known(service, "北方机床")
    given = {
        "id": rival["id"],
        "product": "加工中心",
        "price": "380000.00",
        "reason": "交期短",
        "lost_on": "2026-11-01",
    }
    service.call(MARKETER, "note_lost_order", **given)

    rows = service.store.rows("SELECT product, price::text, reason, lost_on::text FROM lost_order")
    assert rows == [("加工中心", "380000.00", "交期短", "2026-11-01")]
    assert service.events()[-1] == "competitor.lost_order_noted"
    assert service.refused(MARKETER, "note_lost_order", **given | {"price": "-1"}) == "VALIDATION"
    assert service.refused(MARKETER, "note_lost_order", **given | {"lost_on": "2999-01-01"}) == "VALIDATION"
    assert service.refused(MARKETER, "note_lost_order", **given | {"id": str(uuid4())}) == "NOT_FOUND"


def test_a_competitor_is_known_once_and_edited_by_who_may(service: Alone) -> None:
    rival, other = known(service, "Acme"), known(service, "Other")
    assert service.refused(MARKETER, "create_competitor", name=" ACME ") == "DUPLICATE"
    assert service.refused(MARKETER, "create_competitor", name="  ") == "VALIDATION"
    assert service.refused(MARKETER, "update_competitor", id=other["id"], version=1, name="acme") == "DUPLICATE"
    assert service.refused(SELLER, "update_competitor", id=rival["id"], version=1, name="x") == "FORBIDDEN"
    assert service.refused(MARKETER, "update_competitor", id=rival["id"], version=2, name="x") == "CONFLICT"
    edited = service.call(MARKETER, "update_competitor", id=rival["id"], version=1, strengths=" 便宜 ")["competitor"]
    assert (edited["strengths"], edited["version"]) == ("便宜", 2)
