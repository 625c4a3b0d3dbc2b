"""What services say of search: which views are found, the question each service answers, the measures of questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import given
from crm_common.protocol.policy import AUTHENTICATED, Policy, needs

MEASURES = "sys.operate"
"""The key of those who see what was asked; identity's catalogue has its words."""


class SearchRules(Rules):
    """Why search does not answer while everything else does."""

    search_is_unavailable = Rule(
        Code.UNAVAILABLE, en="Search does not answer right now.", zh="搜索服务暂不可用，请稍后重试。"
    )
    the_index_is_being_built = Rule(
        Code.UNAVAILABLE,
        en="The search index is being built; try again in a moment.",
        zh="搜索索引正在建立，请稍后重试。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Find records the caller may see, the best first; a view whose policy he does not meet is not looked through.

    The answer: ``{"hits": [{"type", "id", "score", "title", "details": [{"name", "text"}]}], "counts": [{"type",
    "count"}]}``. ``counts`` are exact up to 1,000 candidates and count only what the caller may see.
    """

    text: Annotated[str, Meta(max_length=200)] = given("Words, parts of names, pinyin or initials, or a whole number.")
    types: tuple[str, ...] | None = given("Only records of these types; absent: all.", default=None)
    first: Annotated[int, Meta(ge=0, le=100)] = given("How many hits.", default=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMeasures:
    """What was asked of this service: ``{"popular": [...], "without_result": [...]}``.

    Rows: ``text``, ``searches``, ``hits`` (records that were shown), ``without_result``.
    """

    days: Annotated[int, Meta(ge=1, le=90)] = given("The last so many days, today included.", default=30)
    first: Annotated[int, Meta(ge=1, le=100)] = given("How many rows of each.", default=20)


DECLARED: tuple[tuple[type[Any], Policy], ...] = ((Search, AUTHENTICATED), (SearchMeasures, needs(MEASURES)))
