"""The tables in the database are those the code believes in, and its SQL function follows the rule in Python."""

from __future__ import annotations

import random
from uuid import UUID

import sqlalchemy as sa

from founded.house import House
from identity.domain.line import superiors
from identity.tables import metadata


def test_every_column_is_as_declared(house: House) -> None:
    found = house.store.rows(
        "SELECT table_name, column_name, data_type, is_nullable = 'YES', coalesce(collation_name, '')"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY(%s)",
        ([*metadata.tables],),
    )
    declared = {
        (
            table.name,
            column.name,
            _kind(column.type),
            bool(column.nullable),
            (getattr(column.type, "collation", None) or "") if isinstance(column.type, sa.Text) else "",
        )
        for table in metadata.tables.values()
        for column in table.c
    }

    assert {tuple(row) for row in found} == declared


def _kind(kind: sa.types.TypeEngine[object]) -> str:
    kinds: dict[str, str] = {
        "UUID": "uuid", "Text": "text", "Integer": "integer", "BigInteger": "bigint", "Boolean": "boolean",
        "Date": "date", "DateTime": "timestamp with time zone", "ARRAY": "ARRAY", "LargeBinary": "bytea",
    }  # fmt: skip
    return kinds[type(kind).__name__]


def test_superiors_are_found_in_sql_as_in_python(house: House) -> None:
    rng = random.Random(11)
    people = [UUID(int=number) for number in range(1, 6)]
    cases = [(rng.choice(people), rng.choices(people, k=rng.randrange(8))) for _ in range(300)]

    found = [
        tuple(house.store.rows("SELECT superiors(%s, %s::uuid[])", (person, heads))[0][0]) for person, heads in cases
    ]

    assert found == [superiors(person, heads) for person, heads in cases]
