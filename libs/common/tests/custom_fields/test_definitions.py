"""Definitions: their keys, their settings, their order, their end (CFD-01 … 03)."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.context import Context
from crm_common.errors import Code, CrmError
from crm_common.protocol.selection import names
from depot.running import Depot, keeper

CHOICES = [{"key": "LOW", "name": "低"}, {"key": "HIGH", "name": "高", "name_en": "High"}]


def refusal(call: Any, *arguments: Any, **more: Any) -> tuple[str, str, str | None]:
    with pytest.raises(CrmError) as refused:
        call(*arguments, **more)
    return refused.value.code.value, refused.value.rule, refused.value.field


def listed(depot: Depot, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = depot.call("crate_fields", **more)["nodes"]
    return found


def test_a_field_of_each_type_is_shown_as_it_was_defined(depot: Depot) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "TEXT": {"max_length": 30, "unique": True, "searchable": True, "sortable": True},
        "MULTILINE": {"max_length": 1000},
        "OPTION": {"options": CHOICES, "required": True, "searchable": True, "in_list": True},
        "MULTI_OPTION": {"options": CHOICES, "searchable": True},
        "NUMBER": {"unique": True},
        "MONEY": {"sortable": True},
        "DATE": {"unique": True},
        "DATETIME": {"sortable": True},
        "ADDRESS": {},
        "EMAIL": {"unique": True},
        "URL": {"searchable": True},
        "YES_NO": {"sortable": True},
        "PERSON": {"searchable": True},
        "FILE": {},
    }
    for number, (kind, settings) in enumerate(kinds.items()):
        depot.define(f"field{number}", kind, name=f"字段{number}", name_en=f"Field {number}", **settings)

    found = listed(depot)

    assert [(each["type"], each["position"], each["ready"]) for each in found] == [
        (kind, place, True) for place, kind in enumerate(kinds)
    ]
    for each, settings in zip(found, kinds.values(), strict=True):
        for name, value in settings.items():
            shown = [{k: v for k, v in o.items() if v} for o in each[name]] if name == "options" else each[name]
            assert shown == value


@pytest.mark.parametrize(
    ("given", "key"), [("taxNo", "taxNo"), ("tax_no", "taxNo"), ("x", "x"), ("a" * 40, "a" * 40), (" risk ", "risk")]
)
def test_a_key_becomes_a_name_of_graphql(depot: Depot, given: str, key: str) -> None:
    assert depot.define(given)["key"] == key


@pytest.mark.parametrize("key", ["__x", "_x", "x_", "a__b", "Tax", "1a", "税号", "a-b", "a b", "", "a" * 41])
def test_a_key_that_is_no_name_is_refused(depot: Depot, key: str) -> None:
    expected = ("VALIDATION", "a_key_is_a_name", "key")
    assert refusal(depot.define, key, name="x") == expected


@pytest.mark.parametrize("key", ["json", "filled", "and", "or", "not", "id"])
def test_a_key_that_the_schema_needs_is_refused(depot: Depot, key: str) -> None:
    assert refusal(depot.define, key) == ("VALIDATION", "a_key_is_reserved", "key")


@pytest.mark.parametrize("again", ["taxNo", "tax_no", "taxno", "taxNO"])
def test_a_key_is_used_once_however_it_is_written_and_for_ever(depot: Depot, again: str) -> None:
    depot.change(depot.define("taxNo"), "archive")

    assert refusal(depot.define, again) == ("VALIDATION", "a_key_is_used_once", "key")


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("ADDRESS", {"unique": True}, "unique"),
        ("MULTILINE", {"searchable": True}, "searchable"),
        ("FILE", {"sortable": True}, "sortable"),
        ("MULTI_OPTION", {"unique": True, "options": CHOICES}, "unique"),
        ("NUMBER", {"max_length": 5}, "max_length"),
        ("TEXT", {"max_length": 501}, "max_length"),
        ("TEXT", {"options": CHOICES}, "options"),
        ("OPTION", {}, "options"),
        ("OPTION", {"options": [*CHOICES, CHOICES[0]]}, "options"),
        ("OPTION", {"options": [{"key": "1", "name": "x"}]}, "options[0].key"),
        ("TEXT", {"name": " "}, "name"),
    ],
)
def test_settings_fit_their_type(depot: Depot, kind: str, settings: dict[str, Any], field: str) -> None:
    code, _, where = refusal(depot.define, "it", kind, **settings)

    assert (code, where) == ("VALIDATION", field)
    assert listed(depot) == []


def test_at_most_two_hundred_fields_are_in_use(depot: Depot) -> None:
    fields = [depot.define(f"field{number}") for number in range(200)]

    assert refusal(depot.define, "more") == ("LIMIT_EXCEEDED", "there_are_too_many_fields", None)
    depot.change(fields[0], "archive")
    depot.define("more")


def test_the_order_is_that_of_the_last_reorder(depot: Depot) -> None:
    """CFD-02."""
    first, second, third = (depot.define(key) for key in ("first", "second", "third"))
    select = {"fields": names("key", "position")}

    moved = depot.call("reorder_crate_fields", ids=[third["id"], first["id"], second["id"]], select=select)["fields"]

    assert moved == [{"key": "third", "position": 0}, {"key": "first", "position": 1}, {"key": "second", "position": 2}]
    assert [each["key"] for each in listed(depot)] == ["third", "first", "second"]
    wrong = ("VALIDATION", "an_order_names_every_field_once", "ids")
    assert refusal(depot.call, "reorder_crate_fields", ids=[third["id"], first["id"]]) == wrong
    assert refusal(depot.call, "reorder_crate_fields", ids=[third["id"], third["id"], first["id"]]) == wrong


def test_a_type_changes_only_where_there_is_no_value(depot: Depot) -> None:
    field = depot.change(depot.define("term"), type="NUMBER")
    depot.put(term="12")

    assert refusal(depot.change, field, type="TEXT") == ("VALIDATION", "a_type_with_values_stays", "type")
    assert listed(depot)[0]["type"] == "NUMBER"


def test_options_are_archived_and_not_left_out(depot: Depot) -> None:
    field = depot.define("risk", "OPTION", options=CHOICES)
    depot.put(risk="HIGH")

    expected = ("VALIDATION", "options_are_archived_not_deleted", "options")
    assert refusal(depot.change, field, options=CHOICES[:1]) == expected
    depot.change(field, options=[{**CHOICES[1], "archived": True}, CHOICES[0], {"key": "NEW", "name": "新"}])
    assert refusal(depot.put, risk="HIGH")[1] == "a_custom_value_is_wrong"
    depot.put(risk="NEW")


def test_an_edit_on_an_older_version_is_a_conflict(depot: Depot) -> None:
    field = depot.define("risk")
    depot.change(field, name="新")

    assert refusal(depot.change, field, name="旧")[0] == "CONFLICT"


def test_archiving_lists_where_the_field_is_used_first(depot: Depot) -> None:
    """BYD-04: removing one first lists what uses it."""
    field = depot.define("risk")
    with depot.store.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO saved_list VALUES ('高风险', 'risk'), ('Late', 'risk'), ('x', 'other')")

    with pytest.raises(CrmError) as refused:
        depot.change(field, "archive")

    assert (refused.value.code, refused.value.rule) == (Code.BAD_STATE, "the_field_is_in_use")
    assert refused.value.details == {"count": 2, "uses": "saved list Late, saved list 高风险"}
    assert depot.call("crate_field_uses", id=field["id"]) == [
        {"kind": "saved list", "name": "Late"},
        {"kind": "saved list", "name": "高风险"},
    ]
    assert depot.change(field, "archive", even_if_used=True)["archived_at"] is not None


def test_an_archived_field_is_out_of_use_and_comes_back_with_its_values(depot: Depot) -> None:
    field = depot.define("risk", required=True, unique=True)
    crate = depot.put(risk="x")

    archived = depot.change(field, "archive")
    assert refusal(depot.put, risk="y") == ("VALIDATION", "a_field_is_unknown", "custom.risk")
    assert refusal(depot.change, archived, name="z")[1] == "the_field_is_archived"
    assert refusal(depot.change, archived, "archive")[1] == "the_field_is_archived"
    depot.put()
    assert [each["key"] for each in listed(depot, archived=True)] == ["risk"]
    assert listed(depot) == []

    restored = depot.change(archived, "restore")
    assert refusal(depot.change, restored, "restore")[1] == "the_field_is_not_archived"
    (shown,) = depot.call("crates_by_ids", ids=[crate], select='[["custom","custom",{},[["risk","risk"]]]]')
    assert shown == {"custom": {"risk": "x"}}
    assert listed(depot)[0]["required"] is False
    assert listed(depot)[0]["unique"] is False


def test_only_who_may_edit_fields_defines_them(depot: Depot) -> None:
    actor = keeper().authenticated()
    nobody = Context(
        actor=type(actor)(kind=actor.kind, id=actor.id, name="x", permissions=frozenset()),
        correlation_id="c",
        deadline=keeper().deadline,
    )
    call = depot.runtime.peers.call

    denied = refusal(call, "depot", "create_crate_field", {"key": "a", "type": "TEXT", "name": "a"}, nobody)
    inside = refusal(call, "depot", "crate_field_definitions", {}, nobody)

    assert denied[:2] == ("FORBIDDEN", "the_right_is_missing")
    assert inside[0] == "FORBIDDEN"
    assert call("depot", "crate_fields", {}, nobody).startswith(b'{"nodes"')


def test_every_change_is_told_with_what_changed_and_the_next_revision(depot: Depot) -> None:
    field = depot.define("risk", "OPTION", options=CHOICES)
    other = depot.define("other")
    depot.change(field, required=True)
    depot.call("reorder_crate_fields", ids=[other["id"], field["id"]])

    told = depot.store.rows(
        "SELECT data ->> 'key', (data ->> 'revision')::int, data -> 'changes' FROM journal WHERE type = 'field.changed'"
        " AND data ->> 'field_id' = ANY (%s) ORDER BY position",
        ([field["id"], other["id"]],),
    )

    begin = told[0][1]
    assert [(key, revision - begin) for key, revision, _ in told] == [
        ("risk", 0), ("other", 1), ("risk", 2), ("other", 3), ("risk", 3),
    ]  # fmt: skip
    assert told[0][2]["type"] == [None, "OPTION"]
    assert told[0][2]["options"][1][1]["name_en"] == "High"
    assert told[2][2] == {"required": [False, True]}
    assert told[3][2] == {"position": [1, 0]}
