"""Follow-ups (CUS-12, 33, 50): who writes them, what they move, how long they can be corrected, what is told when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common import codec
from crm_common.clock import FixedClock
from crm_common.context import Actor, system_context
from crm_common.protocol import selection
from crm_common.protocol.selection import Selected
from crm_common.settings_data import GivenSettings
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, created, events_of_type, known, seller
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

BEGIN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLOCK = FixedClock(BEGIN)


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """The service by a clock that the tests move."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT, clock=CLOCK) as served:
        settings = served.runtime.services["customer"].scheduler.host.settings
        assert isinstance(settings, GivenSettings)
        settings.values["sys.allow_time_travel"] = True
        yield served


@pytest.fixture(autouse=True)
def clock() -> FixedClock:
    """The clock, back at the beginning."""
    CLOCK.moment = BEGIN
    return CLOCK


def stamp(moment: datetime) -> str:
    """The moment as answers write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def follower(service: Alone, name: str, **options: Any) -> Actor:
    """A salesperson who writes follow-ups."""
    return known(
        service, employee(name, "customer.view", "customer.create", "customer.edit", "customer.follow"), **options
    )


def written(service: Alone, by: Actor, customer_id: str, **given: Any) -> dict[str, Any]:
    """A new follow-up."""
    values = {"customer_id": customer_id, "type": "PHONE", "content": "谈了报价"} | given
    found: dict[str, Any] = service.call(by, "create_follow_up", **values)["follow_up"]
    return found


def customer(service: Alone, by: Actor, customer_id: str) -> dict[str, Any]:
    """The dates of a customer."""
    select = selection.names("last_follow_up_at", "next_contact_at", "version")
    [found] = service.call(by, "customers_by_ids", ids=[customer_id], select=select)
    assert found is not None
    return dict(found)


def due(service: Alone, as_of: datetime) -> list[dict[str, Any]]:
    """The reminders that the job tells as of a moment."""
    before = events_of_type(service.store, "followup.due")
    context = system_context("customer", correlation_id="test")
    service.runtime.services["customer"].scheduler.run_now("customer.followup_due", context, as_of=as_of)
    told = events_of_type(service.store, "followup.due")
    return [data for event_id, data in told.items() if event_id not in before]


def test_cus_12_a_follow_up_stands_on_top_and_moves_the_dates_of_its_customer(service: Alone) -> None:
    li = follower(service, "follow.li")
    of = created(service, li)
    next_contact = BEGIN + timedelta(days=3)
    first = written(service, li, of["id"], next_contact_at=next_contact.isoformat(), attitude="KEEN", stage=" 报价 ")
    assert (first["author_id"], first["author_name"]) == (str(li.id), "follow.li")
    assert (first["attitude"], first["stage"], first["created_at"]) == ("KEEN", "报价", stamp(BEGIN))
    dates = {"last_follow_up_at": stamp(BEGIN), "next_contact_at": stamp(next_contact), "version": 1}
    assert customer(service, li, of["id"]) == dates
    CLOCK.moment = BEGIN + timedelta(hours=1)
    second = written(service, li, of["id"], type="VISIT", content="见面")
    assert customer(service, li, of["id"]) == dates | {"last_follow_up_at": stamp(CLOCK.moment)}
    listed = service.call(li, "follow_ups", customer_id=of["id"])["nodes"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]
    CLOCK.moment = next_contact + timedelta(hours=1)
    written(service, li, of["id"])
    assert customer(service, li, of["id"])["next_contact_at"] is None


def test_cus_33_interests_are_noted_once_each_and_shown_with_the_customer(service: Alone) -> None:
    li = follower(service, "follow.interest")
    of, product = created(service, li), str(uuid4())
    written(service, li, of["id"], products=[{"name": "稳健基金", "product_id": product}, {"name": " 稳健基金 "}])
    CLOCK.moment += timedelta(minutes=1)
    written(service, li, of["id"], products=[{"name": "债券"}, {"name": "稳健基金"}])
    below = [
        Selected("interests", "interests", {}, (Selected("name", "name"), Selected("product_id", "product_id"))),
        Selected("follow_ups", "follow_ups", {"first": 1}, (Selected("content", "content"),)),
    ]
    [found] = service.call(li, "customers_by_ids", ids=[of["id"]], select=selection.dump(below))
    by_name = sorted(found["interests"], key=lambda each: str(each["name"]))
    assert by_name == [{"name": "债券", "product_id": None}, {"name": "稳健基金", "product_id": None}]
    assert found["follow_ups"] == [{"content": "谈了报价"}]
    told = service.store.rows(
        "SELECT data -> 'products' ->> 0 FROM journal WHERE type = 'customer.interest_added' AND subject = %s"
        " ORDER BY seq",
        (f"customer/{of['id']}",),
    )
    assert [codec.decode_json(each) for (each,) in told] == [
        {"name": "稳健基金", "product_id": product},
        {"name": "债券", "product_id": None},
    ]


def test_its_author_corrects_a_follow_up_for_24_hours_and_nobody_deletes_it(service: Alone) -> None:
    li = follower(service, "follow.edit")
    of = created(service, li)
    found = written(service, li, of["id"])
    CLOCK.moment = BEGIN + timedelta(hours=24) - timedelta(seconds=1)
    edited = service.call(li, "update_follow_up", id=found["id"], version=1, content="改正")["follow_up"]
    assert (edited["content"], edited["version"], edited["created_at"]) == ("改正", 2, stamp(BEGIN))
    CLOCK.moment = BEGIN + timedelta(hours=24)
    assert service.refused(li, "update_follow_up", id=found["id"], version=2, content="x") == "READ_ONLY"
    [still] = service.call(li, "follow_ups_by_ids", ids=[found["id"]])
    assert still["content"] == "改正"


def test_refusals_change_nothing(service: Alone) -> None:
    manager = known(
        service, employee("follow.manager", "customer.view_team", "customer.edit", "customer.follow", customer="TEAM")
    )
    li = follower(service, "follow.refused", line=(manager.id,))
    stranger = follower(service, "follow.stranger")
    of = created(service, li)
    found = written(service, li, of["id"])
    create = {"customer_id": of["id"], "type": "PHONE", "content": "x"}
    edit = {"id": found["id"], "version": 1, "content": "x"}
    past = BEGIN.isoformat()
    assert service.refused(seller(service, "follow.no_key"), "create_follow_up", **create) == "FORBIDDEN"
    assert service.refused(stranger, "create_follow_up", **create) == "NOT_FOUND"
    assert service.refused(manager, "create_follow_up", **create) == "FORBIDDEN"
    assert service.refused(li, "create_follow_up", **create, next_contact_at=past) == "VALIDATION"
    assert service.refused(li, "create_follow_up", **(create | {"content": "  "})) == "VALIDATION"
    assert service.refused(li, "create_follow_up", **(create | {"type": "SMOKE"})) == "VALIDATION"
    assert service.refused(stranger, "update_follow_up", **edit) == "NOT_FOUND"
    assert service.refused(manager, "update_follow_up", **edit) == "FORBIDDEN"
    assert service.refused(li, "update_follow_up", **(edit | {"version": 2})) == "CONFLICT"
    assert service.refused(li, "update_follow_up", **(edit | {"id": str(uuid4())})) == "NOT_FOUND"
    assert [each["content"] for each in service.call(li, "follow_ups", customer_id=of["id"])["nodes"]] == ["谈了报价"]


def test_cus_23_a_pool_customer_gets_no_follow_up(service: Alone) -> None:
    li = follower(service, "follow.pool")
    of = created(service, li)
    found = written(service, li, of["id"])
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE customer SET holding = 'POOL', owner_id = NULL, owned_since = NULL, anchor_at = NULL,"
            " pool_entered_at = now(), pool_id = (SELECT id FROM pool LIMIT 1) WHERE id = %s",
            (of["id"],),
        )
    steward = employee("follow.pool", "pool.view", "customer.follow")
    create = {"customer_id": of["id"], "type": "PHONE", "content": "x"}
    assert service.refused(steward, "create_follow_up", **create) == "READ_ONLY"
    assert service.refused(steward, "update_follow_up", id=found["id"], version=1, content="x") == "READ_ONLY"
    assert len(service.call(steward, "follow_ups", customer_id=of["id"])["nodes"]) == 1


def test_cus_50_the_reminder_comes_15_minutes_before_and_once(service: Alone) -> None:
    li = follower(service, "follow.due")
    of = created(service, li)
    at = BEGIN + timedelta(hours=1)
    found = written(service, li, of["id"], next_contact_at=at.isoformat())
    assert due(service, BEGIN + timedelta(minutes=44)) == []
    told = {
        "follow_up_id": found["id"],
        "customer_id": of["id"],
        "customer_name": of["name"],
        "owner_id": str(li.id),
        "next_contact_at": at.isoformat().replace("+00:00", "Z"),
    }
    assert due(service, BEGIN + timedelta(minutes=50)) == [told]
    assert due(service, BEGIN + timedelta(minutes=50)) == []
    assert due(service, at) == []


def test_another_next_contact_takes_the_place_of_the_first(service: Alone) -> None:
    li = follower(service, "follow.moved")
    of = created(service, li)
    written(service, li, of["id"], next_contact_at=(BEGIN + timedelta(hours=1)).isoformat())
    second = written(service, li, of["id"], next_contact_at=(BEGIN + timedelta(days=1)).isoformat())
    assert due(service, BEGIN + timedelta(hours=2)) == []
    later = BEGIN + timedelta(days=2)
    service.call(li, "update_follow_up", id=second["id"], version=1, next_contact_at=later.isoformat())
    assert customer(service, li, of["id"])["next_contact_at"] == stamp(later)
    assert due(service, BEGIN + timedelta(days=1)) == []
    assert [UUID(each["follow_up_id"]) for each in due(service, later)] == [UUID(second["id"])]
