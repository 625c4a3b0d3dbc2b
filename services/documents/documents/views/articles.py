"""Articles as they are shown: published ones to those they are for; drafts where the caller edits articles."""

from __future__ import annotations

from collections.abc import Mapping

from crm_common.context import Actor, ActorKind
from crm_common.protocol.documents.articles import ArticleView
from crm_common.reading import bind
from crm_common.reading.scope import Reach
from documents.store.articles import FOR_ME
from documents.tables import article

_READINGS = "article_reading r WHERE r.article_id = {t}.id"


class Readers:
    """A scope: who edits or publishes articles sees all of them, everybody else those that are for him."""

    def kind(self, actor: Actor | None) -> str | None:
        """NOBODY, READER, or None for whoever sees all."""
        if actor is None:
            return "NOBODY"
        edits = actor.may("article.edit") or actor.may("article.publish")
        return None if edits or actor.kind is ActorKind.SYSTEM else "READER"

    def condition(self, kind: str, _reach: Reach) -> str:
        """As `Scope`."""
        return "false" if kind == "NOBODY" else FOR_ME

    def owners(self, _kind: str) -> str | None:
        """Nobody's question."""
        return None


_FIELDS: Mapping[str, str] = {
    "author_name": "(SELECT e.name FROM employee_ref e WHERE e.id = {t}.author_id)",
    "read_count": f"(SELECT count(*)::int FROM {_READINGS})",
    "read_at": f"(SELECT r.read_at FROM {_READINGS} AND r.employee_id = {{me}})",
}
ARTICLES = bind(
    ArticleView,
    article,
    fields=_FIELDS,
    sort={"title": article.c.title_key},
    scope=Readers(),
    default_order=[article.c.published_at.desc(), article.c.created_at.desc()],
)
