"""What can be filtered has typed conditions: of a value, of the record below, of the records below."""

from __future__ import annotations

import pytest

from gateway.schema import build_schema
from library.printing import printed
from library.protocol import PROTOCOLS

EXPECTED = {
    "BookFilter": [
        "input BookFilter {",
        "id: IDFilter",
        "title: StringFilter",
        "isbn: MaskedFilter",
        "price: DecimalFilter",
        "weight: FloatFilter",
        "pages: IntFilter",
        "onLoan: BooleanFilter",
        "genre: GenreFilter",
        "otherGenres: GenreListFilter",
        "tags: StringListFilter",
        "printedAt: DateTimeFilter",
        "shelfId: IDFilter",
        "shelf: ShelfFilter",
        "keeperId: IDFilter",
        "readerIds: IDListFilter",
        "and: [BookFilter!]",
        "or: [BookFilter!]",
        "not: BookFilter",
        "}",
    ],
    "GenreFilter": [
        "input GenreFilter {",
        "eq: Genre",
        "ne: Genre",
        "in: [Genre!]",
        "notIn: [Genre!]",
        "isNull: Boolean",
        "}",
    ],
    "GenreListFilter": [
        "input GenreListFilter {",
        "hasAny: [Genre!]",
        "hasAll: [Genre!]",
        "hasNone: [Genre!]",
        "isEmpty: Boolean",
        "}",
    ],
    "MaskedFilter": ["input MaskedFilter {", "eq: String", "in: [String!]", "}"],
    "BookListFilter": [
        "input BookListFilter {",
        "some: BookFilter",
        "none: BookFilter",
        "every: BookFilter",
        "}",
    ],
    "DateFilter": [
        "input DateFilter {",
        "eq: Date",
        "ne: Date",
        "in: [Date!]",
        "notIn: [Date!]",
        "gt: Date",
        "gte: Date",
        "lt: Date",
        "lte: Date",
        "between: DateRange",
        "withinLast: TimeSpan",
        "withinNext: TimeSpan",
        "olderThan: TimeSpan",
        "inPeriod: Period",
        "isNull: Boolean",
        "}",
    ],
    "DateRange": ["input DateRange {", "from: Date!", "to: Date!", "}"],
    "TimeSpan": ["input TimeSpan {", "amount: Int!", "unit: TimeUnit!", "}"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_conditions_are_typed(name: str) -> None:
    assert printed(build_schema(PROTOCOLS), name) == EXPECTED[name]
