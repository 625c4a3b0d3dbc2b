"""Encrypting files and recovering them (DOC-05, 08)."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.objects import Objects
from crm_common.protocol.documents.recovery import (
    ApproveDocumentRecovery,
    DocumentEncrypted,
    DocumentRecovered,
    DocumentRecoveryRequested,
    EncryptDocument,
    RecoveryRules,
    RequestDocumentRecovery,
)
from documents.adapters.keys import Keyring
from documents.domain import document as domain
from documents.domain.document import Content
from documents.store import files, recoveries, texts
from documents.store.recoveries import Recovery
from documents.usecases.changing import locked, told

_IN_MEMORY = 1 << 20


def sealed_copies(
    objects: Objects, keyring: Keyring, contents: Mapping[int, Content], place: str
) -> dict[int, Content]:
    """Each content sealed under a new key of the store; versions over the same bytes share theirs."""
    made: dict[str, Content] = {}
    for number, content in contents.items():
        if content.object_key in made:
            continue
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            for piece in objects.read(content.object_key):
                file.write(piece)
            file.seek(0)
            moved = replace(content, object_key=f"{place}-{number}")
            made[content.object_key] = keyring.keep(objects, file, moved)  # type: ignore[arg-type]
    return {number: made[content.object_key] for number, content in contents.items()}


def encrypt_document(before: Mapping[int, Content], after: Mapping[int, Content]) -> Usecase:
    """Its versions lie sealed; ``CONFLICT`` when there is another one by now. What it says is known no longer."""

    def run(change: Change, command: EncryptDocument) -> dict[str, Any]:
        found = locked(change, command.id)
        if found.is_encrypted:
            return {"document": found.id}
        if recoveries.contents_now(change.connection, found.id) != before:
            raise CommonRules.the_record_was_changed_meanwhile(field="id", current=found.version)
        for number, content in after.items():
            recoveries.seal(change.connection, found.id, number, content)
        texts.forget(change.connection, found.id)
        kept = domain.encrypted(found)
        files.save(change.connection, kept, change.now)
        change.record(DocumentEncrypted(**told(found, kept)))
        return {"document": kept.id}

    return run


def request_recovery(change: Change, command: RequestDocumentRecovery) -> dict[str, Any]:
    """It waits for a second person."""
    found = locked(change, command.document_id, field="document_id")
    if found.deleted_at is not None:
        raise CommonRules.the_record_was_not_found(field="document_id")
    if not found.is_encrypted:
        raise RecoveryRules.only_an_encrypted_document_is_recovered(field="document_id")
    made = Recovery(
        id=change.new_id(),
        document_id=found.id,
        reason=command.reason,
        requested_by_id=change.context.authenticated().id,
        requested_at=change.now,
    )
    recoveries.insert(change.connection, made)
    facts = {"recovery_id": made.id, "requested_by_id": made.requested_by_id, "reason": made.reason}
    change.record(DocumentRecoveryRequested(**told(found, found) | facts))
    return {"recovery": made.id}


def approve_recovery(keyring: Keyring, document_id: UUID) -> Usecase:
    """Who asked may read it from now on."""

    def run(change: Change, command: ApproveDocumentRecovery) -> dict[str, Any]:
        # the file first, as everywhere: then two of these never stand crosswise
        found = locked(change, document_id)
        asked = recoveries.locked(change.connection, command.id)
        me = change.context.authenticated().id
        if asked is None:
            raise CommonRules.the_record_was_not_found(field="id")
        if asked.approved_by_id is not None:
            raise RecoveryRules.the_recovery_is_decided_already(field="id")
        if asked.requested_by_id == me:
            raise RecoveryRules.a_recovery_takes_two(field="id")
        for number, content in recoveries.contents_now(change.connection, document_id).items():
            recoveries.seal(change.connection, document_id, number, keyring.recovered(content))
        recoveries.approve(change.connection, asked.id, me, change.now)
        facts = {"recovery_id": asked.id, "requested_by_id": asked.requested_by_id, "approved_by_id": me}
        change.record(DocumentRecovered(**told(found, found) | facts))
        return {"recovery": asked.id}

    return run
