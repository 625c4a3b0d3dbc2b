"""What a use case does with custom values inside its change: hold the definitions, then index what it stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from msgspec import UnsetType

from crm_common.changes import Change
from crm_common.custom_fields import store
from crm_common.custom_fields.definitions import Definition, Definitions, IndexState
from crm_common.custom_fields.entity import Entity
from crm_common.custom_fields.values import Checked, Row, check, normalised, rows
from crm_common.errors import CrmError
from crm_common.protocol.custom_fields import CustomFieldRules

# by the pool of connections, which is one database's
_known: WeakKeyDictionary[sa.Engine, dict[str, Definitions]] = WeakKeyDictionary()
_COLUMNS = "entity_id, field_id, place, text, sort, number, date, moment, claim"
_GIVEN = """given AS (
    SELECT * FROM unnest(%(entity)s::uuid[], %(field)s::uuid[], %(place)s::smallint[], %(text)s::text[],
        %(sort)s::text[], %(number)s::numeric[], %(day)s::date[], %(moment)s::timestamptz[], %(claim)s::text[]
    ) AS g(entity_id, field_id, place, text, sort, number, date, moment, claim)
), taken AS MATERIALIZED (
    SELECT g.entity_id, g.field_id FROM given g JOIN custom_value v
        ON v.field_id = g.field_id AND v.claim = g.claim AND v.entity_id <> g.entity_id
)"""
_PUT = f"""INSERT INTO custom_value ({_COLUMNS}) SELECT {_COLUMNS} FROM %s
    ON CONFLICT (field_id, entity_id, place) DO UPDATE SET (text, sort, number, date, moment, claim)
        = ROW (EXCLUDED.text, EXCLUDED.sort, EXCLUDED.number, EXCLUDED.date, EXCLUDED.moment, EXCLUDED.claim)"""
_GONE = """DELETE FROM custom_value v
    USING unnest(%(gone_entity)s::uuid[], %(gone_field)s::uuid[], %(kept)s::smallint[]) AS c(entity_id, field_id, kept)
    WHERE v.entity_id = c.entity_id AND v.field_id = c.field_id AND v.place >= c.kept"""
# nothing is written where a value is another record's: the insertion would only fail
_WRITE = f"""
WITH {_GIVEN}, gone AS ({_GONE}), put AS ({_PUT % "given WHERE NOT EXISTS (SELECT FROM taken)"})
SELECT entity_id, field_id FROM taken
"""
# what a backfill finds twice goes without its claim
_FILL = f"""
WITH {_GIVEN}, told AS (
    SELECT g.*, g.claim IS NOT NULL AND (row_number() OVER (PARTITION BY field_id, claim ORDER BY entity_id) > 1
        OR EXISTS (SELECT FROM taken t WHERE (t.entity_id, t.field_id) = (g.entity_id, g.field_id))) AS twice
    FROM given g
), filled AS (
    SELECT entity_id, field_id, place, text, sort, number, date, moment, CASE WHEN NOT twice THEN claim END AS claim
    FROM told
), gone AS ({_GONE}), put AS ({_PUT % "filled"})
SELECT count(*) FROM told WHERE twice
"""
_ELSEWHERE = """
SELECT EXISTS (SELECT FROM {table} WHERE custom ? %s AND id <> ALL (%s)
    AND lower(normalize(custom ->> %s, NFKC)) = lower(%s))
