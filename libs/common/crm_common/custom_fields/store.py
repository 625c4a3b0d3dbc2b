"""The SQL of definitions: the one row that all read and lock, and the table that lists them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from crm_common import codec
from crm_common.custom_fields.definitions import Definition, Definitions
from crm_common.custom_fields.entity import Entity
from crm_common.custom_fields.values import normalised
from crm_common.statements import statement, written
from crm_common.store import Store

_READ = "SELECT revision, fields::text FROM custom_revision WHERE record = %s"
_LOCKED = statement(
    sa.text("SELECT revision, fields FROM custom_definitions(:record, :alone)").bindparams(
        sa.bindparam("record", type_=sa.Text), sa.bindparam("alone", type_=sa.Boolean)
    )
)
_EXPECT = written("SELECT custom_expect(%(record)s::text, %(revision)s::bigint)")
_COLUMNS = (
    "id", "record", "key", "type", "name", "name_en", "description", "max_length", "required", "unique", "searchable",
    "sortable", "in_list", "options", "position", "index_state", "archived_at", "version",
)  # fmt: skip
_KEPT = ", ".join(f'"{name}"' for name in _COLUMNS)
_SAVE = f"""
INSERT INTO custom_field ({_KEPT}, created_at, updated_at)
VALUES ({", ".join(["%s"] * len(_COLUMNS))}, %s, %s)
ON CONFLICT (id) DO UPDATE SET {", ".join(f'"{name}" = EXCLUDED."{name}"' for name in _COLUMNS[2:])},
    updated_at = EXCLUDED.updated_at
"""
_PUBLISH = f"""
UPDATE custom_revision SET revision = revision + 1, fields = (
    SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY position), '[]')
    FROM (SELECT {_KEPT} FROM custom_field WHERE record = %s) f)
WHERE record = %s
"""
_Fields = msgspec.json.Decoder(tuple[Definition, ...])


@lru_cache(maxsize=64)
def _parsed(record: str, revision: int, fields: str) -> Definitions:
    return Definitions(record, revision, _Fields.decode(fields))


def read(store: Store, record: str) -> Definitions:
    """The definitions as they are now."""
    ((revision, fields),) = store.rows(_READ, (record,))
    return _parsed(record, revision, fields)


def held(connection: sa.Connection, record: str) -> Definitions:
    """The definitions, which stay as they are until the commit. Many may hold them at once."""
    return _locked(connection, record, alone=False)


def expect(connection: sa.Connection, known: Definitions) -> None:
    """`held`, where they are known: nothing is waited for. A SerializationFailure when they are others by now."""
    _EXPECT.run(connection, record=known.record, revision=known.revision)


def changing(connection: sa.Connection, record: str) -> Definitions:
    """The definitions, to be changed: nobody else holds them until the commit."""
    return _locked(connection, record, alone=True)


def _locked(connection: sa.Connection, record: str, *, alone: bool) -> Definitions:
    # sent with BEGIN and whatever was asked before: one round trip
    revision, fields = _LOCKED.first(connection, record=record, alone=alone)
    return _parsed(record, revision, fields)


def save(connection: sa.Connection, definition: Definition, now: datetime) -> None:
    """Write one definition; `publish` afterwards."""
    plain = codec.to_builtins(definition)
    plain["options"] = codec.encode(plain["options"]).decode()
    connection.exec_driver_sql(_SAVE, (*(plain[name] for name in _COLUMNS), now, now))


def publish(connection: sa.Connection, record: str) -> None:
    """Let everybody see what was saved, as the next revision."""
    connection.exec_driver_sql(_PUBLISH, (record, record))


def has_values(connection: sa.Connection, entity: Entity, key: str) -> bool:
    """Whether any record, wherever it is, has a value under the key."""
    sql = f"SELECT EXISTS (SELECT FROM {entity.table.name} WHERE custom ? %s)"
    return bool(connection.exec_driver_sql(sql, (key,)).scalar_one())


def values_after(
    connection: sa.Connection, entity: Entity, key: str, after: UUID | None, most: int, *, lock: bool = False
) -> list[tuple[UUID, Any]]:
    """``(record, value)`` of the next records by id, those without a value too; ``lock``: they stay as they are."""
    sql = (
        f"SELECT id, custom -> %s FROM {entity.table.name} WHERE %s::uuid IS NULL OR id > %s"
        f" ORDER BY id LIMIT %s{' FOR SHARE' if lock else ''}"
    )
    found = connection.exec_driver_sql(sql, (key, after, after, most))
    return [(record, value) for record, value in found]


def duplicates(
    connection: sa.Connection, entity: Entity, definition: Definition, most: int = 10
) -> tuple[int, list[str]]:
    """How many values more than one record has, wherever these are, and the first few of them."""
    seen: set[int] = set()
    twice: dict[str, None] = {}
    after: UUID | None = None
    while page := values_after(connection, entity, definition.key, after, 5_000):
        after = page[-1][0]
        for _, value in page:
            if value is None:
                continue
            claim = normalised(definition.type, value)
            # hashes instead of texts: a million of them fit
            if hash(claim) in seen:
                twice[claim] = None
            seen.add(hash(claim))
    return len(twice), list(twice)[:most]
