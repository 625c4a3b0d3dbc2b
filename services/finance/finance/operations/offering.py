"""What every method of the service works with."""

from __future__ import annotations

from crm_common.runtime.providers import Commands, CurrentContext, Surroundings, Views
from crm_common.runtime.searching import Search
from finance.views import BINDINGS
from finance.views.searching import SEARCHABLES


class Offering:
    """The providers of the service."""

    commands = Commands()
    views = Views(BINDINGS)
    search = Search(SEARCHABLES)
    context = CurrentContext()
    host = Surroundings()
