"""Handover (IDN-23): identity counts what is in a leaver's name here and passes it on."""

from __future__ import annotations

from uuid import uuid4

import pytest

from crm_common.context import Actor, ActorKind
from selling import created, seller
from serving.alone import Alone

pytestmark = pytest.mark.infra

IDENTITY = Actor(kind=ActorKind.SYSTEM, id=uuid4(), name="system:identity")


def test_idn_23_a_leaver_s_customers_are_counted_and_shared_evenly(
    service: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customer.usecases.handover.BATCH", 2)
    li, wu, he = (seller(service, f"handover.{name}") for name in ("li", "wu", "he"))
    ids = [created(service, li)["id"] for _ in range(5)]
    before = len(service.events())

    assert service.call(IDENTITY, "owned_here", employee_id=li.id) == {"counts": {"customer": 5, "lead": 0}}
    asked = {"from_id": li.id, "to_ids": [wu.id, he.id], "reason": "离职"}
    assert service.call(IDENTITY, "hand_over_here", **asked, kinds=["lead"])["moved"].get("customer") is None
    assert service.call(IDENTITY, "hand_over_here", **asked)["moved"]["customer"] == 5

    owners = service.store.rows("SELECT owner_id FROM customer WHERE id = ANY(%s::uuid[]) ORDER BY id", (ids,))
    assert [row[0] for row in owners] == [wu.id, he.id, wu.id, he.id, wu.id]
    assert service.events()[before:] == ["customer.transferred"] * 5
    assert service.call(IDENTITY, "owned_here", employee_id=li.id)["counts"]["customer"] == 0
    assert service.call(IDENTITY, "hand_over_here", **asked)["moved"]["customer"] == 0
    assert [each["phone"][3:7] == "****" for each in service.call(wu, "my_customers")["nodes"]] == [False] * 3


def test_idn_23_only_services_ask_for_it(service: Alone) -> None:
    li = seller(service, "handover.asker")
    assert service.refused(li, "owned_here", employee_id=li.id) == "FORBIDDEN"
    assert service.refused(li, "hand_over_here", from_id=li.id, to_ids=[]) == "FORBIDDEN"
