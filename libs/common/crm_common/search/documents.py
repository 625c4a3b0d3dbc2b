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


def load(store: Store, searchable: Searchable, ids: Sequence[UUID]) -> list[Document]:
    """The documents of these records; tombstones of those that are gone or left out."""
    documents: list[Document] = []
    for row in store.rows(_loading(searchable), (list(ids), list(ids))):
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


@cache
def _loading(searchable: Searchable) -> str:
    owner = "NULL::uuid" if searchable.owner is None else placed(searchable.owner, "t")
    names = ", ".join(f"{placed(each, 't')}::text" for each in searchable.names)
    texts = "".join(f", {placed(each, 't')}::text" for each in searchable.texts)
    there = searchable.where.replace("{t}", "t")
    row = f"SELECT t.id, {owner} AS owner, ARRAY[{names}] AS names, ARRAY[''::text{texts}] AS texts"
    return (
        "SELECT ask.id, coalesce(h.seq, 0), f.id IS NOT NULL, f.owner, f.names, f.texts FROM unnest({ids}) ask(id)"
        f" LEFT JOIN ({row} FROM {searchable.source} t WHERE ({there}) AND t.id = ANY({{ids}})) f ON f.id = ask.id"
        f" LEFT JOIN subject_head h ON h.subject = '{searchable.aggregate}/' || ask.id"
    ).replace("%", "%%").replace("{ids}", "%s::uuid[]")  # fmt: skip


def _document(searchable: Searchable, row: tuple[Any, ...]) -> Document:
    record, version, there, owner, names, texts = row
    if not there:
        return Document(searchable.type, record, version)
    return Document(searchable.type, record, version, analyse(names, texts), owner)


def in_batches(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """The ids in parts of at most ``size``."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
