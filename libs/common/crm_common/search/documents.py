"""Makes documents of records as they are now, each with the version that its subject has in the same snapshot."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from crm_common.search.declare import Searchable, placed
from crm_common.search.port import Document
from crm_common.search.tokens import analyse
from crm_common.store import Store

FIRST = UUID(int=0)
_AT_ONCE = 100
_PARENT_BITS = 20


def load(store: Store, searchable: Searchable, ids: Sequence[UUID]) -> list[Document]:
    """The documents of these records; tombstones of those that are gone or left out."""
    documents: list[Document] = []
    sql = _loading(searchable)
    for row in store.rows(sql, [list(ids)] * sql.count("%s")):
        documents.append(_document(searchable, row))
        if len(documents) % _AT_ONCE == 0:
            # cutting texts is computing: under eventlet nobody else would get a turn
            time.sleep(0)
    return documents


def ids_after(store: Store, searchable: Searchable, after: UUID, limit: int) -> list[UUID]:
    """The next records in the order of their ids."""
    where = searchable.where.replace("{t}", "t").replace("%", "%%")
    sql = f"SELECT t.id FROM {searchable.source} t WHERE ({where}) AND t.id > %s ORDER BY t.id LIMIT %s"
    return [record for (record,) in store.rows(sql, (after, limit))]


def ids_below(store: Store, searchable: Searchable, parents: Sequence[UUID]) -> list[UUID]:
    """The records whose parents these are."""
    assert searchable.parent is not None
    sql = f"SELECT t.id FROM {searchable.source} t WHERE {placed(searchable.parent[1], 't')} = ANY(%s) ORDER BY t.id"
    return [record for (record,) in store.rows(sql, (list(parents),))]


@cache
def _loading(searchable: Searchable) -> str:
    owner = "NULL::uuid" if searchable.owner is None else placed(searchable.owner, "t")
    also = "'{}'::uuid[]" if searchable.also is None else placed(searchable.also, "t")
    names = ", ".join(f"{placed(each, 't')}::text" for each in searchable.names)
    texts = "".join(f", {placed(each, 't')}::text" for each in searchable.texts)
    there = searchable.where.replace("{t}", "t")
    row = (
        f"SELECT t.id, array_remove({owner} || {also}, NULL) AS owners, ARRAY[{names}] AS names,"
        f" ARRAY[''::text{texts}] AS texts FROM {searchable.source} t WHERE ({there}) AND t.id = ANY({{ids}})"
    )
    sql = (
        f"SELECT ask.id, {_version(searchable)}, f.id IS NOT NULL, f.owners, f.names, f.texts"
        f" FROM unnest({{ids}}) ask(id) LEFT JOIN ({row}) f ON f.id = ask.id"
        f" LEFT JOIN subject_head h ON h.subject = '{searchable.aggregate}/' || ask.id"
    )
    return sql.replace("%", "%%").replace("{ids}", "%s::uuid[]")


def _version(searchable: Searchable) -> str:
    """The subject's ``seq``; its parent's counts below it, so that each change of either makes a later version.

    Another parent is a change of the record itself, which weighs more.
    """
    if searchable.parent is None:
        return "coalesce(h.seq, 0)"
    aggregate, column = searchable.parent
    seq = (
        f"SELECT p.seq FROM {searchable.source} o JOIN subject_head p"
        f" ON p.subject = '{aggregate}/' || {placed(column, 'o')} WHERE o.id = ask.id"
    )
    most = 2**_PARENT_BITS
    return f"coalesce(h.seq, 0) * {most} + least(coalesce(({seq}), 0), {most - 1})"


def _document(searchable: Searchable, row: tuple[Any, ...]) -> Document:
    record, version, there, owners, names, texts = row
    if not there:
        return Document(searchable.type, record, version)
    return Document(searchable.type, record, version, analyse(names, texts), tuple(owners))


def in_batches(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """The ids in parts of at most ``size``."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
