"""Every type of custom field through GraphQL: described, typed in and out, filterable, sortable, refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from crm_common.ids import to_global
from depot.front import Front, fronts
from depot.running import Depot
from ledger.waiting import until

EMPLOYEE = "018f2f6e-0000-7000-8000-000000000001"
PERSON = to_global("Employee", EMPLOYEE)
CHOICES = [{"key": "LOW", "name": "低"}, {"key": "HIGH", "name": "高"}, {"key": "OLD", "name": "旧", "archived": True}]
KINDS: dict[str, dict[str, Any]] = {
    "TEXT": {"max_length": 30, "unique": True, "sortable": True},
    "MULTILINE": {},
    "OPTION": {"options": CHOICES, "searchable": True, "sortable": True},
    "MULTI_OPTION": {"options": CHOICES, "searchable": True},
    "NUMBER": {"sortable": True},
    "MONEY": {"searchable": True},
    "DATE": {},
    "DATETIME": {"sortable": True},
    "ADDRESS": {},
    "EMAIL": {},
    "URL": {},
    "YES_NO": {},
    "PERSON": {"searchable": True},
    "FILE": {},
}
GIVEN: dict[str, Any] = {
    "aText": "张三", "aMultiline": "a\nb", "aOption": "HIGH", "aMultiOption": ["HIGH", "LOW"], "aNumber": "12.5",
    "aMoney": "3", "aDate": "2026-11-23", "aDatetime": "2026-11-23T18:00:00+08:00",
    "aAddress": {"city": "深圳市", "street": "科技园"}, "aEmail": "li@example.cn", "aUrl": "https://example.cn",
    "aYesNo": False, "aPerson": PERSON, "aFile": ["doc-1"],
}  # fmt: skip
SHOWN = GIVEN | {
    "aMultiOption": ["LOW", "HIGH"], "aMoney": "3.00", "aDatetime": "2026-11-23T10:00:00.000000Z",
    "aAddress": {"city": "深圳市", "district": None},
}  # fmt: skip
ALL = " ".join(name if name != "aAddress" else "aAddress { city district }" for name in GIVEN)
CREATE = (
    "mutation($n: String!, $c: CrateCustomInput) { createCrate(input: {name: $n, custom: $c}) {"
    f" crate {{ id name custom {{ {ALL} }} }} userErrors {{ code message field }} }} }}"
)


@pytest.fixture(scope="module")
def _front(_depot: Depot) -> Iterator[Front]:
    for kind, settings in KINDS.items():
        _depot.define(f"a_{kind.lower()}", kind, name=f"字段{kind}", name_en=f"Field {kind}", **settings)
    with fronts(_depot, 1) as ((front, _),):
        until(lambda: set(GIVEN) < set(front.fields()), "every field is shown")
        yield front


@pytest.fixture
def front(_front: Front, _depot: Depot) -> Front:
    """A gateway that knows a field of each type: ``aText``, ``aMultiline`` …; there is no crate."""
    with _depot.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM crate")
        connection.exec_driver_sql("DELETE FROM custom_value")
    return _front


def create(front: Front, name: str = "it", **custom: Any) -> Any:
    return front.data(CREATE, n=name, c=custom)["createCrate"]


def names(front: Front, arguments: str, **variables: Any) -> list[str]:
    head = "query($f: CrateFilter)" if "$f" in arguments else "query"
    page = front.data(f"{head} {{ crates({arguments}) {{ nodes {{ name }} }} }}", **variables)["crates"]
    return [node["name"] for node in page["nodes"]]


def test_values_of_every_type_come_back_as_they_are_declared(front: Front) -> None:
    made = create(front, **GIVEN)

    assert made == {
        "crate": {"id": made["crate"]["id"], "name": "it", "custom": SHOWN},
        "userErrors": [],
    }
    query = f"{{ crates {{ edges {{ node {{ c: custom {{ {ALL} __typename again: aText json filled }} }} }} }} }}"
    (edge,) = front.data(query)["crates"]["edges"]
    whole = edge["node"]["c"]
    assert whole.pop("json") == {
        **GIVEN, "aMultiOption": ["LOW", "HIGH"], "aMoney": "3.00", "aDatetime": "2026-11-23T10:00:00.000000Z",
        "aPerson": EMPLOYEE,
        "aAddress": {"city": "深圳市", "street": "科技园", "province": None, "district": None, "postcode": None},
    }  # fmt: skip
    assert whole == {**SHOWN, "__typename": "CrateCustom", "again": "张三", "filled": 14}


def test_introspection_tells_what_each_field_is(front: Front) -> None:
    assert front.fields()["aText"] == "字段TEXT / Field TEXT. At most 30 characters. Unique."
    assert front.fields("CrateCustomInput")["aOption"] == "字段OPTION / Field OPTION. One of LOW (低), HIGH (高)."
    assert front.fields("CrateOrderField")["CUSTOM_A_DATETIME"] == "字段DATETIME / Field DATETIME."
    kinds = front.data('{ __type(name: "CrateCustom") { fields { name type { name kind ofType { kind } } } } }')
    types = {each["name"]: each["type"]["name"] or each["type"]["kind"] for each in kinds["__type"]["fields"]}
    assert types == {
        "json": "NON_NULL", "filled": "NON_NULL", "aText": "String", "aMultiline": "String", "aOption": "String",
        "aMultiOption": "LIST", "aNumber": "Decimal", "aMoney": "Decimal", "aDate": "Date", "aDatetime": "DateTime",
        "aAddress": "CustomAddress", "aEmail": "String", "aUrl": "String", "aYesNo": "Boolean", "aPerson": "ID",
        "aFile": "LIST",
    }  # fmt: skip


def test_every_type_but_files_is_a_condition(front: Front) -> None:
    create(front, "full", **GIVEN)
    create(front, "empty")
    conditions = {
        "aText": {"startsWith": "张"}, "aMultiline": {"contains": "b"}, "aOption": {"in": ["HIGH"]},
        "aMultiOption": {"eq": "LOW"}, "aNumber": {"between": {"from": "12", "to": "13"}}, "aMoney": {"eq": "3"},
        "aDate": {"gte": "2026-11-23"}, "aDatetime": {"lt": "2026-11-23T10:00:01Z"}, "aAddress": {"contains": "深圳"},
        "aEmail": {"isNull": False}, "aUrl": {"ne": None}, "aYesNo": {"eq": False}, "aPerson": {"eq": PERSON},
    }  # fmt: skip
    conditions["aUrl"] = {"eq": "https://example.cn"}

    for name, condition in conditions.items():
        assert names(front, "filter: $f", f={"custom": {name: condition}}) == ["full"], name
        assert names(front, "filter: $f", f={"not": {"custom": {name: condition}}}) == ["empty"], name
    either = {"or": [{"aNumber": {"eq": "1"}}, {"not": {"aText": {"isNull": True}}}]}
    assert names(front, "filter: $f", f={"custom": either, "name": {"eq": "full"}}) == ["full"]
    assert names(front, 'filter: {custom: {aText: {eq: "张三"}, aOption: {eq: "HIGH"}}}') == ["full"]
    assert "aFile" not in front.fields("CrateCustomFilter")


def test_lists_are_ordered_by_custom_fields_beside_declared_ones(front: Front) -> None:
    for name, number in (("a", "2"), ("b", "10"), ("c", "2"), ("d", None)):
        create(front, name, aNumber=number)

    assert names(front, "orderBy: [{field: CUSTOM_A_NUMBER, direction: DESC}, {field: NAME}]") == ["b", "a", "c", "d"]
    assert names(front, "orderBy: [{field: NAME, direction: DESC}]") == ["d", "c", "b", "a"]
    query = (
        "query($a: String) { crates(first: 1, after: $a, orderBy: [{field: CUSTOM_A_NUMBER}, {field: NAME}])"
        " { edges { cursor node { name } } pageInfo { hasNextPage } } }"
    )
    seen, after = [], None
    for _ in range(4):
        (edge,) = front.data(query, a=after)["crates"]["edges"]
        seen.append(edge["node"]["name"])
        after = edge["cursor"]
    assert seen == ["a", "c", "b", "d"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"aText": "x" * 31}, "custom.aText"),
        ({"aOption": "NONE"}, "custom.aOption"),
        ({"aOption": "OLD"}, "custom.aOption"),
        ({"aMultiOption": ["LOW", "NONE"]}, "custom.aMultiOption"),
        ({"aMoney": "1.001"}, "custom.aMoney"),
        ({"aEmail": "x"}, "custom.aEmail"),
        ({"aUrl": "javascript:1"}, "custom.aUrl"),
        ({"aPerson": "x"}, "custom.aPerson"),
        ({"aPerson": to_global("Crate", EMPLOYEE)}, "custom.aPerson"),
        ({"json": {"aNumber": "x"}}, "custom.aNumber"),
        ({"json": {"nothing": 1}}, "custom.nothing"),
        ({"json": {"aText": "x"}, "aText": "y"}, "custom.aText"),
        ({"json": [1]}, "custom.json"),
    ],
)
def test_a_bad_value_is_an_error_of_the_user_with_the_name_of_its_field(
    front: Front, given: dict[str, Any], field: str
) -> None:
    answer = create(front, **given)

    assert answer["crate"] is None
    assert [(each["code"], each["field"]) for each in answer["userErrors"]] == [("VALIDATION", field)]


@pytest.mark.parametrize(
    "given", [{"aDate": "23.11.2026"}, {"aNumber": 1.5}, {"aYesNo": "yes"}, {"aText": 5}, {"no": 1}]
)
def test_what_is_no_value_of_the_type_never_reaches_the_service(front: Front, given: dict[str, Any]) -> None:
    body = front.ask(CREATE, n="it", c=given)

    assert [error["extensions"]["code"] for error in body["errors"]] == ["VALIDATION"]


def test_a_value_is_emptied_by_null_and_kept_when_it_is_absent(front: Front) -> None:
    crate = create(front, aText="x", aNumber="1", aDate="2026-01-01")["crate"]["id"]
    update = (
        "mutation($i: ID!, $c: CrateCustomInput) { updateCrate(input: {id: $i, custom: $c}) {"
        " crate { custom { aText aNumber aDate } } userErrors { message } } }"
    )

    changed = front.data(update, i=crate, c={"aText": None, "aNumber": "2", "json": {"aDate": None}})["updateCrate"]

    assert changed == {"crate": {"custom": {"aText": None, "aNumber": "2", "aDate": None}}, "userErrors": []}


def test_a_second_value_of_a_unique_field_is_refused(front: Front) -> None:
    create(front, aText="one")

    (error,) = create(front, aText="ＯＮＥ")["userErrors"]

    assert (error["code"], error["field"]) == ("VALIDATION", "custom.aText")
    assert "字段TEXT" in error["message"]


def test_compiled_and_stock_answers_are_equal(front: Front) -> None:
    create(front, **GIVEN)
    create(front, "empty")
    query = f"{{ crates {{ nodes {{ name custom {{ {ALL} json }} inside {{ custom {{ aText }} }} }} }} }}"
    compiled = front.data(query)
    holder: Any = front.served.gateway.operations.engine.holder

    current = holder.current
    stock = type(current)(
        current.strawberry, current.by_ids, replace(current.options, compiled=False), current.revision + 1,
        custom=current.custom, graphql=current.graphql,
    )  # fmt: skip
    holder.swap(stock)
    try:
        completed = front.data(query)
    finally:
        holder.current = current

    assert completed == compiled
    assert len(compiled["crates"]["nodes"]) == 2
