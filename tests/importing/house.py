"""A depot in this process, and somebody who imports into it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from crm_common import codec, migrations, provision
from crm_common.context import Actor, ActorKind, Context, Seal
from crm_common.objects import FileObjects, open_objects
from crm_common.protocol.selection import names
from crm_common.provision import Provisioned
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import ServiceSettings, load
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from importing.protocol import known
from importing.service import DepotService
from infra.postgres import SharedPostgres
from ledger.waiting import until

SECRET = "the secret of all processes of this test"
SHOWN = names("id", "kind", "state", "policy", "total", "done", "created", "updated", "skipped", "failed",
              "taken_back", "kept", "problem")  # fmt: skip
ENDED = {"DONE", "FAILED", "CANCELLED", "UNDONE"}


def settings_of(database: str, folder: Path) -> ServiceSettings:
    """What a process of the depot is told."""
    told = {
        "DEPOT_DATABASE_URL": database,
        "CRM_CLUSTER_SECRET": SECRET,
        "CRM_OBJECTS_FOLDER": str(folder),
    }
    return load(ServiceSettings, "DEPOT_", told)


@dataclass
class Depot:
    """A running depot, its store of files, and callers of its operations."""

    runtime: LocalRuntime
    store: Store
    files: FileObjects
    settings: GivenSettings
    database: Provisioned
    folder: Path

    def context(self, who: str = "anna", *permissions: str, language: str = "zh") -> Context:
        """Somebody's call."""
        keys = frozenset(permissions or ("depot.import",))
        actor = Actor(kind=ActorKind.EMPLOYEE, id=uuid5(UUID(int=0), who), name=who, permissions=keys)
        return Context(actor=actor, correlation_id="call", deadline=time.time() + 30, language=language)

    def call(self, method: str, context: Context | None = None, **payload: Any) -> Any:
        """The decoded answer."""
        plain = codec.to_builtins(payload)
        return codec.decode_json(self.runtime.peers.call("depot", method, plain, context or self.context()))

    def uploaded(self, name: str, content: bytes, context: Context | None = None, **more: Any) -> str:
        """A started import whose file has been brought; its id."""
        told = {"kind": "ITEM", "file_name": name, "select": {"job": SHOWN}} | more
        begun = self.call("start_item_import", context, **told)
        assert begun["upload"]["url"].startswith("/files/")
        job: str = begun["job"]["id"]
        self.files.put(f"imports/{job}/source", io.BytesIO(content))
        return job

    def mapped(self, name: str, content: bytes, context: Context | None = None, **more: Any) -> str:
        """The same, with its columns assigned."""
        job = self.uploaded(name, content, context, **more)
        self.call("map_item_import", context, id=job)
        return job

    def imported(self, name: str, content: bytes, context: Context | None = None, **more: Any) -> dict[str, Any]:
        """An import from its beginning to its end."""
        job = self.mapped(name, content, context, **more)
        self.call("run_item_import", context, id=job)
        return self.ended(job, context)

    def job(self, job: str, context: Context | None = None) -> dict[str, Any]:
        """The import as its owner sees it."""
        (found,) = self.call("item_imports_by_ids", context, ids=[job], select=SHOWN)
        shown: dict[str, Any] = found
        return shown

    def ended(self, job: str, context: Context | None = None) -> dict[str, Any]:
        """The import when it has ended."""
        until(lambda: self.job(job, context)["state"] in ENDED, "the import ends", 60)
        return self.job(job, context)

    def file(self, job: str, which: str = "ERRORS") -> list[str]:
        """The lines of a CSV file that the import left."""
        link = self.call("item_import_file", id=job, which=which)
        grant = self.files.signer.read(link["url"])
        assert grant is not None
        return b"".join(self.files.read(grant.key)).decode("utf-8-sig").splitlines()

    def items(self) -> list[tuple[Any, ...]]:
        """What the depot holds."""
        return self.store.rows("SELECT code, name, amount, version FROM item ORDER BY code")

    def events(self) -> Mapping[str, int]:
        """How many events of each type the journal holds."""
        return dict(self.store.rows("SELECT type, count(*) FROM journal GROUP BY type"))


@contextmanager
def depot_database(server: SharedPostgres) -> Iterator[Provisioned]:
    """A migrated database; removed at the end."""
    url = server.create_database("depot")
    name = url.partition("?")[0].rpartition("/")[2]
    server.drop_database(url)
    made = provision.database(server.url, "depot", name=name)
    migrations.run(made.owner_url, "importing")
    try:
        yield made
    finally:
        server.drop_database(made.url)


@contextmanager
def running(database: Provisioned, folder: Path) -> Iterator[Depot]:
    """The depot, started."""
    with ExitStack() as closing:
        closing.enter_context(known())
        store = Store(database.url, service="depot")
        closing.callback(store.close)
        runtime = LocalRuntime(seal=Seal(SECRET.encode()))
        settings = GivenSettings()
        environment = settings_of(database.url, folder)
        runtime.add(DepotService, store=store, settings=settings, environment=environment)
        files = open_objects(environment.process)
        assert isinstance(files, FileObjects)
        runtime.start()
        closing.callback(runtime.stop)
        yield Depot(runtime, store, files, settings, database, folder)
