"""Erasing on request (CUS-26): who it was is nowhere any more, not in the history either; that it was there stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor, system_context
from crm_common.errors import CrmError
from crm_common.journal import chain, replay
from crm_common.journal.sealing import ERASED
from crm_common.protocol.declare import Envelope
from customer.service import CustomerService
from infra.postgres import SharedPostgres
from ledger.waiting import until
from selling import ENVIRONMENT, created, events_of, known, number
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

LEADS = ("lead.view", "lead.create", "lead.screen", "lead.assign", "lead.follow", "lead.convert")
KEYS = ("customer.view", "customer.create", "customer.edit", "customer.follow", "customer.transfer", *LEADS)
NAME = "欧阳秘密"
TRACES = (NAME, "秘密", "secret@", "ouyang")
"""What must not be found of somebody, in any form."""


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """The service with all that runs beside its calls: the index follows the journal."""
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        assembly = served.runtime.services["customer"]
        assembly.start()
        try:
            yield served
        finally:
            assembly.stop(10)


@pytest.fixture
def li(service: Alone) -> Actor:
    return known(service, employee("erase.li", *KEYS, customer="SELF"))


@pytest.fixture
def officer(service: Alone) -> Actor:
    return known(service, employee("erase.officer", "customer.view", "customer.erase", customer="ALL"))


def whole(service: Alone) -> str:
    """Every value of every row of every table there is, as text; bytes in hexadecimal."""
    tables = service.store.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    said = [
        service.store.rows(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")[0][0]
        for (table,) in tables
        if not table.startswith("journal_2")
    ]
    assert len(said) > 20
    return "\n".join(said)


def traces(service: Alone, *further: str) -> list[str]:
    """What is found of the person, in clear or as the bytes of it."""
    text = whole(service)
    return [each for each in (*TRACES, *further) if each in text or each.encode().hex() in text]


def customer_of_a_lead(service: Alone, li: Actor, phone: str) -> str:
    """A customer that leaves traces wherever there can be any."""
    lead = service.call(li, "create_lead", name=NAME, phone=phone, email="secret@a.cn", remark="秘密来源")["lead"]
    service.call(li, "screen_lead", id=lead["id"], version=1, verdict="SCREENED")
    service.call(li, "assign_lead", id=lead["id"], version=2, owner_id=str(li.id))
    service.call(li, "follow_lead", id=lead["id"], type="PHONE", content="秘密地谈了")
    made = service.call(li, "convert_lead", id=lead["id"], version=4, kind="PERSON")["customer"]
    of, other = made["id"], created(service, li, name="别的公司")
    service.call(
        li, "update_customer", id=of, version=made["version"],
        address="秘密路 1 号", tags=["秘密"], hobbies="秘密", sex="MALE",
    )  # fmt: skip
    service.call(li, "set_customer_stage", id=of, version=made["version"] + 1, stage="LOST", reason="嫌秘密太贵")
    service.call(li, "create_follow_up", customer_id=of, type="PHONE", content="秘密报价")
    service.call(li, "create_contact", customer_id=of, name="秘密的秘书", phones=[{"number": number()}])
    service.call(li, "add_need", customer_id=of, content="秘密需求")
    service.call(li, "add_important_date", customer_id=of, title="秘密生日", day="2001-01-01")
    service.call(li, "add_relation", customer_id=other["id"], kind="AFFILIATE", other_id=of, remark="秘密股东")
    return str(of)


def history(service: Alone, person: Actor, of: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.call(person, "customer_history", id=of)["nodes"]
    return found


def sound(service: Alone) -> bool:
    """What the job of ``crm journal verify`` says."""
    run = service.runtime.services["customer"].scheduler.run_now(
        "customer.journal_verify", system_context("customer", correlation_id="test")
    )
    assert run["report"]["differences"] == []
    return bool(run["report"]["sound"])


def read(service: Alone, customer_id: str) -> list[Envelope]:
    """The customer's events, as consumers are sent them again."""
    return list(replay.read_all(service.store, which=replay.Range(subject=f"customer/{customer_id}")))


def found_by_search(service: Alone, person: Actor, text: str) -> int | None:
    """How many hits; None while the index is built for the first time."""
    try:
        return len(service.call(person, "search", text=text)["hits"])
    except CrmError as building:
        if building.rule != "the_index_is_being_built":
            raise
        return None


