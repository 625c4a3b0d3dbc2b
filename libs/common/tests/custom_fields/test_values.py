"""Values of every type: what is stored of them, what is refused, with the field's name (CFD-01)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_common.custom_fields.definitions import Definition, Definitions, IndexState
from crm_common.custom_fields.values import check, normalised, rows
from crm_common.errors import Code, CrmError
from crm_common.protocol.custom_fields import CustomFieldType, CustomOption

T = CustomFieldType
EMPLOYEE = "018f2f6e-0000-7000-8000-000000000001"
OPTIONS = (
    CustomOption(key="LOW", name="低"),
    CustomOption(key="HIGH", name="高"),
    CustomOption(key="OLD", name="旧", archived=True),
)
ADDRESS = {"province": "广东省", "city": "深圳市", "district": None, "street": "科技园 1 号", "postcode": None}


def field(kind: CustomFieldType, **settings: Any) -> Definition:
    options = OPTIONS if kind in (T.OPTION, T.MULTI_OPTION) else ()
    given = {"id": UUID(int=1), "record": "Crate", "key": "it", "name": "它", "options": options, **settings}
    return Definition(type=kind, **given)


def of(*fields: Definition) -> Definitions:
    return Definitions("Crate", 1, fields)


def stored(definition: Definition, value: Any) -> Any:
    return check(of(definition), {"it": value}).stored.get("it")


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (T.TEXT, "  九一 44  ", "九一 44"),
        (T.TEXT, "", None),
        (T.TEXT, None, None),
        (T.MULTILINE, "a\r\nb", "a\nb"),
        (T.OPTION, "HIGH", "HIGH"),
        (T.MULTI_OPTION, ["HIGH", "LOW", "HIGH"], ["LOW", "HIGH"]),
        (T.MULTI_OPTION, [], None),
        (T.NUMBER, "0012.500", "12.5"),
        (T.NUMBER, 7, "7"),
        (T.NUMBER, "-0.0", "0"),
        (T.NUMBER, "12345678901234567890.12345678", "12345678901234567890.12345678"),
        (T.MONEY, "99999999999999999999.5", "99999999999999999999.50"),
        (T.MONEY, "3", "3.00"),
        (T.DATE, "2026-02-28", "2026-02-28"),
        (T.DATETIME, "2026-11-23T18:00:00+08:00", "2026-11-23T10:00:00.000000Z"),
        (T.ADDRESS, {"province": "广东省", "city": " 深圳市 ", "street": "科技园 1 号", "district": ""}, ADDRESS),
        (T.ADDRESS, {"city": " "}, None),
        (T.EMAIL, "li@example.cn", "li@example.cn"),
        (T.URL, "https://example.cn/a?b=1", "https://example.cn/a?b=1"),
        (T.YES_NO, False, False),
        (T.PERSON, EMPLOYEE.upper(), EMPLOYEE),
        (T.FILE, ["a", "b", "a"], ["a", "b"]),
    ],
)
def test_a_value_is_stored_in_one_form(kind: CustomFieldType, value: Any, kept: Any) -> None:
    assert stored(field(kind), value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (T.TEXT, 5),
        (T.TEXT, "a\nb"),
        (T.TEXT, "a\x00"),
        (T.TEXT, "\ud800"),
        (T.MULTILINE, ["a"]),
        (T.OPTION, "high"),
        (T.OPTION, "OLD"),
        (T.OPTION, ["LOW"]),
        (T.MULTI_OPTION, "LOW"),
        (T.MULTI_OPTION, ["LOW", "NONE"]),
        (T.NUMBER, 1.5),
        (T.NUMBER, True),
        (T.NUMBER, "1e5"),
        (T.NUMBER, "NaN"),
        (T.NUMBER, "123456789012345678901"),
        (T.MONEY, "1.001"),
        (T.DATE, "2026-02-29"),
        (T.DATE, "23.11.2026"),
        (T.DATETIME, "2026-11-23T10:00:00"),
        (T.DATETIME, "0001-01-01T00:00:00+14:00"),
        (T.ADDRESS, "深圳"),
        (T.ADDRESS, {"planet": "Earth"}),
        (T.ADDRESS, {"city": "x" * 101}),
        (T.EMAIL, "li@example"),
        (T.EMAIL, "a b@example.cn"),
        (T.URL, "javascript:alert(1)"),
        (T.URL, "http://[::1"),
        (T.YES_NO, "yes"),
        (T.PERSON, "li"),
        (T.FILE, "a"),
        (T.FILE, [""]),
        (T.FILE, [str(number) for number in range(21)]),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(kind: CustomFieldType, value: Any) -> None:
    with pytest.raises(CrmError) as refused:
        stored(field(kind), value)

    assert (refused.value.code, refused.value.rule, refused.value.field) == (
        Code.VALIDATION,
        "a_custom_value_is_wrong",
        "custom.it",
    )
    assert "它" in refused.value.message("zh")


def test_a_text_is_as_long_as_its_field_allows() -> None:
    short = field(T.TEXT, max_length=5)

    assert stored(short, "一二三四五") == "一二三四五"
    with pytest.raises(CrmError) as refused:
        stored(short, "一二三四五六")
    assert (refused.value.rule, refused.value.field, refused.value.details["limit"]) == (
        "a_custom_value_is_too_long",
        "custom.it",
        5,
    )
    with pytest.raises(CrmError, match="at most 20000"):
        stored(field(T.MULTILINE), "x" * 20_001)


def test_a_required_field_is_asked_for_when_a_record_is_made_and_when_its_fields_are_changed() -> None:
    definitions = of(field(T.TEXT, required=True), field(T.TEXT, key="other", id=UUID(int=2)))

    with pytest.raises(CrmError) as missing:
        check(definitions, {"other": "x"})
    with pytest.raises(CrmError) as emptied:
        check(definitions, {"it": " "}, before={"it": "y"})
    untouched = check(definitions, None, before={"other": "x"})

    assert (missing.value.rule, missing.value.field) == ("a_custom_value_is_missing", "custom.it")
    assert (emptied.value.rule, emptied.value.field) == ("a_custom_value_is_missing", "custom.it")
    assert untouched.changes == {}


def test_everything_that_is_wrong_is_told_at_once() -> None:
    definitions = of(field(T.NUMBER), field(T.TEXT, key="other", required=True))

    with pytest.raises(CrmError) as refused:
        check(definitions, {"it": "x", "nothing": 1})

    told = [(each.rule, each.field) for each in (refused.value, *refused.value.also)]
    assert told == [
        ("a_custom_value_is_wrong", "custom.it"),
        ("a_field_is_unknown", "custom.nothing"),
        ("a_custom_value_is_missing", "custom.other"),
    ]


def test_what_is_not_given_stays_and_the_change_is_told_by_key() -> None:
    definitions = of(field(T.TEXT), field(T.NUMBER, key="term"))

    checked = check(definitions, {"term": "3", "it": None}, before={"it": "x", "archived": "kept"})

    assert checked.stored == {"archived": "kept", "term": "3"}
    assert checked.changes == {"custom.term": (None, "3"), "custom.it": ("x", None)}
    assert checked.changed == {"term", "it"}


def test_an_archived_option_stays_where_it_is() -> None:
    choice = field(T.MULTI_OPTION)

    assert check(of(choice), {"it": ["OLD", "LOW"]}, before={"it": ["OLD"]}).stored["it"] == ["LOW", "OLD"]
    with pytest.raises(CrmError, match="OLD"):
        check(of(choice), {"it": ["OLD"]}, before={"it": ["LOW"]})


@pytest.mark.parametrize(("one", "other"), [("ＡＢ 1", "ab 1"), ("a  b", "A b"), ("Straße", "STRASSE")])
def test_width_case_and_spaces_make_no_other_value(one: str, other: str) -> None:
    assert normalised(T.TEXT, one) == normalised(T.TEXT, other)


def test_what_is_indexed_of_a_value() -> None:
    unique = field(T.TEXT, unique=True, sortable=True, index_state=IndexState.READY)

    (row,) = rows(unique, "张")
    many = rows(field(T.MULTI_OPTION), ["LOW", "HIGH"])

    assert (row.text, row.sort, row.claim) == ("张", "zhang1 张 ", "张")
    assert [(each.place, each.text, each.claim) for each in many] == [(0, "LOW", None), (1, "HIGH", None)]
    assert rows(field(T.MONEY), "3.00")[0].number == "3.00"
    assert rows(field(T.NUMBER, unique=True), "12.5")[0].claim == "12.5"
    assert rows(unique, None) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@given(kind=st.sampled_from(CustomFieldType), value=anything)
def test_any_value_is_stored_so_that_it_stays_itself_or_refused(kind: CustomFieldType, value: Any) -> None:
    definition = field(kind)
    kept, refusal = None, None
    try:
        kept = stored(definition, value)
    except CrmError as refused:
        refusal = refused
    if refusal is not None:
        assert (refusal.code, refusal.field) == (Code.VALIDATION, "custom.it")
        return
    assert stored(definition, kept) == kept
    assert len(rows(definition, kept)) >= (kept is not None and kind is not T.MULTI_OPTION)
