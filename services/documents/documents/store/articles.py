"""Articles as rows."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.documents.articles import ArticleState
from crm_common.statements import insertion, statement, update
from crm_common.text_order import pinyin_key
from documents.domain.article import Article
from documents.tables import article

_COLUMNS = [article.c[each.name] for each in fields(Article)]
_GET = statement(sa.select(*_COLUMNS).where(article.c.id == sa.bindparam("id")).with_for_update())
_INSERT, _SAVE = insertion(article), update(article, "created_at")
FOR_ME = """({t}.state = 'PUBLISHED' AND (cardinality({t}.department_ids) = 0 OR {t}.author_id = {me} OR EXISTS (
    SELECT FROM employee_ref e, unnest({t}.department_ids) d
    WHERE e.id = {me} AND e.department_path LIKE '%/' || d || '/%')))"""
"""Whether the article ``{t}`` is published and for the person."""
_IS_FOR = f"SELECT EXISTS (SELECT FROM article t WHERE t.id = %(id)s::uuid AND {FOR_ME})"
_READ = """
INSERT INTO article_reading (article_id, employee_id, read_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def locked(connection: sa.Connection, article_id: UUID) -> Article | None:
    """The article, locked."""
    found = _GET.first(connection, id=article_id)
    if found is None:
        return None
    row = found._asdict()
    lists = {name: tuple(row[name]) for name in ("department_ids", "document_ids")}
    return Article(**row | lists | {"state": ArticleState(row["state"])})


def insert(connection: sa.Connection, made: Article, now: datetime) -> None:
    """Keep a new one."""
    _INSERT.run(connection, **_values(made), created_at=now, updated_at=now)


def save(connection: sa.Connection, changed: Article, now: datetime) -> None:
    """Keep what changed."""
    _SAVE.run(connection, **_values(changed), updated_at=now)


def is_for(connection: sa.Connection, article_id: UUID, employee_id: UUID) -> bool:
    """Whether it is published and for this person."""
    sql = _IS_FOR.replace("LIKE '%/'", "LIKE '%%/'").replace("'/%'", "'/%%'").replace("{t}", "t")
    values = {"id": article_id, "me": employee_id}
    return bool(connection.exec_driver_sql(sql.replace("{me}", "%(me)s::uuid"), values).scalar_one())


def note_reading(connection: sa.Connection, article_id: UUID, employee_id: UUID, now: datetime) -> bool:
    """He has read it; False when he had before."""
    return bool(connection.exec_driver_sql(_READ, (article_id, employee_id, now)).rowcount)


def _values(each: Article) -> dict[str, Any]:
    lists = {"department_ids": list(each.department_ids), "document_ids": list(each.document_ids)}
    return asdict(each) | lists | {"title_key": pinyin_key(each.title), "state": each.state.value}
