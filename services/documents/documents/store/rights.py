"""What is known of files and one person, for the decision what he may do: one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from crm_common.context import Actor, ActorKind
from crm_common.projections.tables import employee_ref
from crm_common.protocol.documents.files import DocumentState
from crm_common.protocol.documents.rights import DocumentRight
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach
from crm_common.store import Store
from documents.domain.rights import Known
from documents.tables import document

SCOPE = by_owner("doc", owner=document.c.owner_id, people=employee_ref)
GIVEN = """document_grant g WHERE g.document_id = {t}.id AND (g.employee_id = {me} OR g.role_id = ANY ({roles})
    OR EXISTS (SELECT FROM employee_ref e
        WHERE e.id = {me} AND e.department_path LIKE '%/' || g.department_id || '/%'))"""
"""The grants on file ``{t}`` that reach the person, by himself, a role of his, or a department above him."""
_KNOWN = """
SELECT d.id, coalesce(d.owner_id = {me}, false), d.state, d.deleted_at IS NOT NULL, d.is_encrypted, {scope},
    EXISTS (SELECT FROM document_recovery r WHERE r.document_id = d.id AND r.requested_by_id = {me}
        AND r.approved_at IS NOT NULL),
    ARRAY(SELECT DISTINCT unnest(g.rights) FROM {given}),
    ARRAY(SELECT DISTINCT l.subject FROM document_link l WHERE l.document_id = d.id)
FROM document d WHERE d.id = ANY (%(ids)s::uuid[])
"""
_MINE = """
SELECT DISTINCT l.subject FROM document d JOIN document_link l ON l.document_id = d.id
WHERE d.owner_id = %s AND d.deleted_at IS NULL LIMIT %s
"""


def known(store: Store, ids: Collection[UUID], actor: Actor, roles: Sequence[UUID]) -> dict[UUID, Known]:
    """Each file that is there, as this person meets it."""
    values = {"ids": list(ids), "me": actor.id, "department": actor.department_id, "roles": list(roles)}
    rows = store.rows(_asked(None if actor.kind is ActorKind.SYSTEM else SCOPE.kind(actor)), values)
    return {row[0]: _known(row) for row in rows}


def is_owner(store: Store, document_id: UUID, person: UUID) -> bool:
    """Whether the file is his."""
    asked = "SELECT EXISTS (SELECT FROM document WHERE id = %s AND owner_id = %s)"
    return bool(store.rows(asked, (document_id, person))[0][0])


def given_by_roles(store: Store) -> bool:
    """Whether anything is given to roles at all: else nobody's roles need to be asked for."""
    return bool(store.rows("SELECT EXISTS (SELECT FROM document_grant WHERE role_id IS NOT NULL)")[0][0])


def subjects_of_mine(store: Store, me: UUID, limit: int) -> list[str]:
    """The records that one's own files belong to."""
    return [row[0] for row in store.rows(_MINE, (me, limit))]


@cache
def _asked(kind: str | None) -> str:
    scope = "true" if kind is None else SCOPE.condition(kind, Reach.PROBE)
    sql = _KNOWN.replace("{scope}", scope).replace("{given}", GIVEN.replace("%", "%%")).replace("{t}", "d")
    for name, cast in (("me", "uuid"), ("department", "uuid"), ("roles", "uuid[]")):
        sql = sql.replace(f"{{{name}}}", f"%({name})s::{cast}")
    return sql


def _known(row: tuple[Any, ...]) -> Known:
    return Known(
        id=row[0],
        is_mine=row[1],
        state=DocumentState(row[2]),
        is_deleted=row[3],
        is_encrypted=row[4],
        in_scope=row[5],
        is_recovered=row[6],
        granted=frozenset(DocumentRight(each) for each in row[7]),
        subjects=frozenset(row[8]),
    )