def test_cus_26_after_the_erasure_the_person_is_nowhere_and_what_happened_still_is(
    service: Alone, li: Actor, officer: Actor
) -> None:
    """Erase → search for old name gives 0."""
    phone = number()
    of = customer_of_a_lead(service, li, phone)
    until(lambda: found_by_search(service, officer, NAME), "the index has the name")
    until(lambda: service.store.rows("SELECT FROM search_query WHERE text = %s", (NAME,)), "the question is counted")
    # what the history tells is readable as long as the person is there, and only by who opens it
    [made, *_] = [each for each in history(service, li, of) if each["type"] == "customer.created"]
    assert made["changes"]["name"] == [None, NAME]
    journal = service.store.rows("SELECT string_agg(data::text, '') FROM journal")[0][0]
    assert [each for each in TRACES if each in journal] == []
    before = len(events_of(service.store, f"customer/{of}"))

    erased = service.call(officer, "erase_customer", id=of, name=f" {NAME} ")["customer"]

    assert (erased["name"], erased["holding"], erased["phone"], erased["owner_id"]) == (ERASED, "ERASED", "", None)
    until(lambda: traces(service, phone) == [], "the index forgets too", 60)
    assert found_by_search(service, officer, NAME) == 0
    [last, *_] = told = history(service, officer, of)
    assert len(told) == before + 1
    assert last["type"] == "customer.erased"
    assert last["changes"]["name"] == [ERASED, ERASED]
    assert last["changes"]["address"] == [ERASED, None]
    [made, *_] = [each for each in told if each["type"] == "customer.created"]
    assert made["changes"]["name"] == [None, ERASED]
    assert made["changes"]["owner_id"] == [None, str(li.id)]
    assert [each["reason"] for each in told if each["type"] == "customer.stage_changed"] == [ERASED]


def test_cus_26_the_rebuilt_journal_is_the_erased_state_and_the_chain_still_holds(
    service: Alone, li: Actor, officer: Actor
) -> None:
    of = customer_of_a_lead(service, li, number())
    kept = created(service, li, name="留下的公司", address="留下路")
    until(lambda: read(service, of), "older transactions end")
    assert chain.extend(service.store, datetime.now(UTC)) is not None
    assert sound(service)

    service.call(officer, "erase_customer", id=of, name=NAME)

    assert sound(service)
    assert read(service, of)[0].data["name"] == ERASED
    [told] = read(service, kept["id"])
    assert (told.data["name"], told.data["changes"]["address"]) == ("留下的公司", [None, "留下路"])


def test_cus_26_who_went_into_a_customer_is_erased_with_it(service: Alone, li: Actor, officer: Actor) -> None:
    steward = known(service, employee("erase.li", *KEYS, "customer.merge", customer="SELF"))
    kept, gone = (
        created(service, li, name="留下的人"),
        created(service, li, name="暗号", address="暗号路", tags=["暗号"]),
    )
    versions = {"survivor_version": 1, "merged_version": 1}
    merge = service.call(steward, "merge_customers", survivor_id=kept["id"], merged_id=gone["id"], **versions)["merge"]
    assert service.refused(officer, "erase_customer", id=gone["id"], name="暗号") == "BAD_STATE"

    service.call(officer, "erase_customer", id=kept["id"], name="留下的人")

    until(lambda: "暗号" not in whole(service), "the index forgets too", 60)
    rows = service.call(officer, "customers_by_ids", ids=[kept["id"], gone["id"]])
    assert [(each["name"], each["holding"]) for each in rows] == [(ERASED, "ERASED")] * 2
    assert service.refused(steward, "undo_merge", id=merge["id"]) == "NOT_FOUND"
    assert sound(service)


def test_cus_26_erasing_waits_for_what_is_open_and_for_the_name_to_be_typed(
    service: Alone, li: Actor, officer: Actor
) -> None:
    made = created(service, li, name="王 五")
    context = system_context("sales", correlation_id="test")
    asked = {"customer_id": made["id"], "reference": f"sales:order/{uuid4()}"}
    service.runtime.peers.call("customer", "hold", {**asked, "reason": "ORDER_REVIEW"}, context)
    assert service.refused(officer, "erase_customer", id=made["id"], name="王 五") == "BAD_STATE"
    service.runtime.peers.call("customer", "release_hold", asked, context)
    assert service.refused(officer, "erase_customer", id=made["id"], name="王五") == "VALIDATION"
    assert service.refused(li, "erase_customer", id=made["id"], name="王 五") == "FORBIDDEN"
    near = known(service, employee("erase.near", "customer.view", "customer.erase", customer="SELF"))
    assert service.refused(near, "erase_customer", id=made["id"], name="王 五") == "NOT_FOUND"
    assert service.refused(officer, "erase_customer", id=UUID(int=1), name="王 五") == "NOT_FOUND"
    service.call(officer, "erase_customer", id=made["id"], name="王 五")
    assert service.refused(officer, "erase_customer", id=made["id"], name=ERASED) == "BAD_STATE"
    assert service.call(li, "customers_by_ids", ids=[made["id"]]) == [None]


def test_cus_26_files_made_of_the_records_before_go_with_the_person(service: Alone, li: Actor, officer: Actor) -> None:
    exporter = known(service, employee("erase.exporter", "customer.view", "customer.export", customer="ALL"))
    made = created(service, li, name=NAME)
    job = service.call(exporter, "start_customer_export", kind="CUSTOMER", format="CSV")["job"]["id"]
    until(lambda: service.call(exporter, "customer_export_file", id=job), "the file is there")

    service.call(officer, "erase_customer", id=made["id"], name=NAME)

    assert service.call(exporter, "customer_export_file", id=job) is None
