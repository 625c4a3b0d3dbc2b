"""Lists show the columns that the company chose, in their order (CUS-04), custom fields that are flagged among them."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.protocol.customer.list_columns import SHIPPED
from selling import events_of, seller
from serving.alone import Alone

pytestmark = pytest.mark.infra


def shown(service: Alone, person: Any) -> tuple[list[str], int]:
    found = service.call(person, "customer_list_columns")
    return [each["name"] for each in found["columns"]], found["version"]


def test_cus_04_columns_are_the_flagged_fields_in_the_configured_order(service: Alone) -> None:
    editor, li = seller(service, "columns.editor", "field.edit", "field.view"), seller(service, "columns.li")
    assert shown(service, li) == (list(SHIPPED), 0)
    hidden = {"key": "hiddenNo", "type": "TEXT", "name": "内部号"}
    service.call(editor, "create_customer_field", **hidden)
    tax = {"key": "taxNo", "type": "TEXT", "name": "税号", "in_list": True, "sortable": True}
    service.call(editor, "create_customer_field", **tax)
    # flagged, and not placed yet
    assert shown(service, li) == ([*SHIPPED, "custom.taxNo"], 0)

    wanted = ["custom.taxNo", "region", "ownerName", "custom.taxNo", "name"]
    answer = service.call(editor, "set_customer_list_columns", columns=wanted, version=0)

    assert answer == {"columns": ["custom.taxNo", "region", "ownerName", "name"], "version": 1}
    assert shown(service, li) == (["custom.taxNo", "region", "ownerName", "name"], 1)
    found = service.call(li, "customer_list_columns")["columns"]
    assert found[:3] == [
        {"name": "custom.taxNo", "label": "税号", "sortable": True},
        {"name": "region", "label": None, "sortable": True},
        {"name": "ownerName", "label": None, "sortable": False},
    ]
    late = service.call(editor, "create_customer_field", key="lateNo", type="NUMBER", name="后加", in_list=True)
    assert shown(service, li)[0] == [*answer["columns"], "custom.lateNo"]
    field = late["field"]
    service.call(editor, "archive_customer_field", id=field["id"], version=field["version"])
    assert shown(service, li)[0] == answer["columns"]
    [(kind, told)] = events_of(service.store, "list_columns/5f0e3f5e-0d8f-5c6a-9b5e-6d1a4a0c9004")
    assert (kind, told["changes"]["columns"]) == ("list_columns.changed", [list(SHIPPED), answer["columns"]])
    # the same again is no change, and the name is always there
    assert service.call(editor, "set_customer_list_columns", columns=answer["columns"], version=1)["version"] == 1
    again = service.call(editor, "set_customer_list_columns", columns=["stage"], version=1)
    assert again == {"columns": ["name", "stage"], "version": 2}


def test_cus_04_who_defines_fields_chooses_columns_and_only_such_as_lists_can_show(service: Alone) -> None:
    editor, li = seller(service, "choosing.editor", "field.edit", "field.view"), seller(service, "choosing.li")
    service.call(editor, "create_customer_field", key="innerNo", type="TEXT", name="内部号")
    _, version = shown(service, li)

    def refused(who: Any, **given: Any) -> str:
        return service.refused(who, "set_customer_list_columns", **{"columns": ["name"], "version": version} | given)

    assert refused(li) == "FORBIDDEN"
    assert refused(editor, version=version + 1) == "CONFLICT"
    for columns in (["contacts"], ["nothing"], ["custom.innerNo"], []):
        assert refused(editor, columns=columns) == "VALIDATION"
    assert service.refused(None, "customer_list_columns") == "UNAUTHENTICATED"
