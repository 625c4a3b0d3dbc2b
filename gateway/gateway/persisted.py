"""Documents named by their SHA-256 instead of sent: registered by use, or given to us beforehand."""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

from crm_common.errors import CommonRules
from gateway.rules import EdgeRules

_HASH = re.compile(r"[0-9a-f]{64}")


class UnknownDocumentError(Exception):
    """Nobody has sent the document of this hash yet. The protocol of automatic persisted queries fixes the words."""

    message = "PersistedQueryNotFound"


class PersistedDocuments:
    """Texts by hash. Trusted ones stay; others are forgotten, the longest unused first, beyond ``kept_bytes``."""

    def __init__(self, trusted: dict[str, str], *, kept_bytes: int, only_trusted: bool = False) -> None:
        self.trusted = trusted
        self.only_trusted = only_trusted
        self.kept_bytes = kept_bytes
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._bytes = 0
        self._trusted_texts = frozenset(trusted.values())

    def find(self, hash_: str) -> str:
        """The text of this hash; :class:`UnknownDocumentError` when it must be sent."""
        text = self.trusted.get(hash_)
        if text is None:
            text = self._texts.get(hash_)
            if text is None:
                raise UnknownDocumentError
            self._texts.move_to_end(hash_)
        return text

    def check(self, text: str, hash_: str | None) -> None:
        """Refuse a text that is not the hash's, or that is not trusted where only trusted ones are answered."""
        if hash_ is not None and hashlib.sha256(text.encode()).hexdigest() != hash_:
            raise EdgeRules.the_hash_is_of_another_document(field="extensions")
        if self.only_trusted and text not in self._trusted_texts:
            raise EdgeRules.only_trusted_documents(field="query")

    def keep(self, hash_: str, text: str) -> None:
        """Remember a text (checked, and valid against the schema) under its hash."""
        if hash_ in self.trusted or hash_ in self._texts:
            return
        self._texts[hash_] = text
        self._bytes += len(text) + len(hash_)
        while self._bytes > self.kept_bytes:
            forgotten, was = self._texts.popitem(last=False)
            self._bytes -= len(was) + len(forgotten)


def hash_in(extensions: dict[str, Any] | None, document_id: str | None) -> str | None:
    """The hash a request names: ``extensions.persistedQuery.sha256Hash``, or ``documentId: "sha256:…"``."""
    named: Any = None
    if document_id is not None:
        named = document_id.removeprefix("sha256:")
    elif extensions and (persisted := extensions.get("persistedQuery")) is not None:
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise CommonRules.a_value_has_the_wrong_shape(field="extensions.persistedQuery", problem="version is not 1")
        named = persisted.get("sha256Hash")
        if not isinstance(named, str):
            raise CommonRules.a_value_has_the_wrong_shape(field="extensions.persistedQuery", problem="no sha256Hash")
    if named is not None and not _HASH.fullmatch(named):
        raise CommonRules.a_value_has_the_wrong_shape(field="documentId", problem="not a SHA-256 in hexadecimal")
    return str(named) if named is not None else None


def read_trusted(path: Path | None) -> dict[str, str]:
    """The file of trusted documents, ``{"<sha256>": "<document>"}``; ValueError when it is something else."""
    if path is None:
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} is not an object of hash → document")  # noqa: TRY004 - the file's fault
    trusted: dict[str, str] = {}
    for named, text in found.items():
        hash_ = named.removeprefix("sha256:")
        if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != hash_:
            raise ValueError(f"{path.name}: {named!r} is not the SHA-256 of its document")
        trusted[hash_] = text
    return trusted
