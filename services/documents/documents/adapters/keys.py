"""Keys of encrypted files: each wrapped by the service's secret, and once more by the one kept for recovery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

from crm_common.objects import Objects
from crm_common.objects.sealed import SealedStream, new_key
from crm_common.protocol.documents.recovery import RecoveryRules
from crm_common.vault import Vault, VaultError
from documents.domain.document import Content


@dataclass(frozen=True, slots=True)
class Keyring:
    """Wraps and opens keys. A wrapped one opens for its own object only."""

    master: Vault
    recovery: Vault | None

    def keep(self, objects: Objects, stream: BinaryIO, content: Content) -> Content:
        """Lay the stream under the content's key, sealed under a key of its own, which is wrapped in the answer."""
        key = new_key()
        # what is read of a sealed stream is all that `put` asks of one
        objects.put(content.object_key, SealedStream(stream, key))  # type: ignore[arg-type]
        return self._wrapped(content, key)

    def opened(self, content: Content) -> bytes:
        """The content's key; ``BAD_STATE`` when it was wrapped by a secret that is lost."""
        assert content.sealed_key is not None
        try:
            return self.master.open(content.sealed_key, content.object_key)
        except VaultError as lost:
            raise RecoveryRules.the_key_of_the_document_is_lost(field="id") from lost

    def recovered(self, content: Content) -> Content:
        """The content with a key that opens again; ``BAD_STATE`` when the key for recovery does not open it either."""
        try:
            self.master.open(content.sealed_key or b"", content.object_key)
        except VaultError as lost:
            if self.recovery is None or content.recovery_key is None:
                raise RecoveryRules.the_key_of_the_document_is_lost(field="id") from lost
            try:
                key = self.recovery.open(content.recovery_key, content.object_key)
            except VaultError as lost_too:
                raise RecoveryRules.the_key_of_the_document_is_lost(field="id") from lost_too
            return self._wrapped(content, key)
        return content

    def _wrapped(self, content: Content, key: bytes) -> Content:
        return replace(
            content,
            sealed_key=self.master.seal(key, content.object_key),
            recovery_key=self.recovery.seal(key, content.object_key) if self.recovery else None,
        )
