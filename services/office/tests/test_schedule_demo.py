"""The demo company's week: it is there once, and says what a week looks like."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from crm_common import codec
from crm_common.context import system_context
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra


def load(service: Alone, *people: UUID) -> int:
    """How many entries were loaded."""
    asked = {"employee_ids": [str(each) for each in people]}
    context = system_context("embedded", correlation_id="test")
    answer = service.runtime.peers.call("office", "load_demo_schedule", asked, context)
    return int(codec.decode_json(answer)["loaded"])


def test_people_of_the_demo_company_have_a_week_before_them_and_an_office(service: Alone) -> None:
    zhang, li = employee("zhangwei"), employee("lina")
    now = service.runtime.services["office"].scheduler.host.clock.now()
    monday = (now + timedelta(hours=8)).date() - timedelta(days=(now + timedelta(hours=8)).weekday())
    week = {"first_day": monday.isoformat(), "last_day": (monday + timedelta(days=6)).isoformat()}

    assert load(service) == 0
    assert load(service, zhang.id, li.id) == 9
    assert load(service, zhang.id, li.id) == 0
    for person in (zhang, li):
        titles = [each["title"] for each in service.call(person, "schedule", **week)]
        assert (titles.count("晨会"), titles.count("周例会"), titles.count("产品培训"), len(titles)) == (5, 1, 1, 10)
    assert [each["name"] for each in service.call(zhang, "company_offices")["nodes"]] == ["总部"]
    assert service.refused(zhang, "load_demo_schedule", employee_ids=[str(zhang.id)]) == "FORBIDDEN"
