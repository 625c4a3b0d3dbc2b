"""What neighbours copy of the customers: the snapshot, and events that tell the whole row every time."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from crm_common.context import Actor
from crm_common.journal import replay
from crm_common.journal.sealing import ERASED
from crm_common.projections.customers import CUSTOMERS
from crm_common.projections.rows import START
from crm_common.projections.snapshot import snapshot
from crm_common.protocol.platform import Snapshot
from customer.service import CustomerService
from ledger.waiting import until
from selling import created, known
from serving.alone import Alone, employee

pytestmark = pytest.mark.infra

KEYS = ("customer.view", "customer.create", "customer.edit", "customer.release")
TOLD = {event.event_type: event for event in CUSTOMERS.events}


def copied(service: Alone, *ids: str) -> list[dict[str, Any]]:
    """The snapshot's rows of these, without their seq."""
    rows: dict[str, dict[str, Any]] = {}
    after: UUID | None = START
    while after is not None:
        asked = Snapshot(resource="customers", after=after)
        page = json.loads(snapshot(service.store, CustomerService.snapshots, asked))
        rows |= {row["id"]: row for row in page["rows"]}
        after = page["next"] and UUID(page["next"])
    return [{column: rows[each][column] for column in CUSTOMERS.columns} for each in ids]


def told(service: Alone, *ids: str) -> list[dict[str, Any]]:
    """What the latest event about each told that tells of a name."""
    subjects = [replay.Range(subject=f"customer/{each}") for each in ids]
    events = [[each for each in replay.read_all(service.store, which=which) if each.type in TOLD] for which in subjects]
    return [{column: each[-1].data[column] for column in CUSTOMERS.columns} if each else {} for each in events]


@pytest.fixture
def li(service: Alone) -> Actor:
    return known(service, employee("snapshot.li", *KEYS, customer="SELF"))


def test_events_and_snapshot_tell_neighbours_the_same(service: Alone, li: Actor) -> None:
    renamed, released = (created(service, li, name=name) for name in ("旧名", "要放回"))
    service.call(li, "update_customer", id=renamed["id"], version=1, name="新名")
    service.call(li, "release_customers", ids=[released["id"]], reason="无意向")
    ids = (renamed["id"], released["id"])
    expected = [
        {"name": "新名", "owner_id": str(li.id), "holding": "OWNED"},
        {"name": "要放回", "owner_id": None, "holding": "POOL"},
    ]

    assert copied(service, *ids) == expected
    until(lambda: told(service, *ids) == expected, "older transactions end")


def test_cus_26_an_erased_customer_loses_its_name_with_neighbours_too(service: Alone, li: Actor) -> None:
    officer = known(service, employee("snapshot.officer", "customer.view", "customer.erase", customer="ALL"))
    gone = created(service, li, name="要忘记的人")

    service.call(officer, "erase_customer", id=gone["id"], name="要忘记的人")

    expected = [{"name": ERASED, "owner_id": None, "holding": "ERASED"}]
    assert copied(service, gone["id"]) == expected
    until(lambda: told(service, gone["id"]) == expected, "older transactions end")
