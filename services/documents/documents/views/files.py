"""Files as they are shown. Who sees one is decided before (`documents.usecases.access`): records have other owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common.protocol.documents.accesses import DocumentAccessView
from crm_common.protocol.documents.categories import DocumentCategoryView
from crm_common.protocol.documents.files import DocumentLinkView, Documents, DocumentVersionView, DocumentView
from crm_common.protocol.documents.recovery import DocumentRecoveryView
from crm_common.protocol.documents.rights import DocumentGrantView
from crm_common.reading import Where, bind, many
from crm_common.reading.scope import Reach
from documents.store.rights import GIVEN, SCOPE
from documents.tables import (
    document,
    document_access,
    document_category,
    document_grant,
    document_link,
    document_recovery,
    document_version,
)

FILES = bind(
    DocumentView,
    document,
    fields={
        "category_name": "(SELECT c.name FROM document_category c WHERE c.id = {t}.category_id)",
        "owner_name": "(SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id)",
        "is_locked": "EXISTS (SELECT FROM hold h WHERE h.subject = 'document/' || {t}.id)",
    },
    sort={"name": document.c.name_key},
    children={
        "versions": many(document_version.c.document_id, order=[document_version.c.number.desc()], part=True),
        "links": many(document_link.c.document_id, order=[document_link.c.created_at], part=True),
    },
    default_order=[document.c.created_at.desc()],
)
VERSIONS = bind(DocumentVersionView, document_version, default_order=[document_version.c.number.desc()])
LINKS = bind(DocumentLinkView, document_link, default_order=[document_link.c.created_at])
GRANTS = bind(DocumentGrantView, document_grant, default_order=[document_grant.c.created_at])
CATEGORIES = bind(
    DocumentCategoryView,
    document_category,
    fields={
        "document_count": "(SELECT count(*)::int FROM document d WHERE d.category_id = {t}.id"
        " AND d.state = 'PUBLISHED' AND NOT d.is_linked AND d.deleted_at IS NULL)"
    },
    default_order=["rank", "name"],
)
ACCESSES = bind(
    DocumentAccessView,
    document_access,
    fields={"employee_name": "(SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id)"},
    default_order=[document_access.c.at.desc()],
)
RECOVERIES = bind(
    DocumentRecoveryView,
    document_recovery,
    fields={"document_name": "(SELECT d.name FROM document d WHERE d.id = {t}.document_id)"},
    default_order=[document_recovery.c.requested_at.desc()],
)
_TAGGED = "{t}.tags @> {tags}"
_LINK = "document_link l WHERE l.document_id = {t}.id AND l.subject"
_GIVEN = f"EXISTS (SELECT FROM {GIVEN} AND 'VIEW' = ANY (g.rights))"
ENCRYPTED = Where("{t}.is_encrypted AND {t}.deleted_at IS NULL")
BIN = Where("{t}.deleted_at IS NOT NULL AND {t}.owner_id = {me}")


def of_record(query: Documents, subject: str) -> Where:
    """All files of a record that the viewer was found to see."""
    sql = f"{{t}}.deleted_at IS NULL AND EXISTS (SELECT FROM {_LINK} = {{subject}})"
    return _narrowed(query, sql, subject=subject)


def listed(query: Documents, *, scope: str | None, seen: Sequence[str], roles: Sequence[UUID]) -> Where:
    """One's own files, those of records among one's own as far as they are ``seen``, and what others published."""
    reach = "true" if scope is None else SCOPE.condition(scope, Reach.PROBE)
    alone = f"NOT {{t}}.is_linked AND ({{t}}.owner_id = {{me}} OR ({{t}}.state = 'PUBLISHED' AND {reach}))"
    linked = f"{{t}}.is_linked AND {{t}}.owner_id = {{me}} AND EXISTS (SELECT FROM {_LINK} = ANY ({{seen}}))"
    given = f"{{t}}.state = 'PUBLISHED' AND {_GIVEN}"
    sql = f"{{t}}.deleted_at IS NULL AND (({alone}) OR ({linked}) OR ({given}))"
    return _narrowed(query, sql, seen=list(seen) or [""], roles=list(roles))


def of_file(document_id: UUID) -> Where:
    """What belongs to one file: what was given on it, who took it."""
    return Where("{t}.document_id = {document}", document=document_id, selective=True)


def _narrowed(query: Documents, sql: str, **values: Any) -> Where:
    if not query.tags:
        return Where(sql, **values)
    return Where(f"{sql} AND {_TAGGED}", **values, tags=list(query.tags))
