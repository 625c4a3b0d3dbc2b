"""Relations (CUS-37), needs (CUS-34) and important dates (CUS-28) of a customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor, system_context
from crm_common.protocol import selection
from crm_common.protocol.selection import Selected
from crm_common.settings_data import GivenSettings
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, created, events_of_type, seller
from serving.alone import Alone, alone

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """The service, whose jobs may run as of another moment."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        settings = served.runtime.services["customer"].scheduler.host.settings
        assert isinstance(settings, GivenSettings)
        settings.values["sys.allow_time_travel"] = True
        yield served


def related(service: Alone, by: Actor, customer_id: str, kind: str, other_id: str) -> dict[str, Any]:
    """A new relation."""
    found: dict[str, Any] = service.call(by, "add_relation", customer_id=customer_id, kind=kind, other_id=other_id)
    return dict(found["relation"])


def below(service: Alone, by: Actor, customer_id: str, field: str, *names: str) -> list[dict[str, Any]]:
    """What stands below a customer."""
    chosen = Selected(field, field, {}, tuple(Selected(name, name) for name in names))
    [found] = service.call(by, "customers_by_ids", ids=[customer_id], select=selection.dump([chosen]))
    return list(found[field])


def told_dates(service: Alone, as_of: datetime) -> list[dict[str, Any]]:
    """The reminders of dates that the job tells as of a moment."""
    before = events_of_type(service.store, "important_date.due")
    context = system_context("customer", correlation_id="test")
    service.runtime.services["customer"].scheduler.run_now("customer.important_dates", context, as_of=as_of)
    told = events_of_type(service.store, "important_date.due")
    return [data for event_id, data in told.items() if event_id not in before]


def test_cus_37_a_parents_page_lists_its_subsidiaries_as_far_as_one_sees_them(service: Alone) -> None:
    li, other = seller(service, "relation.li"), seller(service, "relation.other")
    parent, child, unseen = created(service, li), created(service, li), created(service, other)
    found = related(service, li, child["id"], "PARENT", parent["id"])
    assert (found["kind"], found["other_id"]) == ("PARENT", parent["id"])
    assert below(service, li, parent["id"], "subsidiaries", "id") == [{"id": child["id"]}]
    assert below(service, li, child["id"], "relations", "kind", "other_id") == [
        {"kind": "PARENT", "other_id": parent["id"]}
    ]
    assert (
        service.refused(li, "add_relation", customer_id=child["id"], kind="PARTNER", other_id=unseen["id"])
        == "NOT_FOUND"
    )
    assert service.call(li, "remove_relation", id=found["id"]) == {"removed_id": found["id"]}
    assert below(service, li, parent["id"], "subsidiaries", "id") == []


def test_relations_that_make_no_sense_are_refused(service: Alone) -> None:
    li, other = seller(service, "relation.refused"), seller(service, "relation.stranger")
    top, middle, bottom = (created(service, li)["id"] for _ in range(3))
    related(service, li, bottom, "PARENT", middle)
    found = related(service, li, middle, "PARENT", top)
    refused = service.refused
    assert refused(li, "add_relation", customer_id=top, kind="PARENT", other_id=bottom) == "BAD_STATE"
    assert refused(li, "add_relation", customer_id=top, kind="AFFILIATE", other_id=top) == "VALIDATION"
    assert refused(li, "add_relation", customer_id=bottom, kind="PARENT", other_id=top) == "DUPLICATE"
    assert refused(li, "add_relation", customer_id=bottom, kind="PARENT", other_id=middle) == "DUPLICATE"
    assert refused(other, "add_relation", customer_id=top, kind="PARTNER", other_id=bottom) == "NOT_FOUND"
    assert refused(other, "remove_relation", id=found["id"]) == "NOT_FOUND"
    assert refused(li, "remove_relation", id=str(uuid4())) == "NOT_FOUND"


