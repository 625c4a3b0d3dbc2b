"""A create that waits for nothing (CUS-02, CFD-01): one round trip, and what fails in it is repeated as a whole."""

from __future__ import annotations

import select
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.waiting import Ready, Wait

from crm_common.errors import CrmError
from crm_common.line import Line
from crm_common.waiting import Waited, way_of_process
from selling import created, events_of, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

ADMIN = employee("hasty.admin", "field.edit", "field.view", "customer.view")


def _wait(connection: Waited, wait: Wait) -> Ready:
    socket = [connection.fileno()]
    readable, writable, _ = select.select(socket if wait & Wait.R else [], socket if wait & Wait.W else [], [])
    return Ready((Ready.R if readable else 0) | (Ready.W if writable else 0))


@pytest.fixture(autouse=True)
def waiting_as_a_process_of_the_broker() -> Iterator[None]:
    """Its way to wait, with threads for green threads: there the first attempt of a change is hasty."""
    assert not way_of_process
    way_of_process.append(_wait)
    yield
    way_of_process.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each round trip of a transaction carried."""
    found: list[int] = []
    send = Line.send

    def counted(line: Line) -> None:
        if line._waiting or line._beginning:
            found.append(len(line._waiting))
        send(line)

    monkeypatch.setattr(Line, "send", counted)
    return found


def test_a_create_is_one_round_trip_where_the_definitions_are_known(service: Alone, sent: list[int]) -> None:
    li = seller(service, "hasty.one")
    created(service, li)
    sent.clear()
    created(service, li)
    assert len(sent) == 1


def test_cus_02_a_duplicate_is_refused_and_told_once(service: Alone) -> None:
    li, wang = seller(service, "hasty.li"), seller(service, "hasty.wang")
    first = created(service, li, name="同一家", phone=number())
    found = created(service, li, name="ＡＢＣ 公司", phone=(phone := number()))
    events = len(service.events())
    with pytest.raises(CrmError) as refused:
        service.call(wang, "create_customer", name="abc 公司", phone=phone)
    assert (refused.value.code, refused.value.field) == ("DUPLICATE", "phone")
    assert refused.value.details == {"state": "OWNED", "owner": "hasty.li"}
    assert service.events()[events:] == ["customer.duplicate_rejected"]
    assert [kind for kind, _ in events_of(service.store, f"customer/{found['id']}")] == [
        "customer.created", "customer.duplicate_rejected",
    ]  # fmt: skip
    mine = service.call(li, "my_customers")["nodes"]
    assert {each["id"] for each in mine} == {first["id"], found["id"]}
    assert service.call(wang, "my_customers")["nodes"] == []


def test_cus_02_of_parallel_creates_of_one_key_exactly_one_wins(service: Alone) -> None:
    people = [seller(service, f"hasty.parallel.{place}") for place in range(4)]
    created(service, people[0])
    phone, barrier = number(), threading.Barrier(8)

    def one(place: int) -> str:
        if place < 8:
            barrier.wait(10)
        try:
            created(service, people[place % 4], name="同一客户", phone=phone)
        except CrmError as refused:
            return refused.code.value
        return "OK"

    with ThreadPoolExecutor(8) as threads:
        outcomes = Counter(threads.map(one, range(40)))
    assert outcomes == {"OK": 1, "DUPLICATE": 39}


def test_cfd_01_a_field_is_used_as_soon_as_it_is_there_and_no_longer_than_that(service: Alone) -> None:
    li = seller(service, "hasty.fields")
    created(service, li)
    field = service.call(ADMIN, "create_customer_field", key="hastyNo", type="TEXT", name="号", unique=True)
    # the definitions that are known do not have it
    found = created(service, li, custom={"hastyNo": "7"})
    assert service.store.rows("SELECT custom FROM customer WHERE id = %s", (found["id"],)) == [({"hastyNo": "7"},)]
    with pytest.raises(CrmError) as taken:
        created(service, li, custom={"hastyNo": "7"})
    assert (taken.value.code, taken.value.field) == ("VALIDATION", "custom.hastyNo")
    [key] = [value["id"] for name, value in field.items() if isinstance(value, dict)]
    service.call(ADMIN, "archive_customer_field", id=key, version=1, even_if_used=True)
    # the definitions that are known still have it
    with pytest.raises(CrmError) as refused:
        created(service, li, custom={"hastyNo": "8"})
    assert (refused.value.code, refused.value.field) == ("VALIDATION", "custom.hastyNo")


def test_cfd_01_a_field_that_becomes_required_is_required_of_the_next_create(service: Alone) -> None:
    li = seller(service, "hasty.required")
    created(service, li)
    field = service.call(ADMIN, "create_customer_field", key="hastyMust", type="TEXT", name="必", required=True)
    with pytest.raises(CrmError) as refused:
        created(service, li)
    assert (refused.value.code, refused.value.field) == ("VALIDATION", "custom.hastyMust")
    [key] = [value["id"] for value in field.values() if isinstance(value, dict)]
    service.call(ADMIN, "archive_customer_field", id=key, version=1, even_if_used=True)
    created(service, li)
