"""Articles, and who has read them."""

from __future__ import annotations

import sqlalchemy as sa

from crm_common.columns import Id, Ids, Moment, Sorted, history, identifier, needed
from documents.tables.metadata import metadata

article = sa.Table(
    "article",
    metadata,
    identifier(),
    needed("title", Sorted),
    needed("title_key", Sorted),
    needed("body", Sorted),
    needed("state", Sorted),
    sa.Column("category_id", Id),
    needed("author_id", Id),
    needed("department_ids", Ids),
    needed("document_ids", Ids),
    sa.Column("published_at", Moment),
    *history(),
)
article_reading = sa.Table(
    "article_reading",
    metadata,
    sa.Column("article_id", Id, primary_key=True),
    sa.Column("employee_id", Id, primary_key=True),
    needed("read_at", Moment),
)
