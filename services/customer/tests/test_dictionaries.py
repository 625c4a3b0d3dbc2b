"""Dictionaries (CUS-46): seeded, ordered, archived, and the only values that records take."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import CrmError
from selling import created, number, seller
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

ADMIN = employee("dictionary.admin", "sys.edit")


def entries(service: Alone, dictionary: str) -> list[dict[str, Any]]:
    page = service.call(ADMIN, "dictionary_entries", dictionary=dictionary, first=100)
    return list(page["nodes"])


def test_a_company_begins_with_chinese_entries_in_order(service: Alone) -> None:
    found = entries(service, "REGION")
    assert [(each["code"], each["label"], each["rank"]) for each in found[:2]] == [
        ("beijing", "北京", 1),
        ("tianjin", "天津", 2),
    ]
    assert len(found) == 35
    totals = {name: len(entries(service, name)) for name in ("INDUSTRY", "NATURE", "CUSTOMER_CLASS")}
    assert totals == {"INDUSTRY": 19, "NATURE": 10, "CUSTOMER_CLASS": 3}


def test_cus_46_free_text_that_is_no_entry_is_refused_field_by_field(service: Alone) -> None:
    li = seller(service, "dictionary.li")
    with pytest.raises(CrmError) as refused:
        created(service, li, region="华北某地", industry="it", level="z")
    also = refused.value.also
    assert [(each.code, each.field) for each in (refused.value, *also)] == [
        ("VALIDATION", "region"),
        ("VALIDATION", "level"),
    ]
    assert refused.value.details == {"value": "华北某地", "dictionary": "REGION"}
    found = created(service, li, region="beijing", industry="it")
    assert (found["region"], found["industry"]) == ("beijing", "it")
    assert service.refused(li, "update_customer", id=found["id"], version=1, source="nowhere") == "VALIDATION"


def test_an_archived_entry_stays_with_old_records_and_is_chosen_no_more(service: Alone) -> None:
    li = seller(service, "dictionary.archive")
    made = service.call(ADMIN, "create_dictionary_entry", dictionary="SOURCE", code="fair_2026", label="2026 展会")
    entry = made["entry"]
    found = created(service, li, source="fair_2026")
    archived = service.call(ADMIN, "update_dictionary_entry", id=entry["id"], version=1, archived=True)["entry"]
    assert (archived["archived"], archived["version"]) == (True, 2)
    changed = service.call(li, "update_customer", id=found["id"], version=1, address="老地方", source="fair_2026")
    assert (changed["customer"]["source"], changed["customer"]["address"]) == ("fair_2026", "老地方")
    assert service.refused(li, "create_customer", name="x", phone=number(), source="fair_2026") == "VALIDATION"
    service.call(ADMIN, "update_dictionary_entry", id=entry["id"], version=2, archived=False)
    assert created(service, li, source="fair_2026")["source"] == "fair_2026"


def test_codes_and_labels_are_unique_and_the_order_names_every_entry(service: Alone) -> None:
    new = {"dictionary": "LEVEL", "code": "d", "label": "D级"}
    first = service.call(ADMIN, "create_dictionary_entry", **new)["entry"]
    assert (first["rank"], first["label_en"]) == (5, None)
    for again in (new | {"label": "别的"}, new | {"code": "e"}):
        assert service.refused(ADMIN, "create_dictionary_entry", **again) == "DUPLICATE"
    assert service.refused(ADMIN, "create_dictionary_entry", **new | {"code": "Bad Code"}) == "VALIDATION"
    ids = [each["id"] for each in entries(service, "LEVEL")]
    assert service.refused(ADMIN, "reorder_dictionary_entries", dictionary="LEVEL", ids=ids[1:]) == "VALIDATION"
    before = len(service.events())
    service.call(ADMIN, "reorder_dictionary_entries", dictionary="LEVEL", ids=[ids[-1], *ids[:-1]])
    assert [each["id"] for each in entries(service, "LEVEL")] == [ids[-1], *ids[:-1]]
    assert service.events()[before:] == ["dictionary_entry.updated"] * 5


def test_only_who_may_change_parameters_changes_dictionaries(service: Alone) -> None:
    li = seller(service, "dictionary.seller")
    assert service.call(li, "dictionary_entries", dictionary="LEVEL")["nodes"] != []
    assert service.refused(li, "create_dictionary_entry", dictionary="LEVEL", code="x", label="x") == "FORBIDDEN"
