"""What events tell of people lies sealed in the journal; without the key, which can be destroyed, it is gone (CUS-26).

The journal is only ever added to, and its chain of hashes covers what it says. So what may have to be forgotten is
encrypted at once, under a key of the event's own that is filed under the person: nothing has to be read before an event
is written, and forgetting somebody is deleting his keys. In its place stands `ERASED`: whoever reads past this module
reads what is there after an erasure.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crm_common import codec
from crm_common.protocol.declare import Envelope, Event, Personal
from crm_common.provision import runtime_role
from crm_common.statements import line_of, numbered

ERASED = "（已清除）"
"""What is read where something was erased."""

_SEALED, _CHANGES = "sealed", "changes"
# each key seals one text
_NONCE = bytes(12)

_TABLE = """
CREATE TABLE journal_key (
    person uuid NOT NULL,
    event_id uuid NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (person, event_id)
);
-- What of an event's data is read under a name: as it stands, or with what it takes to open it (see sealing.unpacked).
CREATE FUNCTION journal_told(event uuid, data json, part text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN k.key IS NULL THEN data -> part ELSE
        json_build_array(event, encode(k.key, 'hex'), data #>> '{sealed,text}', part, data -> part) END
    FROM (SELECT) AS one LEFT JOIN journal_key k ON k.person = (data #>> '{sealed,of}')::uuid AND k.event_id = event
$$;
-- The same by the event's id; for what is no event it is the text that is shown.
CREATE FUNCTION journal_told(event uuid, part text, shown text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT journal_told(j.event_id, j.data, part) FROM journal j WHERE j.event_id = event LIMIT 1),
        to_json(shown))
$$;
"""
# Arrays cost the driver more than one text of their parts.
_KEEP = numbered(
    "INSERT INTO journal_key (person, event_id, key) SELECT person::uuid, event_id::uuid, decode(key, 'hex')"
    " FROM unnest(string_to_array(%s::text, ','), string_to_array(%s::text, ','), string_to_array(%s::text, ','))"
    " AS given (person, event_id, key)"
)[0]
_KEYS = (
    "SELECT event_id, key FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (person, event_id)"
    " JOIN journal_key USING (person, event_id)"
)
_FORGET = "DELETE FROM journal_key WHERE person = ANY(%s::uuid[])"

Ask = Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]
"""Runs a statement with psycopg's placeholders and answers its rows: `Store.rows`, or a connection's."""


class Key(NamedTuple):
    """What opens one event."""

    person: UUID
    event_id: UUID
    key: bytes


def create(op: Any) -> None:
    """Make what a service needs whose events tell of people (``op``: Alembic's operations, as the owner)."""
    op.get_bind().exec_driver_sql(_TABLE, execution_options={"no_parameters": True})
    role = runtime_role(op.get_bind())
    op.execute(f"REVOKE ALL ON journal_key FROM {role}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON journal_key TO {role}")


def sealed(event: Event, event_id: UUID) -> tuple[str, Key] | None:
    """The event's JSON text with what is personal in it sealed, and the key to it; None where nothing is."""
    personal = event.personal
    assert personal is not None
    if getattr(event, personal.of) is None:
        return None
    data: dict[str, Any] = codec.to_builtins(event)
    hidden = _taken(data, personal)
    if not hidden:
        return None
    person, key = getattr(event, personal.of), os.urandom(32)
    text = AESGCM(key).encrypt(_NONCE, codec.encode(hidden), event_id.bytes)
    data[_SEALED] = {"of": str(person), "text": b64encode(text).decode()}
    return codec.encode(data).decode(), Key(person, event_id, key)


def keep(connection: sa.Connection, keys: Sequence[Key]) -> None:
    """Keep the keys of events that are written; sent with the next statement that answers, or with the commit."""
    if keys:
        told = ((str(each.person), str(each.event_id), each.key.hex()) for each in keys)
        line_of(connection).ask(_KEEP, [",".join(column) for column in zip(*told, strict=True)])


def forget(connection: sa.Connection, people: Iterable[UUID]) -> None:
    """Destroy the keys of these people: what the journal says of them cannot be read by anybody any more."""
    connection.exec_driver_sql(_FORGET, (list(people),))


def opened(events: Sequence[Envelope], ask: Ask) -> list[Envelope]:
    """The events as they were recorded; where a key was destroyed, `ERASED` stands for what was."""
    closed = [event for event in events if _SEALED in event.data]
    if not closed:
        return list(events)
    people = [UUID(event.data[_SEALED]["of"]) for event in closed]
    keys: dict[UUID, bytes] = dict(ask(_KEYS, (people, [event.id for event in closed])))
    return [_opened(event, keys.get(event.id)) if _SEALED in event.data else event for event in events]


def unpacked(package: bytes) -> Any:
    """The value in what ``journal_told`` answers for a sealed event: a JSON array."""
    event_id, key, text, part, shown = codec.decode_json(package)
    hidden = _open(UUID(event_id), bytes.fromhex(key), text)
    if part not in hidden:
        return shown
    return {**shown, **hidden[part]} if part == _CHANGES else hidden[part]


def _taken(data: dict[str, Any], personal: Personal) -> dict[str, Any]:
    """What is personal in the data, in whose place `ERASED` is put."""
    hidden: dict[str, Any] = {}
    for name in personal.fields:
        if _says_something(data[name]):
            hidden[name], data[name] = data[name], ERASED
    changes, taken = data.get(_CHANGES), {}
    for name, (before, after) in (changes or {}).items():
        if _meant(name, personal.changes):
            old, new = _says_something(before), _says_something(after)
            if old or new:
                taken[name] = (before, after)
                data[_CHANGES][name] = (ERASED if old else before, ERASED if new else after)
    if taken:
        hidden[_CHANGES] = taken
    return hidden


def _says_something(value: Any) -> bool:
    # zero and no are answers; an empty text or list is none
    return bool(value != ERASED) if value else bool(value == 0)


@lru_cache(maxsize=4096)
def _meant(name: str, declared: tuple[str, ...]) -> bool:
    return any(name == each or (each[-1:] in ("", ".") and name.startswith(each)) for each in declared)


def _opened(event: Envelope, key: bytes | None) -> Envelope:
    data = dict(event.data)
    text = data.pop(_SEALED)["text"]
    if key is not None:
        hidden = _open(event.id, key, text)
        changes = {**data[_CHANGES], **hidden.pop(_CHANGES)} if _CHANGES in hidden else data.get(_CHANGES)
        data |= hidden
        if changes is not None:
            data[_CHANGES] = changes
    return replace(event, data=data)


def _open(event_id: UUID, key: bytes, text: str) -> dict[str, Any]:
    found: dict[str, Any] = codec.decode_json(AESGCM(key).decrypt(_NONCE, b64decode(text), event_id.bytes))
    return found
