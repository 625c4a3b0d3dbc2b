"""Documents with a folder or an S3 for its files, beside an owner of records whom a test tells who sees which."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from crm_common.clock import Clock
from crm_common.context import Actor, system_context
from crm_common.errors import CrmError
from crm_common.jobs import JobRun
from crm_common.jobs.rows import Runs
from crm_common.objects import Objects, open_objects, open_sealed
from crm_common.objects.signing import PREFIX
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.settings import load
from documents.domain.file_name import type_of
from documents.service import DocumentsService
from documents.settings import DocumentsSettings
from infra.postgres import SharedPostgres
from serving.alone import Alone, alone, employee

SECRET = "the secret of all processes of this test"
KEYS = ("doc.view", "doc.upload")


def person(name: str, *more: str, **scopes: str) -> Actor:
    """Somebody who may see and bring files."""
    return employee(name, *KEYS, *more, **scopes)


def settings_of(told: Mapping[str, str]) -> DocumentsSettings:
    """What a process of documents is told, with what it always needs."""
    needed = {
        "DOCUMENTS_DATABASE_URL": "postgresql://told/elsewhere",
        "DOCUMENTS_KEY_SECRET": "a key of documents for this test only",
        "DOCUMENTS_RECOVERY_SECRET": "another key, which others keep elsewhere",
        "CRM_CLUSTER_SECRET": SECRET,
    }
    return load(DocumentsSettings, "DOCUMENTS_", {**needed, **told}, warn=lambda _line: None)


@dataclass
class Cabinet:
    """A running documents service."""

    alone: Alone
    objects: Objects
    settings: DocumentsSettings

    def call(self, by: Actor | None, method: str, **payload: Any) -> Any:
        """The decoded answer; of a command's records every value is selected."""
        return self.alone.call(by, method, **payload)

    def refusal(self, by: Actor | None, method: str, **payload: Any) -> tuple[str, str]:
        """Code and rule of a call that must be refused, which writes nothing."""
        before = self.alone.events()
        with pytest.raises(CrmError) as refused:
            self.call(by, method, **payload)
        assert self.alone.events() == before
        return refused.value.code.value, refused.value.rule

    def system(self, method: str, **payload: Any) -> Any:
        """What a neighbour's service asks in its own name."""
        actor = system_context("sales", correlation_id="test").actor
        return self.alone.call(actor, method, **payload)

    @property
    def host(self) -> ServiceHost:
        """The surroundings of the service."""
        return host_of(self.alone.runtime.services["documents"].container)

    def request(self, by: Actor, name: str, content: bytes, **more: Any) -> dict[str, Any]:
        """An address to bring a file to."""
        told = {
            "name": name,
            "size": len(content),
            "content_type": type_of(name),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        answer: dict[str, Any] = self.call(by, "request_upload", **told | more)
        return answer

    def bring(self, upload_id: str, content: bytes) -> None:
        """What the client's PUT does."""
        self.objects.put(f"uploads/{upload_id}", io.BytesIO(content))

    def uploaded(self, by: Actor, name: str, content: bytes, **more: Any) -> dict[str, Any]:
        """A file that was brought and confirmed."""
        upload = self.request(by, name, content, **more)["upload_id"]
        self.bring(upload, content)
        found: dict[str, Any] = self.call(by, "confirm_upload", upload_id=upload)["document"]
        return found

    def taken(self, by: Actor, document_id: str, number: int | None = None) -> bytes:
        """The bytes of a version, as the download's address gives them."""
        more = {} if number is None else {"number": number}
        link = self.call(by, "download_document", id=document_id, **more)["file"]
        return self.given(link["url"])

    def given(self, url: str) -> bytes:
        """What the gateway, or an S3 itself, gives under a signed address."""
        _root, mark, rest = url.partition(PREFIX)
        if not mark or "?" in url:
            return httpx.get(url, trust_env=False).raise_for_status().content
        sealed = open_sealed(self.settings.process)
        assert sealed is not None
        grant = sealed.signer.read(mark + rest)
        assert grant is not None
        if grant.sealed:
            return b"".join(sealed.read(grant, 0, grant.size))
        return b"".join(self.objects.read(grant.key))

    def kept(self, document_id: str) -> list[bytes]:
        """The raw bytes of each version in the store."""
        sql = "SELECT object_key FROM document_version WHERE document_id = %s ORDER BY number"
        return [b"".join(self.objects.read(key)) for (key,) in self.rows(sql, document_id)]

    def published(self, by: Actor, document: dict[str, Any]) -> dict[str, Any]:
        """The same, published."""
        found: dict[str, Any] = self.call(by, "publish_document", id=document["id"], version=document["version"])[
            "document"
        ]
        return found

    def seen(self, by: Actor, document_id: str) -> bool:
        """Whether somebody sees a file by its id."""
        [found] = self.call(by, "documents_by_ids", ids=[document_id], select='[["id","id"]]')
        return found is not None

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the service's database."""
        return self.alone.store.rows(sql, values)

    def run(self, job: str, as_of: datetime) -> dict[str, Any]:
        """Run a job of the service as of a moment; its report."""
        runs = Runs(self.alone.store, f"test:{uuid4()}", timedelta(seconds=60))
        row = runs.begin(uuid4(), job, as_of, now=as_of, asked_by="test", dry_run=False)
        assert row is not None
        run = JobRun(self.host, runs, row, threading.Event())
        [found] = [each for each in self.alone.runtime.services["documents"].dispatcher.jobs() if each.name == job]
        found.run(run)
        assert runs.finish(row, "DONE", run.report)
        return run.report


@contextmanager
def cabinet(
    server: SharedPostgres, folder: Path, told: Mapping[str, str] | None = None, *, clock: Clock | None = None
) -> Iterator[Cabinet]:
    """The service on a database of its own; ``told`` names another store than ``folder``, a scanner and their like."""
    given = {"CRM_OBJECTS_FOLDER": str(folder)} if "CRM_OBJECTS_URL" not in (told or {}) else {}
    settings = settings_of({**given, **(told or {})})
    with alone(server, DocumentsService, environment=settings, clock=clock) as served:
        yield Cabinet(served, open_objects(settings.process), settings)
