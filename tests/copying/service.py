"""A neighbour of identity that does nothing but keep copies: of employees, because it says so, and of settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from crm_common.projections.employees import EMPLOYEES
from crm_common.protocol import declare
from crm_common.protocol.declare import ServiceProtocol

copying = ServiceProtocol("copying", doc="Keeps copies, for tests.")
declare._SERVICES.pop("copying")


@contextmanager
def known() -> Iterator[None]:
    """Within the block, this process knows the neighbour's protocol."""
    declare._SERVICES["copying"] = copying
    try:
        yield
    finally:
        del declare._SERVICES["copying"]


class CopyingService:
    """Keeps copies, for tests."""

    name = "copying"
    projections = (EMPLOYEES,)
