"""What every method of the service works with."""

from __future__ import annotations

from crm_common.runtime.providers import Commands, CurrentContext, Objects, Surroundings, Views
from crm_common.runtime.searching import Search
from crm_common.vault import Vault
from documents.adapters.keys import Keyring
from documents.operations.searching import SEARCHABLES
from documents.usecases.access import Access
from documents.views import BINDINGS


class Offering:
    """The providers of the service."""

    commands = Commands()
    views = Views(BINDINGS)
    search = Search(SEARCHABLES)
    objects = Objects()
    context = CurrentContext()
    host = Surroundings()

    @property
    def keyring(self) -> Keyring:
        """The keys of encrypted files."""
        told = self.host.environment
        kept = told.recovery_secret
        return Keyring(
            Vault(told.key_secret.reveal().encode(), "documents/keys"),
            Vault(kept.reveal().encode(), "documents/recovery") if kept else None,
        )

    @property
    def access(self) -> Access:
        """What the caller may do with files."""
        return Access(self.host, self.context)
