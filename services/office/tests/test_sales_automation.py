"""Sales automation by rules of office (SAL-37): an opportunity that reaches NEGOTIATING sets a rule off.

Sales is not there: the rule waits for its word on whether the rule's owner sees the opportunity (ADR 0145, 0146).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from crm_common.ids import to_global
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.opportunities_events import OpportunityStageChanged
from infra.postgres import SharedPostgres
from ledger.waiting import until
from officing.company import Office
from officing.running import running
from serving.hearing import envelope


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Office]:
    with running(postgres_server) as made:
        yield made


def heard(company: Office, owner: Any, before: str, stage: str, name: str) -> None:
    """An opportunity went on, as sales publishes it."""
    event = OpportunityStageChanged(
        customer_id=uuid4(),
        record=SalesRecord.STAGE_CHANGE,
        at=company.clock.now(),
        opportunity_id=uuid4(),
        name=name,
        owner_id=owner.id,
        before=before,
        stage=stage,
        amount=Decimal("120000.00"),
        currency="CNY",
        changes={"stage": (before, stage)},
    )
    assert company.service.inbox.store_message(
        "fire_on_event", replace(envelope(event, "call"), time=company.clock.now())
    )


def test_sal_37_a_rule_fires_for_the_stage_it_names_and_waits_for_sales(company: Office) -> None:
    chief, li = company.person("chief", "rule.edit", "org.view"), company.person("li")
    action = {
        "mutation": "createTask",
        "input": {
            "title": "寄合同：{{name}}",
            "assigneeId": to_global("Employee", li.id),
            "dueAt": {"inDays": 2},
        },
    }
    company.call(
        chief,
        "create_rule",
        name="谈判阶段寄合同",
        event_type="opportunity.stage_changed",
        condition={"stage": {"eq": "NEGOTIATING"}},
        actions=[action],
    )
    company.clock.moment = company.clock.now() + timedelta(seconds=1)
    heard(company, li, "EVALUATED", "FOLLOWING", "远望采购")
    heard(company, li, "FOLLOWING", "NEGOTIATING", "恒泰采购")

    def fired() -> list[dict[str, Any]]:
        found = company.call(chief, "rule_firings", first=10)["nodes"]
        return found if found and found[0]["problem"] else []

    [firing] = until(fired, "the firing", 60)
    assert (firing["status"], firing["values"]) == ("WAITING", {"stage": "NEGOTIATING"})
    assert firing["problem"].startswith("UNAVAILABLE")
