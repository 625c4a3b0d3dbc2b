"""The codec is strict: wrong type, unknown field and broken limit are refusals that name the field."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest

from crm_common import codec
from crm_common.errors import Code, CrmError


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A part of the sample."""

    product_id: UUID
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A command-like value with all that is hard about JSON."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=5)]
    at: datetime | None = None
    lines: tuple[Line, ...] = ()
    note: str | msgspec.UnsetType | None = msgspec.UNSET


LINE = {"product_id": "00000000-0000-0000-0000-000000000001", "price": "0.10"}


def test_money_time_and_ids_survive_the_round_trip_exactly() -> None:
    sample = Sample(
        name="陈",
        at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        lines=(Line(product_id=UUID(int=1), price=Decimal("0.10")),),
    )

    raw = codec.encode(sample)

    assert raw == (
        b'{"name":"\xe9\x99\x88","at":"2026-01-02T03:04:05.000006Z",'
        b'"lines":[{"product_id":"00000000-0000-0000-0000-000000000001","price":"0.10"}]}'
    )
    assert codec.from_json(raw, Sample) == sample


def test_absent_and_null_are_two_things() -> None:
    assert codec.from_builtins({"name": "a"}, Sample).note is msgspec.UNSET
    assert codec.from_builtins({"name": "a", "note": None}, Sample).note is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "abcdef"}, "name"),
        ({"name": 5}, "name"),
        ({"name": "a", "colour": "red"}, "colour"),
        ({"name": "a", "at": "yesterday"}, "at"),
        ({"name": "a", "lines": [{**LINE, "tax": 1}]}, "lines.tax"),
        ({"name": "a", "lines": [{"product_id": "x", "price": "1"}]}, "lines[0].product_id"),
        ({"name": "a", "lines": [{"product_id": LINE["product_id"]}]}, "lines[0].price"),
    ],
)
def test_a_mismatch_is_a_validation_that_names_the_field(data: dict[str, object], field: str) -> None:
    with pytest.raises(CrmError) as refused:
        codec.from_builtins(data, Sample)

    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'"a"', b"null", b"\xff", b"[" * 100_000])
def test_text_that_is_no_sample_is_a_validation(raw: bytes) -> None:
    with pytest.raises(CrmError) as refused:
        codec.from_json(raw, Sample)

    assert refused.value.code is Code.VALIDATION


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "a\0"}, "name"),
        ({"name": "a", "note": "\0"}, "note"),
        ({"name": "a", "lines": [LINE, {**LINE, "price": "\0"}]}, "lines.price"),
    ],
)
def test_a_text_that_no_database_can_hold_is_refused_and_not_a_fault(given: dict[str, Any], field: str) -> None:
    with pytest.raises(CrmError) as refused:
        codec.from_builtins(given, Sample)
    assert (refused.value.code, refused.value.field) == (Code.VALIDATION, field)
