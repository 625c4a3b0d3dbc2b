"""Comments as they are shown. Who sees them is asked before: whoever sees the record (`crm_common.sight`)."""

from __future__ import annotations

from crm_common.protocol.office.comments import CommentView
from crm_common.reading import Where, bind, many
from office.tables import comment

COMMENTS = bind(
    CommentView,
    comment,
    fields={"author_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.author_id"},
    children={"answers": many(comment.c.parent_id, order=[comment.c.created_at])},
    default_order=[comment.c.created_at.desc()],
)


def threads(subject: str) -> Where:
    """What begins a thread about the record of this global id."""
    return Where("{t}.subject = {subject} AND {t}.parent_id IS NULL", selective=True, subject=subject)
