"""What every method of the service works with."""

from __future__ import annotations

from crm_common.runtime.providers import Commands, CurrentContext, Surroundings, Views
from documents.views import BINDINGS


class Offering:
    """The providers of the service."""

    commands = Commands()
    views = Views(BINDINGS)
    context = CurrentContext()
    host = Surroundings()
