"""The past of a customer (BYD-06): every change told in order, and the record as of any moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from selling import created, known, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra


def moment() -> str:
    """Now, as the service's own clock has it: between two of its changes."""
    return datetime.now(UTC).isoformat()


def test_byd_06_a_customer_is_shown_as_it_was_with_today_s_rights(service: Alone) -> None:
    li, stranger = seller(service, "past.li"), seller(service, "past.stranger")
    before = moment()
    made = created(service, li, name="旧名", phone="13912340000", tags=["老客户"])
    first = moment()
    service.call(li, "update_customer", id=made["id"], version=1, name="新名", tags=[])
    service.call(li, "set_customer_stage", id=made["id"], version=2, stage="INTERESTED")
    last = moment()

    def at(when: str) -> object:
        [found] = service.call(li, "customers_by_ids", ids=[made["id"]], as_of=when)
        wanted = ("name", "tags", "stage", "phone", "owner_id")
        return None if found is None else tuple(found[name] for name in wanted)

    assert at(before) is None
    assert at(first) == ("旧名", ["老客户"], "POTENTIAL", "139****0000", str(li.id))
    assert at(last) == ("新名", [], "INTERESTED", "139****0000", str(li.id))
    assert service.call(stranger, "customers_by_ids", ids=[made["id"]], as_of=last) == [None]


def test_byd_06_the_history_names_who_changed_what_for_whom_the_record_is_visible(service: Alone) -> None:
    li, stranger = seller(service, "past.teller"), seller(service, "past.nobody")
    chief = known(service, employee("past.chief", "customer.view", "customer.edit", customer="ALL"))
    made = created(service, li, name="甲", phone="13912340001")
    service.call(chief, "update_customer", id=made["id"], version=1, address="上海")
    page = service.call(li, "customer_history", id=made["id"])["nodes"]
    assert [each["type"] for each in page] == ["customer.updated", "customer.created"]
    assert "13912340001" not in str(page)
    assert service.refused(stranger, "customer_history", id=made["id"]) == "NOT_FOUND"