def test_cus_34_an_open_need_is_found_by_its_status(service: Alone) -> None:
    li, other = seller(service, "need.li"), seller(service, "need.other")
    of = created(service, li)
    first = service.call(li, "add_need", customer_id=of["id"], content=" 三年期产品 ")["need"]
    second = service.call(li, "add_need", customer_id=of["id"], content="上门服务")["need"]
    assert (first["content"], first["status"], first["version"]) == ("三年期产品", "OPEN", 1)
    met = service.call(li, "update_need", id=first["id"], version=1, status="MET")["need"]
    assert (met["status"], met["version"]) == ("MET", 2)
    still_open = service.call(li, "needs", filter={"status": {"eq": "OPEN"}})["nodes"]
    assert [each["id"] for each in still_open] == [second["id"]]
    assert service.refused(li, "add_need", customer_id=of["id"], content=" ") == "VALIDATION"
    assert service.refused(li, "update_need", id=first["id"], version=1, status="OPEN") == "CONFLICT"
    assert service.refused(other, "update_need", id=first["id"], version=2, status="OPEN") == "NOT_FOUND"
    assert service.call(other, "needs")["nodes"] == []


def test_cus_28_a_birthday_tomorrow_is_told_today_and_once(service: Alone) -> None:
    li = seller(service, "date.li")
    of = created(service, li, kind="PERSON", name="生日客户", birth_date="1980-05-02")
    contact = service.call(li, "create_contact", customer_id=of["id"], name="王", birthday="1990-05-02")["contact"]
    given = {"customer_id": of["id"], "kind": "CONTRACT", "title": "签约", "day": "2024-05-02"}
    date = service.call(li, "add_important_date", **given)["important_date"]
    once = service.call(li, "add_important_date", **given | {"yearly": False, "title": "一次"})["important_date"]
    assert told_dates(service, datetime(2026, 4, 30, 1, tzinfo=UTC)) == []
    found = told_dates(service, datetime(2026, 5, 1, 1, tzinfo=UTC))
    about = {"customer_id": of["id"], "customer_name": "生日客户", "owner_id": str(li.id), "due_on": "2026-05-02"}
    by_id = {each["important_date_id"]: each for each in found}
    assert by_id == {
        of["id"]: about | {"important_date_id": of["id"], "contact_id": None, "kind": "BIRTHDAY", "title": "生日客户"},
        contact["id"]: about
        | {"important_date_id": contact["id"], "contact_id": contact["id"], "kind": "BIRTHDAY", "title": "王"},
        date["id"]: about | {"important_date_id": date["id"], "contact_id": None, "kind": "CONTRACT", "title": "签约"},
    }
    assert once["id"] not in by_id
    assert told_dates(service, datetime(2026, 5, 1, 9, tzinfo=UTC)) == []
    assert service.call(li, "remove_important_date", id=date["id"], version=1) == {"removed_id": date["id"]}
    next_year = told_dates(service, datetime(2027, 5, 1, 1, tzinfo=UTC))
    assert {each["important_date_id"] for each in next_year} == {of["id"], contact["id"]}


def test_dates_are_refused_for_contacts_of_others_and_to_strangers(service: Alone) -> None:
    li, other = seller(service, "date.refused"), seller(service, "date.stranger")
    of, another = created(service, li), created(service, li)
    contact = service.call(li, "create_contact", customer_id=another["id"], name="王")["contact"]
    given = {"customer_id": of["id"], "title": "周年", "day": "2024-02-29"}
    assert service.refused(li, "add_important_date", **given, contact_id=contact["id"]) == "VALIDATION"
    assert service.refused(li, "add_important_date", **(given | {"title": " "})) == "VALIDATION"
    assert service.refused(other, "add_important_date", **given) == "NOT_FOUND"
    added = service.call(li, "add_important_date", **given)["important_date"]
    assert service.refused(other, "remove_important_date", id=added["id"], version=1) == "NOT_FOUND"
    assert service.refused(li, "remove_important_date", id=added["id"], version=2) == "CONFLICT"
    assert [each["title"] for each in below(service, li, of["id"], "important_dates", "title")] == ["周年"]
    # the 29th of February is thought of on the 28th where there is none
    assert [each["title"] for each in told_dates(service, datetime(2027, 2, 27, 1, tzinfo=UTC))] == ["周年"]
