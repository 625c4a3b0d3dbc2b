"""What of files is found by search (SCH-01, 04; DOC-04): by their names, tags and what they say, for who sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from crm_common.context import Context
from crm_common.protocol.documents.articles import ArticleView
from crm_common.protocol.documents.files import DocumentView
from crm_common.runtime.host import ServiceHost
from crm_common.search import Searchable
from documents.tables import article, document
from documents.usecases.access import Access


def _seen(host: ServiceHost, ids: Sequence[UUID], context: Context) -> Collection[UUID]:
    return Access(host, context).viewed(ids)


SEARCHABLES = (
    Searchable(
        view=DocumentView,
        table=document,
        aggregate="document",
        names=(document.c.name,),
        texts=(
            "array_to_string({t}.tags, ' ')",
            "SELECT x.text FROM document_text x WHERE x.document_id = {t}.id AND x.number = {t}.number",
        ),
        # what is stored encrypted stands in no index
        where="{t}.deleted_at IS NULL AND NOT {t}.is_encrypted",
        seen=_seen,
    ),
    Searchable(view=ArticleView, table=article, aggregate="article", names=(article.c.title,), texts=(article.c.body,)),
)
