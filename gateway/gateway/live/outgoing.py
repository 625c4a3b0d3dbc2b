"""Writing to a peer that may not read: a time limit on every message, and a cut where the limit is passed."""

from __future__ import annotations

import asyncio

from gateway.asgi import Message, Scope, Send

# Our server puts the transport's abort() here (server.py): an orderly close would wait for the peer to read first.
ABORT = "crm.abort"


class PeerLostError(Exception):
    """The peer is gone, or took no byte for too long."""


async def patient(send: Send, message: Message, seconds: float) -> None:
    """Send, or PeerLostError. Returns at once while the peer keeps up: the server buffers 64 KB."""
    try:
        async with asyncio.timeout(seconds):
            await send(message)
    except OSError as lost:  # TimeoutError among them, and the server's word for a peer that has gone
        raise PeerLostError from lost


def cut(scope: Scope) -> None:
    """Drop the connection with whatever is still buffered for it."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is not None:
        abort["call"]()
