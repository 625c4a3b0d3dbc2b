"""What every method of the service works with."""

from __future__ import annotations

from crm_common.runtime.providers import Commands, CurrentContext, Objects, Surroundings, Views
from crm_common.sight import Sight
from documents.usecases.access import OWN, Access
from documents.views import BINDINGS


class Offering:
    """The providers of the service."""

    commands = Commands()
    views = Views(BINDINGS)
    objects = Objects()
    context = CurrentContext()
    host = Surroundings()

    @property
    def access(self) -> Access:
        """What the caller may do with files."""
        return Access(self.host, Sight(self.host.client, self.views.reader, OWN), self.context)
