"""Saved views (CUS-05): each user's own, checked when saved, used as they were."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import CrmError
from selling import seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

VIEW: dict[str, Any] = {
    "list": "MY_CUSTOMERS",
    "name": "北京老客户",
    "filter": {
        "and": [{"region": {"eq": "beijing"}}, {"lastFollowUpAt": {"olderThan": {"amount": 30, "unit": "DAY"}}}]
    },
    "order_by": [{"field": "createdAt", "direction": "DESC"}],
    "columns": ["name", "region", "ownerName"],
}


def test_cus_05_a_view_comes_back_as_it_was_saved_to_its_user_only(service: Alone) -> None:
    li, wang = seller(service, "saved.li"), seller(service, "saved.wang")
    made = service.call(li, "create_saved_view", **VIEW)["saved_view"]
    assert {name: made[name] for name in VIEW} == VIEW
    assert [each["id"] for each in service.call(li, "saved_views")["nodes"]] == [made["id"]]
    assert service.call(wang, "saved_views")["nodes"] == []
    assert service.call(wang, "saved_views_by_ids", ids=[made["id"]]) == [None]
    assert service.refused(wang, "delete_saved_view", id=made["id"]) == "NOT_FOUND"
    assert service.refused(li, "create_saved_view", **VIEW) == "DUPLICATE"
    after = service.call(li, "update_saved_view", id=made["id"], version=1, filter={})["saved_view"]
    assert (after["filter"], after["columns"], after["version"]) == ({}, VIEW["columns"], 2)
    assert service.refused(li, "update_saved_view", id=made["id"], version=1, name="x") == "CONFLICT"
    assert service.call(li, "delete_saved_view", id=made["id"])["deleted_id"] == made["id"]
    assert service.call(li, "saved_views")["nodes"] == []
    assert service.events()[-3:] == ["saved_view.created", "saved_view.updated", "saved_view.deleted"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"filter": {"regionn": {"eq": "x"}}}, "filter.regionn"),
        ({"filter": {"phone": {"contains": "138"}}}, "filter.phone.contains"),
        ({"order_by": [{"field": "phone"}]}, "order_by"),
        ({"columns": ["secrets"]}, "columns"),
    ],
)
def test_cus_05_what_the_list_would_refuse_is_refused_when_it_is_saved(
    service: Alone, given: dict[str, Any], field: str
) -> None:
    li = seller(service, "saved.wrong")
    with pytest.raises(CrmError) as refused:
        service.call(li, "create_saved_view", **VIEW | {"name": "falsch"} | given)
    assert (refused.value.code, refused.value.field) == ("VALIDATION", field)


def test_cfd_02_a_custom_field_that_a_saved_view_uses_is_not_archived_unasked(service: Alone) -> None:
    admin = employee("saved.admin", "field.edit", "field.view", "customer.view")
    li = seller(service, "saved.custom")
    field = service.call(admin, "create_customer_field", key="fleet", type="NUMBER", name="车队", searchable=True)[
        "field"
    ]
    service.call(li, "create_saved_view", **VIEW | {"filter": {"or": [{"custom": {"fleet": {"gt": "5"}}}]}})
    assert service.call(admin, "customer_field_uses", id=field["id"]) == [{"kind": "saved view", "name": VIEW["name"]}]
    archive = {"id": field["id"], "version": field["version"]}
    assert service.refused(admin, "archive_customer_field", **archive) == "BAD_STATE"
