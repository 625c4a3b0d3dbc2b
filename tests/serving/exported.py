"""A list that was exported to a CSV file, gone through to its end: its lines."""

from __future__ import annotations

from typing import Any

from crm_common.context import Actor
from crm_common.objects import FileObjects, open_objects
from crm_common.protocol.selection import names
from crm_common.settings import ServiceSettings
from ledger.waiting import until
from serving.alone import Alone


def exported(
    service: Alone, environment: ServiceSettings, who: Actor, kind: str, /, *, noun: str = "", **asked: Any
) -> list[str]:
    """The lines, heading first. ``noun``: of the export, where it is not the service's name."""
    told = noun or service.name
    job = service.call(who, f"start_{told}_export", kind=kind, format="CSV", **asked)["job"]["id"]

    def done() -> bool:
        [shown] = service.call(who, f"{told}_exports_by_ids", ids=[job], select=names("state"))
        return bool(shown["state"] == "DONE")

    until(done, "the export ends", 60)
    objects = open_objects(environment.process)
    assert isinstance(objects, FileObjects)
    grant = objects.signer.read(service.call(who, f"{told}_export_file", id=job)["url"])
    assert grant is not None
    return b"".join(objects.read(grant.key)).decode("utf-8-sig").splitlines()
