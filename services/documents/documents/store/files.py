"""Files as rows: the only SQL that writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.errors import CommonRules
from crm_common.protocol.documents.files import DocumentCard, DocumentState, LinkKind
from crm_common.statements import insertion, statement, update, written
from crm_common.store import Store
from crm_common.text_order import pinyin_key
from documents.domain.document import Content, Document
from documents.tables import document, document_text, document_version

_COLUMNS = [document.c[each.name] for each in fields(Document)]
_GET = statement(sa.select(*_COLUMNS).where(document.c.id == sa.bindparam("id")).with_for_update())
_INSERT, _SAVE = insertion(document), update(document, "created_at")
_INSERT_VERSION = insertion(document_version)
_VERSION = statement(
    sa.select(
        document_version.c.object_key,
        document_version.c.content_type,
        document_version.c.size,
        document_version.c.sha256,
        document_version.c.sealed_key,
        document_version.c.recovery_key,
    ).where(
        document_version.c.document_id == sa.bindparam("document_id"),
        document_version.c.number == sa.bindparam("number"),
    )
)
_LINK = written(
    "INSERT INTO document_link (id, document_id, subject, kind, created_at) VALUES (%(id)s::uuid,"
    " %(document_id)s::uuid, %(subject)s, %(kind)s, %(now)s::timestamptz) ON CONFLICT DO NOTHING RETURNING id"
)
_TEXT = """
INSERT INTO document_text (document_id, number, text, state) VALUES (%s, %s, %s, %s)
ON CONFLICT (document_id) DO UPDATE SET number = EXCLUDED.number, text = EXCLUDED.text, state = EXCLUDED.state
"""
_HELD = "SELECT EXISTS (SELECT FROM hold WHERE subject = %s)"


def locked(connection: sa.Connection, document_id: UUID) -> Document | None:
    """The file, locked."""
    found = _GET.first(connection, id=document_id)
    if found is None:
        return None
    row = found._asdict()
    return Document(**row | {"state": DocumentState(row["state"]), "tags": tuple(row["tags"])})


def insert(connection: sa.Connection, made: Document, now: datetime) -> None:
    """Keep a new file."""
    _INSERT.run(connection, **_values(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: Document, now: datetime) -> None:
    """Keep what changed of a file."""
    _SAVE.run(connection, **_values(changed), updated_at=now)


def insert_version(
    connection: sa.Connection,
    version_id: UUID,
    of: Document,
    content: Content,
    *,
    by_id: UUID | None,
    now: datetime,
    restored_from: int | None = None,
) -> None:
    """Keep the file's present content as a version."""
    values = asdict(content) | {"document_id": of.id, "number": of.number, "restored_from": restored_from}
    _INSERT_VERSION.run(connection, id=version_id, **values, created_by_id=by_id, created_at=now)


def version(connection: sa.Connection, document_id: UUID, number: int) -> Content | None:
    """The content of a version."""
    found = _VERSION.first(connection, document_id=document_id, number=number)
    return None if found is None else Content(**found._asdict())


def link(
    connection: sa.Connection, link_id: UUID, document_id: UUID, *, subject: str, kind: LinkKind, now: datetime
) -> bool:
    """Let the file belong to the record of this global id; False where it does already."""
    values = {"id": link_id, "document_id": document_id, "subject": subject, "kind": kind.value, "now": now}
    return _LINK.first(connection, **values) is not None


def is_held(connection: sa.Connection, document_id: UUID) -> bool:
    """Whether a submitted record keeps the file as it is; asked under the lock of its holds."""
    return bool(connection.exec_driver_sql(_HELD, (f"document/{document_id}",)).scalar_one())


def held_by(connection: sa.Connection, reference: str) -> list[UUID]:
    """The files that this record keeps, in the order in which they are to be locked."""
    found = connection.exec_driver_sql(
        "SELECT subject FROM hold WHERE reference = %s AND subject LIKE 'document/%%' ORDER BY subject", (reference,)
    )
    return [UUID(subject.partition("/")[2]) for subject in found.scalars()]


def keep_text(connection: sa.Connection, document_id: UUID, number: int, text: str, state: str) -> None:
    """Keep what the current version says."""
    connection.exec_driver_sql(_TEXT, (document_id, number, text, state))


def text_of(connection: sa.Connection, document_id: UUID) -> str | None:
    """What the file says; None where nothing was found in it."""
    found = connection.execute(sa.select(document_text.c.text).where(document_text.c.document_id == document_id))
    return found.scalar() or None


def cards(store: Store, ids: Sequence[UUID]) -> tuple[DocumentCard, ...]:
    """What neighbours need to know of the files that are there."""
    rows = store.rows(
        "SELECT id, name, content_type, size, sha256, owner_id, state FROM document"
        " WHERE id = ANY(%s::uuid[]) AND deleted_at IS NULL",
        (list(ids),),
    )
    names = [each.name for each in fields(DocumentCard)]
    return tuple(DocumentCard(**dict(zip(names, row, strict=True)) | {"state": DocumentState(row[6])}) for row in rows)


def _values(each: Document) -> dict[str, Any]:
    return asdict(each) | {"name_key": pinyin_key(each.name), "state": each.state.value, "tags": list(each.tags)}


def expect_category(connection: sa.Connection, category_id: UUID | None) -> None:
    """``NOT_FOUND`` for a category that is not there; it stays until the commit."""
    if category_id is None:
        return
    text = "SELECT FROM document_category WHERE id = %s FOR KEY SHARE"
    if connection.exec_driver_sql(text, (category_id,)).one_or_none() is None:
        raise CommonRules.the_record_was_not_found(field="category_id")


def read_again(connection: sa.Connection, document_id: UUID, number: int) -> None:
    """What the file says is to be found out anew; until then nothing is known of it."""
    text = "UPDATE document_text SET number = %s, text = '', state = 'WAITING' WHERE document_id = %s"
    connection.exec_driver_sql(text, (number, document_id))


def content(store: Store, document_id: UUID, number: int | None) -> tuple[str, int, Content] | None:
    """Name, number and content of a version, the current one where none is named; of a file that is not deleted."""
    rows = store.rows(
        "SELECT d.name, v.number, v.object_key, v.content_type, v.size, v.sha256, v.sealed_key, v.recovery_key"
        " FROM document d JOIN document_version v ON v.document_id = d.id AND v.number = coalesce(%s, d.number)"
        " WHERE d.id = %s AND d.deleted_at IS NULL",
        (number, document_id),
    )
    if not rows:
        return None
    name, found, key, content_type, size, sha256, sealed, recovery = rows[0]
    return (
        name,
        found,
        Content(
            object_key=key,
            content_type=content_type,
            size=size,
            sha256=sha256,
            sealed_key=sealed,
            recovery_key=recovery,
        ),
    )


def is_encrypted(store: Store, document_id: UUID) -> bool:
    """Whether the file is stored encrypted."""
    return bool(store.rows("SELECT EXISTS (SELECT FROM document WHERE id = %s AND is_encrypted)", (document_id,))[0][0])
