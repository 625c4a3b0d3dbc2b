"""The store of the one-process product: documents in the service's own PostgreSQL, found by our terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from crm_common.protocol.search import SearchRules
from crm_common.search.port import MOST_HITS, Document, Found, GenerationGoneError, Hit, Question
from crm_common.search.ranking import Level
from crm_common.store import DatabaseLostError, Store

_MOST_AT_A_LEVEL = 5_000
_AT_ONCE = 5_000

# Rows go in the order of their keys: two writers of the same documents do not wait for one another.
_PUT = """
INSERT INTO search_document AS old (generation, type, id, version, deleted, owners, length, names, texts, terms)
SELECT g.generation, d.type, d.id, d.version, d.deleted, d.owners::uuid[], d.length, d.names, d.texts, d.terms::text[]
FROM unnest(%s::bigint[]) AS g (generation) CROSS JOIN unnest(
    %s::text[], %s::uuid[], %s::bigint[], %s::boolean[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::text[]
) AS d (type, id, version, deleted, owners, length, names, texts, terms)
ORDER BY 1, 2, 3
ON CONFLICT (generation, type, id) DO UPDATE SET version = EXCLUDED.version, deleted = EXCLUDED.deleted,
    owners = EXCLUDED.owners, length = EXCLUDED.length, names = EXCLUDED.names, texts = EXCLUDED.texts,
    terms = EXCLUDED.terms
WHERE old.version <= EXCLUDED.version
"""
# Only the index of terms may serve: without statistics the planner would rather walk through a whole generation by key.
_LEVEL = """
(SELECT type, id, length, {rank} AS score FROM {source}
WHERE generation + 0 = (SELECT live FROM search_state) AND type || '' = ANY(%s) AND NOT deleted{narrowed} LIMIT {most})
"""
# Hundreds of spellings are looked up one by one: for all of them at once the planner would read every document.
_FEW = 16
_ONE_BY_ONE = (
    "unnest(%s::text[]) AS asked (term) CROSS JOIN LATERAL"
    " (SELECT * FROM search_document WHERE terms @> ARRAY[asked.term] OFFSET 0) AS spelt"
)
_FIND = """
WITH best AS (SELECT type, id, min(length) AS length, max(score) AS score FROM ({found}) AS found GROUP BY type, id)
SELECT type, id, score, count(*) OVER (PARTITION BY type) FROM best
ORDER BY score DESC, length, type, id LIMIT {most}
"""


class PostgresSearch:
    """Search in the service's database. A generation is a number in a column; `search_state` says which is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, generation: int) -> None:
        """Nothing to make."""

    def put(self, generations: Collection[int], documents: Sequence[Document]) -> None:
        last = {(each.type, each.id): each for each in sorted(documents, key=lambda each: each.version)}
        if not last or not generations:
            return
        rows = [_row(each) for each in last.values()]
        values = (sorted(generations), *(list(column) for column in zip(*rows, strict=True)))
        with self._store.transaction() as connection:
            known = connection.exec_driver_sql("SELECT generation FROM search_state").scalar_one()
            if max(generations) > known:
                raise GenerationGoneError(sorted(generations))
            connection.exec_driver_sql(_PUT, values)

    def switch(self, generation: int) -> None:
        """The state's own ``live`` is the switch."""

    def keep(self, generations: Collection[int]) -> None:
        gone = True
        while gone:
            with self._store.transaction() as connection:
                gone = connection.exec_driver_sql(
                    "DELETE FROM search_document WHERE ctid = ANY(ARRAY("
                    "SELECT ctid FROM search_document WHERE generation <> ALL(%s) LIMIT %s))",
                    (sorted(generations), _AT_ONCE),
                ).rowcount > 0  # fmt: skip

    def find(self, question: Question) -> Found:
        if not question.levels:
            return Found()
        parts: list[str] = []
        values: list[object] = []
        for level in question.levels:
            narrowed, bound = _conditions(level, question.owners)
            many = next((list(group) for group in level.groups if len(group) > _FEW), None)
            source = "search_document" if many is None else _ONE_BY_ONE
            parts.append(_LEVEL.format(rank=int(level.rank), source=source, narrowed=narrowed, most=_MOST_AT_A_LEVEL))
            values += [*([many] if many else []), list(question.types), *bound]
        sql = _FIND.format(found=" UNION ALL ".join(parts), most=MOST_HITS)
        try:
            found = self._store.rows(sql, values)
            if not found and self._store.rows("SELECT FROM search_state WHERE live = 0"):
                raise SearchRules.the_index_is_being_built()
        except DatabaseLostError as lost:
            raise SearchRules.search_is_unavailable() from lost
        return Found(
            tuple(Hit(kind, record, score) for kind, record, score, _ in found),
            {kind: count for kind, _, _, count in found},
        )

    def settle(self) -> None:
        """What is committed is found."""

    def close(self) -> None:
        """The pool belongs to the service."""


def _row(document: Document) -> tuple[object, ...]:
    content = document.content
    head = (
        document.type,
        document.id,
        document.version,
        content is None,
        "{" + ",".join(map(str, document.owners)) + "}",
    )
    if content is None:
        return (*head, 0, "", "", "{}")
    # tokens are letters and digits only: nothing in them means anything to an array's text
    return (*head, content.length, _lines(content.names), _lines(content.texts), "{" + ",".join(content.terms) + "}")


def _lines(texts: Sequence[str]) -> str:
    """The texts with a space around each token, and between two texts what no phrase has."""
    return "".join(f" {text} \n" for text in texts)


def _conditions(level: Level, owners: tuple[UUID, ...] | None) -> tuple[str, list[object]]:
    sql = ""
    values: list[object] = []
    single = [group[0] for group in level.groups if len(group) == 1]
    if single:
        sql += " AND terms @> %s::text[]"
        values.append(single)
    for group in level.groups:
        if len(group) > 1:
            sql += " AND terms && %s::text[]"
            values.append(list(group))
    if level.phrase is not None:
        sql += " AND (names LIKE %s" + (" OR texts LIKE %s)" if level.anywhere else ")")
        values += [f"% {level.phrase} %"] * (2 if level.anywhere else 1)
    if owners is not None:
        sql += " AND (owners = '{}' OR owners && %s::uuid[])"
        values.append(list(owners))
    return sql, values
