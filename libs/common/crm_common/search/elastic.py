"""The store of the full system: Elasticsearch, asked with our own terms, so that it needs no analyzer but its standard.

Each generation is an index ``<name>.<n>`` written through an alias of its own, which a dropped generation has no more;
the alias ``<name>`` is what is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from crm_common import telemetry
from crm_common.protocol.search import SearchRules
from crm_common.search.port import MOST_HITS, Document, Found, GenerationGoneError, Hit, Question
from crm_common.search.ranking import Level
from crm_common.store import assert_no_open_transaction

NO_OWNER = "-"
_TOKENS = {"type": "text", "norms": False}
_KEY = {"type": "keyword"}
_MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "properties": {
        "type": _KEY,
        "record": _KEY,
        "owners": {"type": "keyword", "doc_values": False},
        "deleted": {"type": "boolean", "doc_values": False},
        "length": {"type": "integer", "index": False},
        "names": _TOKENS,
        "texts": _TOKENS,
        "terms": {"type": "keyword", "doc_values": False},
    },
}
_BUSY = frozenset({429, 502, 503, 504})


class ElasticSearch:
    """Search in Elasticsearch. ``name`` is that of the service's documents, alone on the server.

    ``url`` may carry user and password. ``timeout`` (seconds) bounds every request.
    """

    def __init__(self, url: str, name: str, *, timeout: float = 5.0, replicas: int = 0, refresh: str = "500ms") -> None:
        self._client = Elasticsearch(url, request_timeout=timeout, max_retries=1, retry_on_timeout=False)
        self.name = name
        # said explicitly: by default an index that nobody asks stops to refresh
        self._settings = {
            "number_of_shards": 1,
            "number_of_replicas": replicas,
            "refresh_interval": refresh,
            "max_result_window": MOST_HITS,
        }
        self._log = telemetry.logger("search")

    def create(self, generation: int) -> None:
        with self._answering():
            try:
                self._client.indices.create(
                    index=self._index(generation),
                    aliases={self._writes(generation): {}},
                    settings=self._settings,
                    mappings=_MAPPINGS,
                )
            except BadRequestError as there:
                if "resource_already_exists_exception" not in str(there):
                    raise

    def put(self, generations: Collection[int], documents: Sequence[Document]) -> None:
        if not documents or not generations:
            return
        operations: list[dict[str, Any]] = []
        for generation in sorted(generations):
            for document in documents:
                target = {"_index": self._writes(generation), "_id": f"{document.type}/{document.id}"}
                order = {"version": document.version, "version_type": "external_gte", "require_alias": True}
                operations += [{"index": target | order}, _source(document)]
        with self._answering():
            answer = self._client.bulk(operations=operations, filter_path="errors,items.*.status,items.*.error")
        if answer["errors"]:
            self._judge([item["index"] for item in answer["items"]])

    def switch(self, generation: int) -> None:
        remove = {"remove": {"index": f"{self.name}.*", "alias": self.name, "must_exist": False}}
        add = {"add": {"index": self._index(generation), "alias": self.name}}
        with self._answering():
            self._client.indices.update_aliases(actions=[remove, add])

    def keep(self, generations: Collection[int]) -> None:
        for generation in self.generations() - set(generations):
            with self._answering():
                self._client.indices.delete(index=self._index(generation), ignore_unavailable=True)

    def generations(self) -> set[int]:
        """The generations that are there."""
        with self._answering():
            found = self._client.indices.get(index=f"{self.name}.*", features="aliases")
        return {int(index.rpartition(".")[2]) for index in found}

    def find(self, question: Question) -> Found:
        if not question.levels:
            return Found()
        with self._answering():
            try:
                answer = self._client.search(
                    index=self.name,
                    query=_query(question),
                    size=MOST_HITS,
                    sort=[{"_score": "desc"}, {"length": "asc"}, {"type": "asc"}, {"record": "asc"}],
                    aggs={"types": {"terms": {"field": "type", "size": 100}}},
                    track_scores=True,
                    track_total_hits=False,
                    filter_path="hits.hits._id,hits.hits._score,aggregations",
                )
            except NotFoundError as missing:
                raise SearchRules.the_index_is_being_built() from missing
        hits = (_hit(each) for each in answer.get("hits", {}).get("hits", []))
        counts = {each["key"]: each["doc_count"] for each in answer["aggregations"]["types"]["buckets"]}
        return Found(tuple(hits), counts)

    def settle(self) -> None:
        with self._answering():
            self._client.indices.refresh(index=f"{self.name}.*")

    def close(self) -> None:
        self._client.close()

    def _index(self, generation: int) -> str:
        return f"{self.name}.{generation}"

    def _writes(self, generation: int) -> str:
        return f"{self.name}.{generation}.writes"

    def _judge(self, items: Sequence[dict[str, Any]]) -> None:
        """An older version that lost is as it should be; a document that can never be written stops nothing else."""
        for item in items:
            status, error = item["status"], item.get("error")
            if error is None or error["type"] == "version_conflict_engine_exception":
                continue
            if error["type"] == "index_not_found_exception":
                raise GenerationGoneError(error.get("index"))
            if status in _BUSY or status >= 500:
                raise SearchRules.search_is_unavailable()
            self._log.error("search.document_refused", status=status, problem=error["type"])

    @contextmanager
    def _answering(self) -> Iterator[None]:
        assert_no_open_transaction()
        try:
            yield
        except TransportError as silent:
            raise SearchRules.search_is_unavailable() from silent
        except ApiError as refusal:
            if refusal.status_code not in _BUSY:
                raise
            raise SearchRules.search_is_unavailable() from refusal


def _source(document: Document) -> dict[str, Any]:
    content = document.content
    head = {"type": document.type, "record": str(document.id)}
    if content is None:
        return head | {"deleted": True, "length": 0}
    return head | {
        "owners": [str(each) for each in document.owners] or [NO_OWNER],
        "length": content.length,
        "names": content.names,
        "texts": content.texts,
        "terms": content.terms,
    }


def _hit(found: dict[str, Any]) -> Hit:
    kind, _, record = found["_id"].partition("/")
    return Hit(kind, UUID(record), int(found["_score"]))


def _query(question: Question) -> dict[str, Any]:
    narrowed: list[dict[str, Any]] = [{"terms": {"type": list(question.types)}}]
    if question.owners is not None:
        narrowed.append({"terms": {"owners": [NO_OWNER, *(str(each) for each in question.owners)]}})
    ranked = [
        {"constant_score": {"filter": {"bool": {"filter": _level(level)}}, "boost": int(level.rank)}}
        for level in question.levels
    ]
    return {"bool": {"must": {"dis_max": {"queries": ranked}}, "filter": narrowed}}


def _level(level: Level) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = [{"terms": {"terms": list(group)}} for group in level.groups]
    if level.phrase is not None:
        fields = ["names", "texts"] if level.anywhere else ["names"]
        phrases = [{"match_phrase": {field: level.phrase}} for field in fields]
        filters.append(phrases[0] if len(phrases) == 1 else {"bool": {"should": phrases, "minimum_should_match": 1}})
    return filters
