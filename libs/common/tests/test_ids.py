"""Ids sort in the order they were made; global ids are Relay's."""

from uuid import UUID

import pytest

from crm_common.ids import Uuid7, from_global, to_global


def test_ids_of_one_process_sort_in_the_order_they_were_made() -> None:
    make = Uuid7()
    made = [make() for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == 20_000
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_a_global_id_is_type_and_key() -> None:
    key = UUID("0192f0c0-0000-7000-8000-000000000001")

    assert to_global("Department", key) == "RGVwYXJ0bWVudDowMTkyZjBjMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE="
    assert from_global(to_global("Department", key)) == ("Department", key)


@pytest.mark.parametrize("text", ["", "x", "RGVwYXJ0bWVudA==", "RGVwYXJ0bWVudDox", "ÿ", "RGVw YXJ0"])
def test_anything_else_is_no_global_id(text: str) -> None:
    with pytest.raises(ValueError, match="not a global id"):
        from_global(text)
