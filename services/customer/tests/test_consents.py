"""Consent (CUS-53): what customers said, whom messages may reach, and all that is known of one on request (AUD-03)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.context import Actor, ActorKind
from crm_common.protocol.selection import Selected, dump
from customer.store import dossier
from selling import SELLER, created, events_of, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

SYSTEM = Actor(kind=ActorKind.SYSTEM, id=uuid4(), name="system:marketing")
SAID = datetime(2026, 3, 1, 8, tzinfo=UTC)


def said(service: Alone, by: Actor, of: str, *, agreed: bool, channel: str = "SMS", **given: Any) -> None:
    service.call(by, "record_consent", customer_id=of, channel=channel, agreed=agreed, source="电话", **given)


def reach(service: Alone, *ids: Any, channel: str = "SMS", purpose: str = "MARKETING") -> list[str | None]:
    """Why each may not be addressed; None: it may."""
    asked = {"customer_ids": list(ids), "channel": channel, "purpose": purpose}
    answers = service.call(SYSTEM, "contactable", **asked)
    assert [each["customer_id"] for each in answers] == [str(each) for each in ids]
    assert [each["contactable"] for each in answers] == [each["refused"] is None for each in answers]
    return [each["refused"] for each in answers]


def consents(service: Alone, by: Actor, of: str) -> list[tuple[str, bool, str]]:
    names = ("channel", "agreed", "source")
    select = dump([Selected("consents", "consents", {}, tuple(Selected(name, name) for name in names))])
    [found] = service.call(by, "customers_by_ids", ids=[of], select=select)
    return [tuple(each[name] for name in names) for each in found["consents"]]


def test_cus_53_an_opt_out_is_kept_with_source_and_time_and_stops_marketing_by_that_way(service: Alone) -> None:
    li = seller(service, "consent.li")
    of = created(service, li)["id"]
    assert reach(service, of) == [None]
    said(service, li, of, agreed=True, said_at=SAID)
    said(service, li, of, agreed=False, said_at=SAID + timedelta(days=1))
    assert consents(service, li, of) == [("SMS", False, "电话"), ("SMS", True, "电话")]
    assert reach(service, of) == ["OPTED_OUT"]
    assert reach(service, of, channel="EMAIL") == [None]
    # what it has is told all the same
    assert reach(service, of, purpose="SERVICE") == [None]
    events = [data for kind, data in events_of(service.store, f"consent/{of}") if kind == "consent.changed"]
    assert [(each["agreed"], each["changes"]) for each in events] == [
        (True, {"SMS": [None, True]}),
        (False, {"SMS": [True, False]}),
    ]
    # the same again is nothing new
    said(service, li, of, agreed=False)
    assert len(consents(service, li, of)) == 2


def test_cus_53_what_was_said_before_does_not_outdo_what_was_said_after(service: Alone) -> None:
    li = seller(service, "consent.late")
    of = created(service, li)["id"]
    said(service, li, of, agreed=False, said_at=SAID)
    said(service, li, of, agreed=True, said_at=SAID - timedelta(days=1))
    assert reach(service, of) == ["OPTED_OUT"]
    assert service.refused(
        li, "record_consent", customer_id=of, channel="SMS", agreed=True, source="x",
        said_at=datetime.now(UTC) + timedelta(days=1),
    ) == "VALIDATION"  # fmt: skip


def test_consent_is_the_owners_to_write_down_and_an_answer_to_a_message_counts_in_the_pool_too(service: Alone) -> None:
    li, other = seller(service, "consent.owner", "customer.release", "pool.view"), seller(service, "consent.other")
    of = created(service, li)["id"]
    refused = {"customer_id": of, "channel": "SMS", "agreed": False, "source": "x"}
    assert service.refused(other, "record_consent", **refused) == "NOT_FOUND"
    assert service.refused(employee("consent.nobody", "customer.view"), "record_consent", **refused) == "FORBIDDEN"
    assert service.refused(li, "note_consent", **refused, said_at=SAID) == "FORBIDDEN"
    assert service.refused(li, "contactable", customer_ids=[of], channel="SMS", purpose="SERVICE") == "FORBIDDEN"
    service.call(li, "release_customers", ids=[of], reason="x")
    assert service.refused(li, "record_consent", **refused) == "READ_ONLY"
    assert reach(service, of, uuid4()) == ["NOT_HELD", "UNKNOWN"]
    assert service.call(SYSTEM, "note_consent", **refused, said_at=SAID) == {"noted": True}
    assert service.call(SYSTEM, "note_consent", **refused, said_at=SAID) == {"noted": False}
    assert service.call(SYSTEM, "note_consent", **refused | {"customer_id": uuid4()}, said_at=SAID) == {"noted": False}


def test_cus_53_a_merge_keeps_the_last_word_of_both(service: Alone) -> None:
    li = seller(service, "consent.merge", "customer.merge")
    kept, gone = created(service, li), created(service, li)
    said(service, li, kept["id"], agreed=True, said_at=SAID)
    said(service, li, gone["id"], agreed=False, said_at=SAID + timedelta(days=1))
    merge = {"survivor_id": kept["id"], "survivor_version": 1, "merged_id": gone["id"], "merged_version": 1}
    service.call(li, "merge_customers", **merge)
    assert reach(service, kept["id"], gone["id"]) == ["OPTED_OUT", "OPTED_OUT"]


def test_where_the_company_asks_for_a_yes_silence_is_none(service: Alone) -> None:
    settings = service.runtime.services["customer"].scheduler.host.settings
    li = seller(service, "consent.needed")
    one, two = created(service, li)["id"], created(service, li)["id"]
    said(service, li, two, agreed=True)
    settings.values["consent.needed"] = True  # type: ignore[attr-defined]
    try:
        assert reach(service, one, two) == ["NOT_AGREED", None]
    finally:
        settings.values.clear()  # type: ignore[attr-defined]


def test_aud_03_every_table_that_names_a_customer_is_in_the_document_or_says_nothing_of_it(service: Alone) -> None:
    named = {
        row[0]
        for row in service.store.rows(
            "SELECT table_name::text FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND column_name IN ('customer_id', 'entity_id')"
        )
    }
    assert named == {*dossier.BLOCKS, *dossier.WITH_NUMBERS, *dossier.LEFT_OUT}


def test_aud_03_all_that_is_known_of_a_customer_is_one_document_and_taking_it_is_written_down(service: Alone) -> None:
    li = seller(service, "dossier.li", "customer.follow", "customer.merge")
    phones = [{"label": "手机", "number": number()}]
    of, twin = created(service, li, name="欧阳", kind="PERSON", hobbies="登山"), created(service, li, name="欧阳先生")
    service.call(li, "create_contact", customer_id=of["id"], name="秘书", phones=phones)
    service.call(li, "create_follow_up", customer_id=of["id"], type="PHONE", content="谈了报价")
    said(service, li, of["id"], agreed=True)
    merge = {"survivor_id": of["id"], "survivor_version": 1, "merged_id": twin["id"], "merged_version": 1}
    service.call(li, "merge_customers", **merge)
    command = {"customer_id": of["id"], "reason": "本人申请", "idempotency_key": "once"}
    document = service.call(li, "export_personal_data", **command)["document"]
    assert [(each["name"], each["phone"]) for each in document["customer"]] == [
        ("欧阳", of["phone"]),
        ("欧阳先生", twin["phone"]),
    ]
    assert document["customer"][0]["hobbies"] == "登山"
    assert [(each["name"], each["phones"]) for each in document["contact"]] == [
        ("秘书", phones),
        ("欧阳先生", [{"label": "合并", "number": twin["phone"]}]),
    ]
    assert [each["content"] for each in document["follow_up"]] == ["谈了报价"]
    assert [each["channel"] for each in document["consent"]] == ["SMS"]
    assert "customer.created" in [each["type"] for each in document["history"]]
    assert "phone_cipher" not in json.dumps(document)
    # nothing of it is kept: asked again, it is gone
    assert service.call(li, "export_personal_data", **command) == {"document": None}
    [told] = [data for kind, data in events_of(service.store, f"customer/{of['id']}") if kind.endswith("exported")]
    assert told["reason"] == "本人申请"


def test_a_document_is_for_the_owner_and_for_who_erases(service: Alone) -> None:
    li = seller(service, "dossier.owner")
    of = created(service, li)["id"]
    asked = {"customer_id": of, "reason": "x"}
    chief = employee("dossier.chief", *SELLER, customer="ALL")
    assert service.refused(chief, "export_personal_data", **asked) == "FORBIDDEN"
    assert service.refused(seller(service, "dossier.other"), "export_personal_data", **asked) == "NOT_FOUND"
    assert service.refused(employee("dossier.none", "customer.view"), "export_personal_data", **asked) == "FORBIDDEN"
    officer = employee("dossier.officer", "customer.erase", customer="ALL")
    assert service.call(officer, "export_personal_data", **asked)["document"]["customer"][0]["id"] == of


def test_cus_26_what_was_linked_said_proposed_and_evaluated_is_forgotten_with_the_person(service: Alone) -> None:
    li = seller(service, "forget.li", "customer.merge", "credit.edit")
    of, twin = created(service, li, name="欧阳秘密"), created(service, li, name="欧阳秘密二", hobbies="秘密")
    consent = {"customer_id": of["id"], "channel": "SMS", "agreed": True, "source": "秘密来电"}
    service.call(li, "record_consent", **consent)
    service.call(li, "link_customer", id=of["id"], system="shop", external_id="秘密-1")
    compared = [{"competitor": "秘密对手"}]
    service.call(li, "create_solution_plan", customer_id=of["id"], title="秘密方案", comparisons=compared)
    credit = {"grade": "A", "credit_limit": "1", "verdict": "秘密"}
    service.call(li, "create_credit_evaluation", customer_id=of["id"], **credit)
    merge = {"survivor_id": of["id"], "survivor_version": 1, "merged_id": twin["id"], "merged_version": 1}
    service.call(li, "merge_customers", **merge)
    officer = employee("forget.officer", "customer.erase", "customer.view", customer="ALL")
    service.call(officer, "erase_customer", id=of["id"], name="欧阳秘密")
    tables = (
        *("customer", "contact", "external_id", "consent", "solution_plan", "solution_comparison"),
        *("credit_evaluation", "customer_merge", "merge_move", "journal"),
    )
    told = {table: service.store.rows(f"SELECT string_agg(t::text, '') FROM {table} t")[0][0] or "" for table in tables}
    assert [table for table, text in told.items() if "秘密" in text] == []
    assert service.call(SYSTEM, "credit_of", customer_ids=[of["id"]]) == []
    assert reach(service, of["id"], twin["id"]) == ["UNKNOWN", "UNKNOWN"]
