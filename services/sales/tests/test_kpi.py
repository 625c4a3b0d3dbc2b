"""Key figures (SAL-36): 80 % of the target is a grade and a bonus by rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor
from crm_common.days import day_of
from crm_common.protocol import selection
from crm_common.protocol.customer.customers import CustomerCreated
from crm_common.protocol.customer.follow_ups import FollowUpCreated
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.selection import Selected
from earning.approved import approved, change_of, known
from sales.usecases import performance
from serving.alone import Alone
from serving.hearing import hear

GRADES = (
    {"from_score": "100", "grade": "A", "bonus_percent": "2", "bonus_amount": "500.00", "proposal": "PROMOTION"},
    {"from_score": "80", "grade": "B", "bonus_percent": "1.5"},
    {"from_score": "0", "grade": "C", "proposal": "TRAINING"},
)


@pytest.fixture(scope="module")
def chief(service: Alone) -> Actor:
    scopes: Any = {"performance": "ALL", "target": "ALL"}
    return known(service, "chief-k", "kpi.edit", "target.set", "performance.own", "performance.view_team", **scopes)


def scheme(service: Alone, chief: Actor, *figures: dict[str, Any], **more: Any) -> str:
    given = {"name": uuid4().hex, "figures": figures or ({"figure": "AMOUNT", "weight": "1"},), "grades": GRADES}
    found: str = service.call(chief, "create_kpi_scheme", **given | more)["scheme"]["id"]
    return found


def today(service: Alone) -> str:
    with change_of(service) as change:
        return day_of(change.settings, change.now).isoformat()


def assess(service: Alone, chief: Actor, scheme_id: str, who: Actor) -> dict[str, Any]:
    service.call(chief, "evaluate_kpis", scheme_id=scheme_id, day=today(service))
    names = selection.parse(selection.names("figure", "value", "goal", "percent"))
    wanted = ("employee_id", "score", "grade", "bonus", "proposal")
    select = selection.dump([*(Selected(each, each) for each in wanted), Selected("results", "results", {}, names)])
    kept = {"and": [{"scheme_id": {"eq": scheme_id}}, {"employee_id": {"eq": str(who.id)}}]}
    [found] = service.call(chief, "kpi_evaluations", filter=kept, select=select)["nodes"]
    return dict(found)


def sell(service: Alone, who: Actor, amount: str) -> None:
    with change_of(service) as change:
        performance.note_order(change, approved(who, amount))


def test_sal_36_80_percent_of_the_target_is_a_grade_and_a_bonus_by_rule(service: Alone, chief: Actor) -> None:
    li = known(service, "li-k", "performance.own")
    month = {"period": "MONTH", "day": today(service)}
    service.call(chief, "create_target", **month, employee_id=str(li.id), amount="10000.00")
    sell(service, li, "8000.00")
    made = scheme(service, chief)

    found = assess(service, chief, made, li)
    assert (found["grade"], found["bonus"], found["proposal"]) == ("B", "120.00", "NONE")
    assert Decimal(found["score"]) == Decimal(80)

    sell(service, li, "4000.00")
    better = assess(service, chief, made, li)
    assert (better["grade"], better["bonus"], better["proposal"]) == ("A", "740.00", "PROMOTION")
    assert service.events().count("kpi.evaluated") >= 2


def test_key_figures_weigh_and_none_hides_the_others(service: Alone, chief: Actor) -> None:
    li, customer = known(service, "li-w", "performance.own"), uuid4()
    sell(service, li, "1000.00")
    about: dict[str, Any] = {"customer_id": customer, "customer_name": "恒泰", "author_id": li.id, "owner_id": li.id}
    for way in ("PHONE", "VISIT", "EMAIL"):
        hear(service, FollowUpCreated(**about, follow_up_id=uuid4(), changes={"type": (None, way)}))
    mine: dict[str, Any] = {"name": "恒泰", "holding": Holding.OWNED, "changes": {}}
    hear(service, CustomerCreated(**mine, customer_id=uuid4(), owner_id=li.id))
    hear(service, CustomerCreated(**mine | {"holding": Holding.POOL}, customer_id=uuid4(), owner_id=None))
    figures = (
        {"figure": "AMOUNT", "weight": "3", "goal": "100"},
        {"figure": "FOLLOW_UPS", "weight": "1", "goal": "6"},
        {"figure": "VISITS", "weight": "1", "goal": "2"},
        {"figure": "CALLS", "weight": "1", "goal": "4"},
        {"figure": "NEW_CUSTOMERS", "weight": "1", "goal": "1"},
    )

    found = assess(service, chief, scheme(service, chief, *figures), li)
    percents = [(each["figure"], Decimal(each["value"]), Decimal(each["percent"])) for each in found["results"]]
    assert percents == [
        ("AMOUNT", Decimal(1000), Decimal(150)),
        ("FOLLOW_UPS", Decimal(3), Decimal(50)),
        ("VISITS", Decimal(1), Decimal(50)),
        ("CALLS", Decimal(1), Decimal(25)),
        ("NEW_CUSTOMERS", Decimal(1), Decimal(100)),
    ]
    assert Decimal(found["score"]) == Decimal("96.43")


def test_schemes_that_mean_nothing_are_refused(service: Alone, chief: Actor) -> None:
    right: dict[str, Any] = {"name": uuid4().hex, "figures": [{"figure": "AMOUNT", "weight": "1"}], "grades": GRADES}
    for wrong in (
        {"figures": [{"figure": "CALLS", "weight": "1"}]},
        {"figures": [{"figure": "AMOUNT", "weight": "0"}]},
        {"figures": [{"figure": "CALLS", "weight": "1", "goal": "0"}]},
        {"figures": [{"figure": "AMOUNT", "weight": "1"}] * 2},
        {"grades": GRADES[:2]},
        {"grades": [*GRADES, GRADES[0]]},
        {"grades": [*GRADES, {"from_score": "50", "grade": "D", "bonus_amount": "-1"}]},
    ):
        assert service.refused(chief, "create_kpi_scheme", **right | wrong) == "VALIDATION", wrong
    service.call(chief, "create_kpi_scheme", **right)
    assert service.refused(chief, "create_kpi_scheme", **right) == "DUPLICATE"
    unknown = {"scheme_id": str(UUID(int=5)), "day": "2026-11-01"}
    assert service.refused(chief, "evaluate_kpis", **unknown) == "NOT_FOUND"


def test_one_sees_one_s_own_assessment(service: Alone, chief: Actor) -> None:
    li, wang = known(service, "li-see", "performance.own"), known(service, "wang-see", "performance.own")
    sell(service, li, "10.00")
    figure = {"figure": "AMOUNT", "weight": "1", "goal": "10"}
    assess(service, chief, scheme(service, chief, figure), li)
    assert {each["employee_name"] for each in service.call(li, "kpi_evaluations")["nodes"]} == {"li-see"}
    assert service.call(wang, "kpi_evaluations", filter={"employee_id": {"eq": str(li.id)}})["nodes"] == []
    assert service.refused(li, "evaluate_kpis", scheme_id=str(uuid4()), day="2026-11-01") == "FORBIDDEN"
