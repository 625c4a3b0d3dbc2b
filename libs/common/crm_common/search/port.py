"""The port of search: what a store of documents does, whichever server is behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from crm_common.protocol.search import SearchRules
from crm_common.search.ranking import Level
from crm_common.search.tokens import Analysis

MOST_HITS = 1000
"""Ids that one question is answered with at most, the best first."""


class GenerationGoneError(Exception):
    """Documents were written into a generation that is not there: it was dropped meanwhile, or never made."""


@dataclass(frozen=True, slots=True)
class Document:
    """A record as it is found, as of ``version``; without ``content`` a tombstone: the record is not to be found.

    ``owners`` narrow who looks through it; without any everybody does.
    """

    type: str
    id: UUID
    version: int
    content: Analysis | None = None
    owners: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: levels of `ranking.levels`, in documents of these types and any of these owners (None: all).

    Documents of no owner are looked through whatever ``owners`` says.
    """

    levels: tuple[Level, ...]
    types: tuple[str, ...]
    owners: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers. ``score`` is its `Rank`."""

    type: str
    id: UUID
    score: int


@dataclass(frozen=True, slots=True)
class Found:
    """At most `MOST_HITS` hits: by score, then shorter titles first, then by id. ``counts``: all that answer, by type.

    Counts know nothing of rights: they are measures, and nothing to be shown. PostgreSQL counts 5,000 at each level.
    """

    hits: tuple[Hit, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


class SearchStore(Protocol):
    """Documents in numbered generations, of which one is asked. Errors of the server are ``search_is_unavailable``."""

    def create(self, generation: int) -> None:
        """Make an empty generation; one that is there stays as it is."""
        ...

    def put(self, generations: Collection[int], documents: Sequence[Document]) -> None:
        """Write documents and tombstones into each generation; one older than what is there changes nothing.

        `GenerationGoneError` where a generation is not there.
        """
        ...

    def switch(self, generation: int) -> None:
        """From now on this generation is asked; between the old and the new one there is no moment without any."""
        ...

    def keep(self, generations: Collection[int]) -> None:
        """Drop all other generations."""
        ...

    def find(self, question: Question) -> Found:
        """The best hits of the generation that is asked; none for a question without levels."""
        ...

    def settle(self) -> None:
        """Return when what was put before can be found. It will be anyway, within a second."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


def unavailable() -> Exception:
    """The refusal of a search whose server does not answer."""
    return SearchRules.search_is_unavailable()
