"""Forecast and funnel (SAL-09, 10): exact sums of what one sees."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor
from crm_common.protocol.sales.orders import OrderState
from earning.approved import change_of, known
from ordering import order
from sales.domain.opportunity import Opportunity
from sales.migrations.default_pipeline import DEFAULT_PIPELINE
from sales.store import opportunities, orders
from serving.alone import Alone

pytestmark = pytest.mark.infra

AT = datetime(2026, 11, 3, tzinfo=UTC)
PERIOD = {"from_day": "2026-11-01", "to_day": "2026-12-31"}
COURSE = ("DISCOVERED", "EVALUATED", "FOLLOWING", "NEGOTIATING")


def placed(service: Alone, owner: Actor, amount: str, probability: int, on: str, stage: str = "FOLLOWING") -> None:
    """An opportunity that came to its stage by a day in each of those before."""
    about: dict[str, Any] = {"id": uuid4(), "name": "x", "customer_id": uuid4(), "owner_id": owner.id}
    about |= {"pipeline_id": DEFAULT_PIPELINE, "probability": probability, "stage_since": AT, "currency": "CNY"}
    made = Opportunity(**about, stage="DISCOVERED", amount=Decimal(amount), expected_on=date.fromisoformat(on))
    path = [*COURSE[1 : COURSE.index(stage) + 1]] if stage in COURSE else [*COURSE[1:], stage]
    with change_of(service, now=AT) as change:
        opportunities.insert(change.connection, made, change.new_id(), AT)
        before = made
        for day, each in enumerate(path, 1):
            after = Opportunity(**about, stage=each, amount=made.amount, expected_on=made.expected_on)
            opportunities.save(change.connection, before, after, change.new_id, AT.replace(day=3 + day))
            before = after


def months(service: Alone, by: Actor, **more: Any) -> list[tuple[str, str, str, str]]:
    found = service.call(by, "forecast", **PERIOD | more)
    return [(each["month"], each["amount"], each["expected"], each["won"]) for each in found]


def test_sal_10_the_forecast_is_amount_by_probability_beside_what_was_won(service: Alone) -> None:
    head = known(service, "fc.head", "forecast.view", forecast="TEAM")
    li = known(service, "fc.li", "forecast.view", under=head, forecast="SELF")
    wang = known(service, "fc.wang", "forecast.view", forecast="SELF")
    placed(service, li, "100000.00", 50, "2026-11-30")
    placed(service, li, "40000.00", 10, "2026-11-01", "DISCOVERED")
    placed(service, li, "999.00", 50, "2027-01-01")
    placed(service, li, "777.00", 100, "2026-11-15", "WON")
    placed(service, wang, "5.00", 50, "2026-12-01")
    bought = order(OrderState.COMPLETED, owner_id=li.id, reviewed_at=datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    with change_of(service) as change:
        orders.insert(change.connection, bought, AT)

    expected = [("2026-11-01", "140000.00", "54000.00", "0"), ("2026-12-01", "0", "0", "120000.00")]
    assert months(service, li) == expected
    assert months(service, head) == expected
    assert months(service, wang) == [("2026-12-01", "5.00", "2.50", "0")]
    assert months(service, head, employee_id=str(wang.id)) == []
    assert service.refused(known(service, "fc.none"), "forecast", **PERIOD) == "FORBIDDEN"
    backwards = {"from_day": "2026-12-01", "to_day": "2026-11-01"}
    assert service.refused(li, "forecast", **backwards) == "VALIDATION"


def test_sal_09_the_funnel_tells_how_far_opportunities_come_and_where_they_stay(service: Alone) -> None:
    he = known(service, "fu.he", "opp.view", opp="SELF")
    for stage in ("DISCOVERED", "EVALUATED", "NEGOTIATING", "WON"):
        placed(service, he, "10.00", 10, "2026-11-30", stage)
    found = service.call(he, "funnel", **PERIOD)
    assert [(each["stage"], each["reached"], each["amount"], each["rate"], each["mean_days"]) for each in found] == [
        ("DISCOVERED", 4, "40.00", "100.00", "1.00"),
        ("EVALUATED", 3, "30.00", "75.00", "1.00"),
        ("FOLLOWING", 2, "20.00", "50.00", "1.00"),
        ("NEGOTIATING", 2, "20.00", "50.00", "1.00"),
        ("WON", 1, "10.00", "25.00", None),
    ]
    nobody = known(service, "fu.nobody", "opp.view", opp="SELF")
    assert [(each["reached"], each["rate"]) for each in service.call(nobody, "funnel", **PERIOD)] == [(0, None)] * 5
