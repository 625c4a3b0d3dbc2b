"""Recordings of calls."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Moment, Sorted, identifier, needed
from documents.tables.metadata import metadata

recording = sa.Table(
    "recording",
    metadata,
    identifier(),
    needed("call", Sorted),
    needed("employee_id", Id),
    needed("object_key", Sorted),
    needed("content_type", Sorted),
    needed("size", sa.Integer),
    needed("sha256", Sorted),
    needed("recorded_at", Moment),
    needed("keep_until", Moment),
)
