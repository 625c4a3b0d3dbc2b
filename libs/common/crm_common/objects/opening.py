"""Chooses the store that a process is told of: an S3 by its address, else a folder."""

from __future__ import annotations

from functools import lru_cache

from crm_common.objects.files import FileObjects
from crm_common.objects.port import Objects
from crm_common.objects.served import SealedObjects
from crm_common.objects.signing import Signer
from crm_common.settings import Misconfigured, ProcessSettings


@lru_cache(maxsize=8)
def open_objects(process: ProcessSettings) -> Objects:
    """The store of this process, the same at every call; Misconfigured where the environment names none."""
    told = process.objects
    if told.url is not None:
        from crm_common.objects.s3 import S3Objects  # half a second, and only here

        if told.access_key is None or told.secret_key is None:
            raise Misconfigured(["CRM_OBJECTS_ACCESS_KEY and CRM_OBJECTS_SECRET_KEY are needed with CRM_OBJECTS_URL"])
        return S3Objects(
            told.url,
            access_key=told.access_key.reveal(),
            secret_key=told.secret_key.reveal(),
            bucket=told.bucket,
            region=told.region,
            public_url=told.public_url,
        )
    files = open_files(process)
    if files is None:
        raise Misconfigured(["CRM_OBJECTS_URL or CRM_OBJECTS_FOLDER is missing: there is no place for files"])
    return files


@lru_cache(maxsize=8)
def open_sealed(process: ProcessSettings) -> SealedObjects | None:
    """What serves sealed objects, wherever they lie; None where the process was told of no store."""
    if process.objects.url is None and process.objects.folder is None:
        return None
    # an S3 has a public address of its own; the gateway's is the one that clients have anyway
    root = process.objects.public_url if process.objects.url is None else None
    return SealedObjects(
        open_objects(process), Signer(process.cluster_secret.reveal().encode()), (root or "").rstrip("/")
    )


@lru_cache(maxsize=8)
def open_files(process: ProcessSettings) -> FileObjects | None:
    """The folder whose addresses the gateway serves; None where the process has another store, or none."""
    told = process.objects
    if told.url is not None or told.folder is None:
        return None
    return FileObjects(told.folder, process.cluster_secret.reveal().encode(), root=told.public_url or "")
