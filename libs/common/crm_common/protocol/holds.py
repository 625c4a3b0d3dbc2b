"""What every service says when a neighbour's record begins or ceases to depend on one of its own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Event


class HoldRules(Rules):
    """The rule that holds exist for."""

    a_held_record_cannot_be_changed_so = Rule(
        Code.BAD_STATE,
        en="This record is in use ({reasons}).",
        zh="该记录正在被使用（{reasons}）。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Event):
    """Base of ``<aggregate>.held``; a service declares its own, with the subject ``record_id``."""

    record_id: UUID
    reference: str
    """What depends on it: ``<service>:<aggregate>/<uuid>``."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased(Event):
    """Base of ``<aggregate>.hold_released``."""

    record_id: UUID
    reference: str