"""


def current(change: Change, entity: Entity) -> Definitions:
    """The definitions; they stay as they are until the change is committed. One round trip."""
    return store.held(change.connection, entity.record)


def checked(change: Change, entity: Entity, given: Mapping[str, Any] | UnsetType | None) -> tuple[Definitions, Checked]:
    """The definitions as `current` and the values of a new record under them; ``VALIDATION`` as `values.check`.

    Where this process knows the definitions and the change is hasty nothing is waited for. The service's migrations
    call ``tables.create_expecting``.
    """
    kept = _known.setdefault(change.connection.engine, {})
    known = kept.get(entity.record) if change.hasty else None
    if known is not None:
        # what is refused may have been allowed meanwhile
        with suppress(CrmError):
            fine = check(known, given)
            store.expect(change.connection, known)
            return known, fine
    known = kept[entity.record] = current(change, entity)
    return known, check(known, given)


def write(change: Change, entity: Entity, definitions: Definitions, records: Mapping[UUID, Checked]) -> None:
    """Index what changed in these records' custom values; the service has written (or writes) their column ``custom``.

    One round trip, none where nothing indexed changed. VALIDATION ``custom.<key>`` when a unique value is another
    record's, with ``details["record"]``, the id of the refused one. Two that write the same value at once wait for one
    another; ``crm_common.changes.execute`` (or `repeating`) repeats the later one as a whole: then it is refused.
    """
    told = [
        (record, definition, checked.stored.get(definition.key))
        for record, checked in records.items()
        for definition in definitions.written
        if definition.key in checked.changed
    ]
    if not told:
        return
    _refuse_twice_given(told)
    _refuse_what_is_not_indexed_yet(change.connection, entity, told)
    for record, field_id in change.connection.exec_driver_sql(_WRITE, _arrays(told)):
        raise _not_unique(definitions.find(field_id), record)


def fill(connection: sa.Connection, definition: Definition, values: Iterable[tuple[UUID, Any]]) -> int:
    """Index one field of many records; how many values are another record's and so went without their claim."""
    told = [(record, definition, value) for record, value in values]
    return int(connection.exec_driver_sql(_FILL, _arrays(told)).scalar_one())


def forget(change: Change, definitions: Definitions, records: Iterable[UUID]) -> None:
    """Remove records from the index: they are erased, their values are free again."""
    fields = [each.id for each in definitions.every]
    change.connection.exec_driver_sql(
        "DELETE FROM custom_value WHERE field_id = ANY (%s) AND entity_id = ANY (%s)", (fields, list(records))
    )


_Told = tuple[UUID, Definition, Any]


def _arrays(told: Iterable[_Told]) -> dict[str, list[Any]]:
    given: list[tuple[UUID, Row]] = []
    gone: list[tuple[UUID, UUID, int]] = []
    for record, definition, value in told:
        made = rows(definition, value)
        gone.append((record, definition.id, len(made)))
        given += [(record, row) for row in made]
    # in one order for all, so that two who claim the same values do not stand crosswise
    given.sort(key=lambda each: (each[1].field_id, each[1].claim or "", each[0]))
    columns = zip(*[row for _, row in given], strict=True) if given else [()] * len(Row._fields)
    arrays = dict(zip(Row._fields, (list(column) for column in columns), strict=True))
    return {
        **{name: arrays[name] for name in ("place", "text", "sort", "number", "day", "moment", "claim")},
        "field": arrays["field_id"],
        "entity": [record for record, _ in given],
        "gone_entity": [each[0] for each in gone],
        "gone_field": [each[1] for each in gone],
        "kept": [each[2] for each in gone],
    }


def _refuse_twice_given(told: Iterable[_Told]) -> None:
    seen: set[tuple[UUID, str]] = set()
    for record, definition, value in told:
        if not definition.unique or value is None:
            continue
        claim = definition.id, normalised(definition.type, value)
        if claim in seen:
            raise _not_unique(definition, record)
        seen.add(claim)


def _refuse_what_is_not_indexed_yet(connection: sa.Connection, entity: Entity, told: Iterable[_Told]) -> None:
    # while a unique index is being built it does not know all: for this short time every record is asked
    told = list(told)
    records = [record for record, _, _ in told]
    sql = _ELSEWHERE.format(table=entity.table.name)
    for record, definition, value in told:
        if definition.unique and definition.index_state is IndexState.BUILDING and value is not None:
            claim = normalised(definition.type, value)
            values = (definition.key, records, definition.key, claim)
            if connection.exec_driver_sql(sql, values).scalar_one():
                raise _not_unique(definition, record)


def _not_unique(definition: Definition | None, record: UUID) -> CrmError:
    assert definition is not None
    return CustomFieldRules.a_custom_value_is_not_unique(
        field=f"custom.{definition.key}", name=definition.name, record=str(record)
    )
