"""An article and what may become of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.documents.articles import ArticleRules, ArticleState, UpdateArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as its row keeps it."""

    id: UUID
    title: str
    body: str
    state: ArticleState = ArticleState.DRAFT
    category_id: UUID | None
    author_id: UUID
    department_ids: tuple[UUID, ...]
    document_ids: tuple[UUID, ...]
    published_at: datetime | None = None
    version: int = 1


def checked(article: Article) -> Article:
    """The article with a clean title."""
    if not article.title.strip():
        raise ArticleRules.an_article_has_a_title(field="title")
    return replace(article, title=article.title.strip())


def updated(before: Article, command: UpdateArticle) -> Article:
    """The article as the command wants it."""
    expect_version(before.version, command.version)
    after = checked(
        replace(
            before,
            title=chosen(command.title, before.title),
            body=chosen(command.body, before.body),
            category_id=chosen(command.category_id, before.category_id),
            department_ids=tuple(chosen(command.department_ids, before.department_ids)),
            document_ids=tuple(chosen(command.document_ids, before.document_ids)),
        )
    )
    return before if after == before else replace(after, version=before.version + 1)


def published(before: Article, version: int, now: datetime) -> Article:
    """The article as its readers see it."""
    expect_version(before.version, version)
    if before.state is ArticleState.PUBLISHED:
        raise ArticleRules.the_article_is_published_already(field="id")
    return replace(before, state=ArticleState.PUBLISHED, published_at=now, version=before.version + 1)


def withdrawn(before: Article, version: int) -> Article:
    """The article as a draft again."""
    expect_version(before.version, version)
    if before.state is not ArticleState.PUBLISHED:
        raise ArticleRules.only_a_published_article_is_withdrawn(field="id")
    return replace(before, state=ArticleState.DRAFT, published_at=None, version=before.version + 1)
