"""Commands about articles (DOC-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.protocol.documents.articles import (
    ArticleCreated,
    ArticleEvent,
    ArticlePublished,
    ArticleRead,
    ArticleUpdated,
    ArticleWithdrawn,
    CreateArticle,
    PublishArticle,
    ReadArticle,
    UpdateArticle,
    WithdrawArticle,
)
from documents.domain import article as domain
from documents.domain.article import Article
from documents.store import articles as store
from documents.store import files


def create_article(change: Change, command: CreateArticle) -> dict[str, Any]:
    """A draft of the caller's."""
    return {"article": begin(change, command, change.context.authenticated().id)}


def begin(change: Change, command: CreateArticle, author_id: UUID) -> UUID:
    """A draft of somebody's; its id."""
    files.expect_category(change.connection, command.category_id)
    made = domain.checked(
        Article(
            id=change.new_id(),
            title=command.title,
            body=command.body,
            category_id=command.category_id,
            author_id=author_id,
            department_ids=command.department_ids,
            document_ids=command.document_ids,
        )
    )
    store.insert(change.connection, made, change.now)
    change.record(ArticleCreated(article_id=made.id, title=made.title, changes=difference(None, made)))
    return made.id


def update_article(change: Change, command: UpdateArticle) -> dict[str, Any]:
    """Another text or other readers."""
    before = _found(change, command.id)
    after = domain.updated(before, command)
    files.expect_category(change.connection, after.category_id)
    return _kept(change, before, after, ArticleUpdated)


def publish_article(change: Change, command: PublishArticle) -> dict[str, Any]:
    """Its readers see it."""
    before = _found(change, command.id)
    return _kept(change, before, domain.published(before, command.version, change.now), ArticlePublished)


def withdraw_article(change: Change, command: WithdrawArticle) -> dict[str, Any]:
    """Its readers see it no longer."""
    before = _found(change, command.id)
    return _kept(change, before, domain.withdrawn(before, command.version), ArticleWithdrawn)


def read_article(change: Change, command: ReadArticle) -> dict[str, Any]:
    """One reader more."""
    me = change.context.authenticated().id
    if not store.is_for(change.connection, command.id, me):
        raise CommonRules.the_record_was_not_found(field="id")
    if store.note_reading(change.connection, command.id, me, change.now):
        change.record(ArticleRead(article_id=command.id, employee_id=me))
    return {"article": command.id}


def _kept(change: Change, before: Article, after: Article, event: type[ArticleEvent]) -> dict[str, Any]:
    if after != before:
        store.save(change.connection, after, change.now)
        change.record(event(article_id=after.id, title=after.title, changes=difference(before, after)))
    return {"article": after.id}


def _found(change: Change, article_id: UUID) -> Article:
    found = store.locked(change.connection, article_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found
