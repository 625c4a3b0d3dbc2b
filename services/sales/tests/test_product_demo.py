"""What a demo company begins with: a catalogue and quotes."""

from __future__ import annotations

from uuid import UUID

from crm_common.context import Actor, ActorKind
from serving.alone import Alone


def test_a_demo_company_gets_a_catalogue_and_quotes_once(service: Alone) -> None:
    system = Actor(kind=ActorKind.SYSTEM, id=UUID(int=0), name="system:embedded")
    buyers = [{"customer_id": str(UUID(int=each)), "owner_id": str(UUID(int=99))} for each in range(1, 8)]

    loaded = service.call(system, "load_demo_products")["loaded"]
    quoted = service.call(system, "load_demo_quotes", buyers=buyers)["loaded"]

    assert (loaded, quoted) == (14, 7)
    assert service.call(system, "load_demo_products")["loaded"] == 0
    assert service.call(system, "load_demo_quotes", buyers=buyers)["loaded"] == 0
    states = service.store.rows("SELECT state, count(*) FROM quote GROUP BY state ORDER BY state")
    assert states == [("ACCEPTED", 1), ("DRAFT", 3), ("REJECTED", 1), ("SENT", 2)]
    off = "SELECT count(*) FROM quote q WHERE amount <> (SELECT sum(amount) FROM quote_line l WHERE l.quote_id = q.id)"
    assert service.store.rows(off) == [(0,)]
