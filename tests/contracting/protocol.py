"""What the service of contracts says to others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from crm_common.protocol import declare
from crm_common.protocol.declare import Command, ServiceProtocol, given
from crm_common.protocol.policy import AUTHENTICATED

contracting = ServiceProtocol("contracting", doc="Keeps contracts, for tests.")
# known to who runs it, and not to whoever lists the product's services in the same process
declare._SERVICES.pop("contracting")


@contextmanager
def known() -> Iterator[None]:
    """Within the block, this process knows the service."""
    before = dict(declare.services())
    declare._SERVICES["contracting"] = contracting
    try:
        yield
    finally:
        declare._SERVICES.clear()
        declare._SERVICES.update(before)


@contracting.command(AUTHENTICATED, returns={"approval_id": UUID})
@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitContract(Command):
    """Let a contract be approved."""

    contract_id: UUID = given("The contract.")
    amount: str = given("What it is about.")
