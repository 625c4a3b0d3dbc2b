"""What every method of the service works with."""

from __future__ import annotations

from crm_common.runtime.providers import Commands, CurrentContext, Surroundings, Views
from customer.adapters.phones import vault
from customer.usecases.phones import noting
from customer.views import BINDINGS


class Offering:
    """The providers of the service."""

    commands = Commands()
    views = Views(BINDINGS, vault=vault, noted=noting)
    context = CurrentContext()
    host = Surroundings()
