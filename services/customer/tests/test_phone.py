"""What counts as one phone number, what is none, and what others see of it (CUS-02, 14; features §1)."""

from __future__ import annotations

import pytest

from crm_common.errors import Code, CrmError
from customer.domain.phone import mask, normalised


@pytest.mark.parametrize(
    "typed",
    ["13812345678", "138 1234 5678", "138-1234-5678", "１３８１２３４５６７８", "+86 13812345678", "0086-138-1234-5678",
     "+８６ 138 1234 5678", "86 13812345678", " 138\u200b12345678 "],
)  # fmt: skip
def test_cus_02_a_mobile_number_is_one_however_it_is_written(typed: str) -> None:
    assert normalised(typed) == "13812345678"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("010-62345678", "01062345678"),
        ("(010) 6234 5678", "01062345678"),
        ("+86 10 62345678", "01062345678"),
        ("010-62345678-801", "01062345678x801"),
        ("010-62345678 转 801", "01062345678x801"),
        ("400-123-4567", "4001234567"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("00852 2345 6789", "+85223456789"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_cus_02_landlines_and_foreign_numbers_have_a_normal_form_too(typed: str, number: str) -> None:
    assert normalised(typed) == number


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "a_phone_number_consists_of_digits"),
        ("电话", "a_phone_number_consists_of_digits"),
        ("1.38E+10", "a_phone_number_consists_of_digits"),
        ("1381234567", "a_phone_number_is_too_short"),
        ("+86 138 1234 567", "a_phone_number_is_too_short"),
        ("1381234567890", "a_phone_number_is_too_long"),
        ("62345678", "a_phone_number_lacks_its_area_code"),
        ("12012345678", "a_phone_number_does_not_exist"),
        ("+999 1234567", "a_phone_number_names_no_country"),
    ],
)
def test_what_is_no_phone_number_is_refused_by_name(typed: str, rule: str) -> None:
    with pytest.raises(CrmError) as refusal:
        normalised(typed, field="phone")
    assert (refusal.value.code, refusal.value.rule, refusal.value.field) == (Code.VALIDATION, rule, "phone")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("01062345678", "*********78"),
        ("01062345678x801", "*********78"),
        ("+14155552671", "+*********71"),
    ],
)
def test_cus_14_of_a_mobile_number_seven_digits_are_seen_of_others_two(number: str, shown: str) -> None:
    assert mask(number) == shown
