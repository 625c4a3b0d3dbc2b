"""Where a contract stands (features §3.5), and what finance says of its data (FIN-12)."""

from __future__ import annotations

from enum import StrEnum


class ContractState(StrEnum):
    """Where a contract stands in its life."""

    DRAFT = "DRAFT"
    """It is being drawn up (拟订)."""
    IN_APPROVAL = "IN_APPROVAL"
    """Those who countersign (汇签) are asked."""
    APPROVED = "APPROVED"
    """It may be signed."""
    SIGNED = "SIGNED"
    """It is signed (签定) and in the archive: nobody edits it any more."""
    EXECUTING = "EXECUTING"
    """It is being carried out: work was measured or money paid."""
    SETTLED = "SETTLED"
    """The final account (决算) stands."""
    EVALUATED = "EVALUATED"
    """It was looked back upon (评价): its end."""
    TERMINATED = "TERMINATED"
    """It was ended before its time."""
    VOID = "VOID"
    """A draft that came to nothing."""


class ContractAudit(StrEnum):
    """What finance says of the data of a contract that was signed offline (FIN-12)."""

    PENDING = "PENDING"
    """Finance has not looked at it yet."""
    CONFIRMED = "CONFIRMED"
    """Finance confirmed it."""
    RETURNED = "RETURNED"
    """Finance gave it back with a reason: its owner corrects it."""


SIGNED_STATES = (
    ContractState.SIGNED,
    ContractState.EXECUTING,
    ContractState.SETTLED,
    ContractState.EVALUATED,
    ContractState.TERMINATED,
)
"""Those of a contract that was signed."""
