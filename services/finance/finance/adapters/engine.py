"""The office engine that lets people decide (OFC-24): asked after a record has said that it waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.context import Context, system_context
from crm_common.protocol.selection import names
from crm_common.runtime.client import PeerClient

OFFICE = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be decided. ``key`` makes asking twice harmless."""

    kind: str
    record_id: UUID
    initiator_id: UUID
    title: str
    form: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine, asked within the caller's deadline."""

    client: PeerClient
    context: Context

    def start(self, question: Question) -> None:
        """Let the flow in use for its kind begin; the record hears of it by events."""
        asked = {
            "kind": question.kind,
            "record_type": question.kind,
            "record_id": str(question.record_id),
            "initiator_id": str(question.initiator_id),
            "title": question.title,
            "form": dict(question.form),
            "idempotency_key": question.key,
        }
        self._ask("start_approval_for", asked, self._in_own_name())

    def is_returned(self, approval_id: UUID) -> bool:
        """Whether the approval was sent back to its initiator, so that it goes on when he submits again."""
        return bool(self._state(approval_id)["state"] == "RETURNED")

    def resume(self, approval_id: UUID, question: Question) -> None:
        """Submit again what was returned; its initiator does, in his own name."""
        found = self._state(approval_id)
        if found["state"] == "RETURNED":
            asked = {"id": str(approval_id), "version": found["version"], "form": dict(question.form)}
            self._ask("resubmit_approval", asked | {"idempotency_key": question.key}, self.context)

    def _state(self, approval_id: UUID) -> Any:
        asked = {"ids": [str(approval_id)], "select": names("state", "version")}
        [found] = self._ask("approvals_by_ids", asked, self._in_own_name())
        return found

    def _ask(self, method: str, payload: dict[str, Any], context: Context) -> Any:
        return codec.decode_json(self.client.call(OFFICE, method, payload, context))

    def _in_own_name(self) -> Context:
        left = max(0.0, self.context.remaining())
        return system_context("finance", correlation_id=self.context.correlation_id, timeout=left)
