"""Hearing every event of every service: subscribed to by the envelope, kept only where somebody waits for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm_common.changes import Change
from crm_common.protocol.declare import Envelope
from crm_common.runtime.declaration import declared_subscriptions
from crm_common.runtime.entrypoints import subscribe
from crm_common.runtime.topology import queue_of
from probe.protocol import known


class Listener:
    """Hears everything."""

    name = "hearer"

    @subscribe(Envelope)
    def listen(self, event: Envelope, change: Change) -> None:
        """Does nothing."""


@pytest.fixture(autouse=True)
def protocols() -> Iterator[None]:
    with known():
        yield


def test_everything_is_one_subscription_for_each_service_that_tells_something() -> None:
    found = {each.source: each for each in declared_subscriptions(Listener)}
    assert {"probe", "identity", "customer", "office"} <= found.keys()
    assert (found["probe"].consumer, found["probe"].event_type) == ("listen", "#")
    assert found["probe"].hears("anything.happened")
    assert queue_of("hearer", found["probe"]).startswith("evt-probe-#")
