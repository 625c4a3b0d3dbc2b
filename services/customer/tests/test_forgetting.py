"""Erasing a customer forgets the people that belonged to it (CUS-26); that something happened stays."""

from __future__ import annotations

from typing import Any

import pytest

from selling import known, number
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

KEYS = ("customer.view", "customer.create", "customer.edit", "customer.follow")
LEADS = ("lead.view", "lead.create", "lead.screen", "lead.assign", "lead.follow", "lead.convert")
TABLES = ("contact", "contact_phone", "follow_up", "need", "important_date", "lead")


def everything(service: Alone, customer_id: str) -> str:
    """Whatever the tables of a customer's people say of it."""
    texts = [
        service.store.rows(
            f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t WHERE customer_id = %s", (customer_id,)
        )
        for table in TABLES
    ]
    said = "SELECT coalesce(string_agg(f.content, ' '), '') FROM lead_follow_up f JOIN lead l ON l.id = f.lead_id"
    texts.append(service.store.rows(f"{said} WHERE l.customer_id = %s", (customer_id,)))
    return " ".join(str(row[0]) for [row] in texts)


def test_cus_26_who_was_erased_stands_in_no_contact_follow_up_need_date_or_lead(service: Alone) -> None:
    li = known(service, employee("forget.li", *KEYS, *LEADS))
    lead = service.call(li, "create_lead", name="王秘密", phone=number(), email="secret@a.cn", company="秘密公司")[
        "lead"
    ]
    service.call(li, "screen_lead", id=lead["id"], version=1, verdict="SCREENED")
    service.call(li, "assign_lead", id=lead["id"], version=2, owner_id=str(li.id))
    service.call(li, "follow_lead", id=lead["id"], type="PHONE", content="秘密地谈了")
    of = service.call(li, "convert_lead", id=lead["id"], version=4)["customer"]["id"]
    service.call(li, "create_follow_up", customer_id=of, type="PHONE", content="秘密报价")
    service.call(li, "add_need", customer_id=of, content="秘密需求")
    service.call(li, "add_important_date", customer_id=of, title="秘密生日", day="2001-01-01")
    other: dict[str, Any] = service.call(li, "create_customer", name="别的", phone=number())["customer"]
    service.call(li, "create_contact", customer_id=other["id"], name="别人")
    assert everything(service, of).count("秘密") >= 6
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE customer SET holding = 'TRASH', owner_id = NULL, owned_since = NULL, anchor_at = NULL,"
            " trashed_at = now() - interval '40 days' WHERE id = %s",
            (of,),
        )
    cleaner = employee("forget.cleaner", "customer.purge", "pool.discard")
    [result] = service.call(cleaner, "purge_customers", ids=[of])["results"]
    assert (result["done"], result["code"]) == (True, None)
    left = everything(service, of)
    assert "秘密" not in left
    assert "secret@a.cn" not in left
    counts = [
        service.store.rows(f"SELECT count(*) FROM {table} WHERE customer_id = %s", (of,))[0][0] for table in TABLES
    ]
    assert dict(zip(TABLES, counts, strict=True)) == {
        "contact": 1, "contact_phone": 0, "follow_up": 1, "need": 1, "important_date": 0, "lead": 1,
    }  # fmt: skip
    [still] = service.call(li, "contacts", customer_id=other["id"])["nodes"]
    assert still["name"] == "别人"
