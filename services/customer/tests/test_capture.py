"""Online capture (CUS-41): a form anybody may post to, with a key, a rate and a mark for spam."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_common.clock import FixedClock
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, number
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

BEGIN = datetime(2026, 11, 23, 2, 0, 10, tzinfo=UTC)
CLOCK = FixedClock(BEGIN)
MARKETER = employee("capture.marketer", "lead.view", "lead.edit", lead="ALL")


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """The service by a clock that the tests move."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT, clock=CLOCK) as served:
        yield served


def form(service: Alone, **given: Any) -> dict[str, Any]:
    """A new form."""
    CLOCK.moment = BEGIN
    found: dict[str, Any] = service.call(MARKETER, "create_capture_form", **({"name": "官网"} | given))["capture_form"]
    return found


def leads_of(service: Alone, phone: str) -> list[dict[str, Any]]:
    """The leads with a phone."""
    return list(service.call(MARKETER, "leads", filter={"phone": {"eq": phone}})["nodes"])


def test_a_post_becomes_a_new_lead_of_the_forms_source_and_campaign(service: Alone) -> None:
    made, phone = form(service, campaign="双十一"), number()
    posted = {"form_key": made["key"], "name": "访客", "phone": phone, "message": "想了解"}
    assert service.call(None, "capture_lead", **posted) == {"accepted": True}
    [lead] = leads_of(service, phone)
    assert (lead["status"], lead["source"], lead["campaign"], lead["remark"], lead["spam"], lead["created_by"]) == (
        "NEW", "form", "双十一", "想了解", False, None,
    )  # fmt: skip
    told = service.store.rows("SELECT type, actor FROM journal WHERE subject = %s", (f"lead/{lead['id']}",))
    assert told == [("lead.captured", None)]


def test_whoever_posts_learns_nothing_of_what_is_known(service: Alone) -> None:
    made, phone = form(service), number()
    posted = {"form_key": made["key"], "name": "访客", "phone": phone}
    assert service.call(None, "capture_lead", **posted) == service.call(None, "capture_lead", **posted)
    assert len(leads_of(service, phone)) == 1


def test_what_a_program_wrote_is_marked_and_takes_nobodys_place(service: Alone) -> None:
    made, phone, other = form(service), number(), number()
    posted = {"form_key": made["key"], "name": "x"}
    service.call(None, "capture_lead", **posted, phone=phone, homepage="http://spam.example")
    links = "http://a.example www.b.example https://c.example"
    service.call(None, "capture_lead", **posted, phone=other, message=links)
    service.call(None, "capture_lead", **posted, phone=phone)
    assert sorted(each["spam"] for each in leads_of(service, phone)) == [False, True]
    assert [each["spam"] for each in leads_of(service, other)] == [True]


def test_a_form_takes_so_many_a_minute(service: Alone) -> None:
    made = form(service, per_minute=2)
    for _ in range(2):
        service.call(None, "capture_lead", form_key=made["key"], name="x", phone=number())
    post = {"form_key": made["key"], "name": "x", "phone": number()}
    assert service.refused(None, "capture_lead", **post) == "LIMIT_EXCEEDED"
    assert leads_of(service, post["phone"]) == []
    CLOCK.moment = BEGIN + timedelta(seconds=49)
    assert service.refused(None, "capture_lead", **post) == "LIMIT_EXCEEDED"
    CLOCK.moment = BEGIN + timedelta(seconds=50)
    assert service.call(None, "capture_lead", **post) == {"accepted": True}


def test_refusals_write_nothing(service: Alone) -> None:
    made = form(service)
    post = {"form_key": made["key"], "name": "x"}
    assert service.refused(None, "capture_lead", **(post | {"form_key": "none"}), phone=number()) == "NOT_FOUND"
    assert service.refused(None, "capture_lead", **post) == "VALIDATION"
    assert service.refused(None, "capture_lead", **post, phone="12") == "VALIDATION"
    assert service.refused(None, "create_capture_form", name="x") == "UNAUTHENTICATED"
    assert service.refused(employee("capture.guest", "lead.view"), "create_capture_form", name="x") == "FORBIDDEN"
    assert service.refused(MARKETER, "create_capture_form", name="x", source="nowhere") == "VALIDATION"


def test_a_closed_form_takes_nothing(service: Alone) -> None:
    made = form(service)
    closed = service.call(MARKETER, "update_capture_form", id=made["id"], version=1, active=False)["capture_form"]
    assert (closed["active"], closed["version"]) == (False, 2)
    assert service.refused(None, "capture_lead", form_key=made["key"], name="x", phone=number()) == "NOT_FOUND"
    assert service.refused(MARKETER, "update_capture_form", id=made["id"], version=1, active=True) == "CONFLICT"
