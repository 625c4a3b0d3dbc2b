"""Custom fields of customers (CFD-01 … 03): given, checked, unique, found, told."""

from __future__ import annotations

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.selection import Selected, dump
from selling import created, events_of, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

ADMIN = employee("custom.admin", "field.edit", "field.view", "customer.view")
_SELECT = dump([Selected("id", "id"), Selected("custom", "custom", {}, (Selected("json", "json"),))])


@pytest.fixture(scope="module")
def fields(service: Alone) -> None:
    new = {"searchable": True, "in_list": True}
    service.call(ADMIN, "create_customer_field", key="taxNo", type="TEXT", name="税号", unique=True, **new)
    service.call(ADMIN, "create_customer_field", key="staff", type="NUMBER", name="员工数", **new)


@pytest.mark.usefixtures("fields")
def test_cfd_01_custom_values_are_kept_told_found_and_unique(service: Alone) -> None:
    li = seller(service, "custom.li")
    first = created(service, li, custom={"taxNo": "91310000X", "staff": 50})
    other = created(service, li, custom={"staff": 7})
    page = service.call(li, "my_customers", select=_SELECT, filter={"custom": {"staff": {"gt": "10"}}}, order_by=[])
    assert page["nodes"] == [{"id": first["id"], "custom": {"json": {"taxNo": "91310000X", "staff": "50"}}}]
    with pytest.raises(CrmError) as twice:
        service.call(li, "update_customer", id=other["id"], version=1, custom={"taxNo": "91310000x"})
    assert (twice.value.code, twice.value.field) == ("VALIDATION", "custom.taxNo")
    after = service.call(li, "update_customer", id=other["id"], version=1, custom={"staff": 8}, address="x")
    assert after["customer"]["version"] == 2
    _, (_, data) = events_of(service.store, f"customer/{other['id']}")
    assert data["changes"] == {"address": [None, "x"], "custom.staff": ["7", "8"]}


@pytest.mark.usefixtures("fields")
def test_cfd_01_what_is_no_value_of_a_field_is_refused(service: Alone) -> None:
    li = seller(service, "custom.wrong")
    for custom, field in (({"staff": "many"}, "custom.staff"), ({"unknown": 1}, "custom.unknown")):
        with pytest.raises(CrmError) as refused:
            service.call(li, "create_customer", name="x", phone=number(), custom=custom)
        assert (refused.value.code, refused.value.field) == ("VALIDATION", field)
