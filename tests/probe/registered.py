"""The service classes for a process of their own, in which their protocols stay known."""

from __future__ import annotations

from probe import protocol
from probe.service import HearerService, IdentityStandIn, ProbeService

__all__ = ["HearerService", "IdentityStandIn", "ProbeService"]

_known = protocol.known(as_identity=True)
_known.__enter__()
