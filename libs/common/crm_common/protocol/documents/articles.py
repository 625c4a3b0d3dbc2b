"""Internal articles (DOC-11): written, filed, published to all or to some departments; how often they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.documents.service import (
    VERSION_DOC,
    CategoryId,
    DepartmentId,
    DocumentId,
    Version,
    documents,
)
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, shown

EDIT = needs("article.edit")
PUBLISH = needs("article.publish")
ArticleId = Annotated[UUID, Ref("Article")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Body = Annotated[str, Meta(max_length=100_000)]
Departments = Annotated[tuple[DepartmentId, ...], Meta(max_length=100)]
Files = Annotated[tuple[DocumentId, ...], Meta(max_length=20)]


class ArticleState(StrEnum):
    """How far an article has come."""

    DRAFT = "DRAFT"
    """It is being written."""
    PUBLISHED = "PUBLISHED"
    """Those it is for read it."""


class ArticleRules(Rules):
    """Refusals of articles."""

    an_article_has_a_title = Rule(Code.VALIDATION, en="Give the article a title.", zh="请填写文章标题。")
    the_article_is_published_already = Rule(
        Code.BAD_STATE, en="The article is published already.", zh="该文章已经发布。"
    )
    only_a_published_article_is_withdrawn = Rule(
        Code.BAD_STATE, en="The article is not published.", zh="该文章未发布，无需撤回。"
    )


@documents.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class ArticleView:
    """An article: published ones are read by those they are for, drafts by those who edit articles."""

    id: UUID = shown("The id.")
    title: str = shown("Its title.", filterable=True, sortable=True)
    body: str = shown("Its text.", filterable=True)
    state: ArticleState = shown("How far it has come.", filterable=True)
    category_id: CategoryId | None = shown("Its category.", filterable=True)
    author_id: Annotated[UUID, Ref("Employee", record="author")] = shown("Who wrote it.", filterable=True)
    author_name: str | None = shown("His name, as this service knows it.")
    department_ids: list[DepartmentId] = shown("Whose people read it, with departments below; empty: everybody.")
    document_ids: list[Annotated[UUID, Ref("Document", record="documents")]] = shown("Files that go with it.")
    published_at: datetime | None = shown("When it was published.", filterable=True, sortable=True)
    read_count: int = shown("How many people have read it.")
    read_at: datetime | None = shown("When the viewer read it first.")
    created_at: datetime = shown("When it was begun.", sortable=True)
    updated_at: datetime = shown("When it was changed last.", sortable=True)
    version: int = shown("Counts its changes; send it back when editing.")


documents.searchable(ArticleView, title="title", details=("author_name",))


@documents.query(AUTHENTICATED, returns=ArticleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Articles(ListQuery):
    """Articles the viewer reads, latest published first; with article.edit drafts too."""


@documents.query(AUTHENTICATED, returns=ArticleView)
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesByIds(GetQuery):
    """Articles by id."""


@documents.command(EDIT, returns={"article": ArticleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateArticle(Command):
    """Begin an article."""

    title: Title = given("Its title.")
    body: Body = given("Its text.", default="")
    category_id: CategoryId | None = given("Its category.", default=None)
    department_ids: Departments = given("Whose people read it; empty: everybody.", default=())
    document_ids: Files = given("Files that go with it; each is seen by who has a right on it.", default=())


@documents.command(EDIT, returns={"article": ArticleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateArticle(Command):
    """Change an article; a published one changes for its readers at once."""

    id: ArticleId = given("The article.")
    version: Version = given(VERSION_DOC)
    title: Title | UnsetType = given("Its title.", default=UNSET)
    body: Body | UnsetType = given("Its text.", default=UNSET)
    category_id: CategoryId | UnsetType | None = given("Its category.", default=UNSET)
    department_ids: Departments | UnsetType = given("Whose people read it.", default=UNSET)
    document_ids: Files | UnsetType = given("Files that go with it.", default=UNSET)


@documents.command(PUBLISH, returns={"article": ArticleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class PublishArticle(Command):
    """Let those it is for read it."""

    id: ArticleId = given("The article.")
    version: Version = given(VERSION_DOC)


@documents.command(PUBLISH, returns={"article": ArticleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawArticle(Command):
    """Make it a draft again."""

    id: ArticleId = given("The article.")
    version: Version = given(VERSION_DOC)


@documents.command(AUTHENTICATED, returns={"article": ArticleView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle(Command):
    """Note that one has read an article; each reader counts once."""

    id: ArticleId = given("The article.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleEvent(Event):
    """What every event of an article tells."""

    article_id: UUID
    title: str
    changes: Changes


@documents.event("article.created", subject="article_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCreated(ArticleEvent):
    """An article was begun."""


@documents.event("article.updated", subject="article_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleUpdated(ArticleEvent):
    """An article was changed."""


@documents.event("article.published", subject="article_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    """An article can be read."""


@documents.event("article.withdrawn", subject="article_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWithdrawn(ArticleEvent):
    """An article can be read no longer."""


@documents.event("article.read", subject="article_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRead(Event):
    """Somebody has read an article for the first time."""

    article_id: UUID
    employee_id: UUID
