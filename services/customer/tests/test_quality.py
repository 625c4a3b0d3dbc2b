"""Data cleaning (CUS-45): what a scan finds, for whom, what stays dismissed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from crm_common.context import Actor
from crm_common.protocol.selection import Selected, dump
from dealing.firm import MANAGER, Firm, firm
from infra.postgres import SharedPostgres

pytestmark = pytest.mark.infra

STEWARD = (*MANAGER, "customer.merge", "customer.edit")
FULL = {"region": "beijing", "source": "phone", "level": "a", "address": "中山路 1 号", "email": "a@b.example"}
_numbers = count(1)


def number() -> str:
    """A number that nobody would call invented."""
    return f"139{next(_numbers):04}2846"


@pytest.fixture
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


def made(company: Firm, by: Actor, name: str, **given: Any) -> str:
    values = {"phone": number(), "industry": "it", **FULL} | given
    return str(company.call(by, "create_customer", name=name, **values)["customer"]["id"])


def scan(company: Firm) -> dict[str, Any]:
    """The figures of a run of the job."""
    run = company.as_system("run_job", name="customer.data_quality")["run"]
    assert run["outcome"] == "DONE"
    return {name: figure for name, figure in run["report"].items() if name != "events"}


def findings(company: Firm, by: Actor, **asked: Any) -> list[dict[str, Any]]:
    """Who finds what, the surest first."""
    select = dump([Selected(name, name) for name in ("id", "kind", "reason", "score", "customer_id", "other_id")])
    return list(company.call(by, "quality_findings", select=select, first=100, **asked)["nodes"])


def told(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((each["reason"], each["score"], each["customer_id"], each["other_id"]) for each in found)


def test_cus_45_a_seeded_near_duplicate_is_in_the_report(company: Firm) -> None:
    li = company.person("li", *STEWARD)
    first, typo = made(company, li, "远望科技有限公司"), made(company, li, "远旺科技有限公司")
    phone = number()
    one, same = made(company, li, "恒泰物流公司", phone=phone), made(company, li, "王伟", phone=phone, kind="PERSON")
    twin = made(company, li, "恒泰物流集团有限公司", phone=phone)
    assert company.call(li, "data_quality_report", select=dump([Selected("id", "id")])) is None
    figures = {"scanned": 5, "duplicates": 3, "invalid_phones": 0, "stale": 0, "incomplete": 0}
    assert scan(company) == figures
    assert told(findings(company, li)) == [
        ("NEAR_NAME", 95, first, typo),
        ("SAME_PHONE", 90, one, same),
        ("SAME_PHONE_NEAR_NAME", 100, one, twin),
    ]
    select = dump([Selected(name, name) for name in (*figures, "dismissed")])
    assert company.call(li, "data_quality_report", select=select) == figures | {"dismissed": 0}
    [event] = company.store.rows("SELECT data ->> 'duplicates' FROM journal WHERE type = 'dataquality.report_ready'")
    assert event == ("3",)


def test_cus_45_bad_numbers_stale_and_incomplete_records_are_found_and_gone_when_put_right(company: Firm) -> None:
    li = company.person("li", *STEWARD)
    invented = made(company, li, "甲方", phone="13800000000")
    company.clock.moment += timedelta(days=61)
    poor = str(company.call(li, "create_customer", name="乙方", phone=number())["customer"]["id"])
    assert scan(company) == {"scanned": 2, "duplicates": 0, "invalid_phones": 1, "stale": 1, "incomplete": 1}
    assert told(findings(company, li)) == [
        ("FIELDS_MISSING", 80, poor, None),
        ("INVENTED_NUMBER", 100, invented, None),
        ("NO_SALES_RECORD", 100, invented, None),
    ]
    company.call(li, "update_customer", id=poor, version=1, industry="it", **FULL)
    assert scan(company)["incomplete"] == 0
    assert [each[0] for each in told(findings(company, li))] == ["INVENTED_NUMBER", "NO_SALES_RECORD"]


def test_a_finding_is_for_whom_both_customers_are(company: Firm) -> None:
    li, wang = company.person("li", *STEWARD), company.person("wang", *STEWARD)
    chief = company.person("chief", *STEWARD, customer="ALL")
    phone = number()
    made(company, li, "李的客户", phone=phone)
    made(company, wang, "王的客户", phone=phone)
    scan(company)
    assert findings(company, li) == findings(company, wang) == []
    [found] = findings(company, chief)
    assert company.refused(li, "dismiss_finding", id=found["id"]) == "NOT_FOUND"
    seller = company.person("seller", *MANAGER, "customer.edit")
    assert company.refused(seller, "quality_findings") == "FORBIDDEN"
    assert company.refused(seller, "dismiss_finding", id=found["id"]) == "FORBIDDEN"


def test_a_dismissed_finding_is_not_found_again_and_a_merged_one_is_gone(company: Firm) -> None:
    li = company.person("li", *STEWARD)
    ids = [made(company, li, name) for name in ("远望科技", "远旺科技", "恒泰物流", "恒态物流")]
    scan(company)
    shown = {each["customer_id"]: each for each in findings(company, li)}
    assert set(shown) == {ids[0], ids[2]}
    answer = company.call(li, "dismiss_finding", id=shown[ids[0]]["id"], reason="两家公司")["finding"]
    assert (answer["dismissed_by"], answer["dismissed_reason"]) == (str(li.id), "两家公司")
    merge = {"survivor_id": ids[2], "merged_id": ids[3], "survivor_version": 1, "merged_version": 1}
    company.call(li, "merge_customers", **merge)
    assert findings(company, li) == []
    assert scan(company)["duplicates"] == 1
    assert findings(company, li) == []
    [dismissed] = findings(company, li, dismissed=True)
    assert UUID(dismissed["id"]) == UUID(shown[ids[0]]["id"])
    events = company.store.rows("SELECT data ->> 'reason' FROM journal WHERE type = 'dataquality.finding_dismissed'")
    company.call(li, "dismiss_finding", id=dismissed["id"])
    assert (
        events
        == [("两家公司",)]
        == company.store.rows("SELECT data ->> 'reason' FROM journal WHERE type = 'dataquality.finding_dismissed'")
    )
