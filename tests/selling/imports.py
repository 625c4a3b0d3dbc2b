"""Files that are imported into the customer service, for tests."""

from __future__ import annotations

import io
from typing import Any

from crm_common.context import Actor
from crm_common.objects import FileObjects, open_objects
from crm_common.protocol.selection import names
from ledger.waiting import until
from selling import ENVIRONMENT
from serving.alone import Alone

ENDED = {"DONE", "FAILED", "UNDONE"}
SHOWN = names("id", "state", "total", "created", "updated", "skipped", "failed", "taken_back", "kept", "problem")
CUSTOMERS = "客户名称,手机号,地区,负责人,邮箱,性别,客户类型"


def files() -> FileObjects:
    """Where the service keeps files."""
    found = open_objects(ENVIRONMENT.process)
    assert isinstance(found, FileObjects)
    return found


def imported(
    service: Alone, who: Actor, rows: list[str], *, kind: str = "CUSTOMER", head: str = CUSTOMERS, **more: Any
) -> dict[str, Any]:
    """The import of a CSV file, gone through to its end."""
    begun = service.call(who, "start_customer_import", kind=kind, file_name="客户.csv", **more)
    job: str = begun["job"]["id"]
    files().put(f"imports/{job}/source", io.BytesIO("\n".join([head, *rows]).encode("gb18030")))
    service.call(who, "map_customer_import", id=job)
    service.call(who, "run_customer_import", id=job)
    return ended(service, who, job)


def ended(service: Alone, who: Actor, job: str) -> dict[str, Any]:
    """The import, when it has come to its end."""

    def found() -> dict[str, Any]:
        (shown,) = service.call(who, "customer_imports_by_ids", ids=[job], select=SHOWN)
        assert shown is not None
        result: dict[str, Any] = shown
        return result

    until(lambda: found()["state"] in ENDED, "the import ends", 60)
    return found()


def counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    """(created, updated, skipped, failed)"""
    return job["created"], job["updated"], job["skipped"], job["failed"]


def errors(service: Alone, who: Actor, job: dict[str, Any]) -> list[str]:
    """The lines of the error file, without its head."""
    link = service.call(who, "customer_import_file", id=job["id"], which="ERRORS")
    grant = files().signer.read(link["url"])
    assert grant is not None
    return b"".join(files().read(grant.key)).decode("utf-8-sig").splitlines()[1:]
