"""Items end to end."""

from __future__ import annotations

from serving.alone import Alone, employee


def test_an_item_is_created_renamed_and_shown(service: Alone) -> None:
    li = employee("li", "finance.edit")

    made = service.call(li, "create_finance_item", name="样品")["item"]
    renamed = service.call(li, "rename_finance_item", id=made["id"], version=1, name="样机")["item"]

    assert (made["name"], renamed["name"], renamed["version"]) == ("样品", "样机", 2)
    assert service.events()[-2:] == ["finance_item.created", "finance_item.renamed"]


def test_one_sees_one_s_own_items_and_changes_no_others(service: Alone) -> None:
    li, wang = (employee(name, "finance.edit") for name in ("li2", "wang2"))
    made = service.call(li, "create_finance_item", name="李的")["item"]

    assert [each["name"] for each in service.call(wang, "finance_items")["nodes"]] == []
    assert [each["name"] for each in service.call(li, "finance_items")["nodes"]] == ["李的"]
    assert service.refused(wang, "rename_finance_item", id=made["id"], version=1, name="x") == "NOT_FOUND"


def test_without_the_key_nothing_is_open(service: Alone) -> None:
    assert service.refused(employee("guest"), "finance_items") == "FORBIDDEN"
    assert service.refused(None, "finance_items") == "UNAUTHENTICATED"
