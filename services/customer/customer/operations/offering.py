"""What every method of the service works with."""

from __future__ import annotations

from crm_common.runtime.providers import Commands, CurrentContext, Surroundings, Views
from crm_common.runtime.searching import Search
from customer.adapters.phones import vault
from customer.usecases.phones import noting
from customer.views import BINDINGS
from customer.views.searching import SEARCHABLES


class Offering:
    """The providers of the service."""

    commands = Commands()
    views = Views(BINDINGS, vault=vault, noted=noting)
    search = Search(SEARCHABLES)
    context = CurrentContext()
    host = Surroundings()
