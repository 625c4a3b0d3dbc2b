"""Handover (IDN-23) over services: a neighbour counts and passes on records of its own, or does not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from crm_common.protocol import declare
from crm_common.protocol.platform import HandOverHere, OwnedHere
from crm_common.runtime.entrypoints import rpc
from founded.house import House

NAME = "neighbour"


class NeighbourService:
    """Keeps tickets and tasks, each in somebody's name."""

    name = NAME
    owners: ClassVar[dict[str, list[str]]] = {}
    asked: ClassVar[list[HandOverHere]] = []

    @rpc
    def owned_here(self, query: OwnedHere) -> dict[str, Any]:
        mine = str(query.employee_id)
        return {"counts": {kind: owners.count(mine) for kind, owners in self.owners.items()}}

    @rpc
    def hand_over_here(self, command: HandOverHere) -> dict[str, Any]:
        self.asked.append(command)
        moved: Counter[str] = Counter()
        for kind in command.kinds or self.owners:
            for place, owner in enumerate(self.owners[kind]):
                if owner == str(command.from_id):
                    self.owners[kind][place] = str(command.to_ids[moved[kind] % len(command.to_ids)])
                    moved[kind] += 1
        return {"moved": dict(moved)}


@pytest.fixture
def known_neighbour(no_neighbours: None) -> Iterator[None]:
    """The protocols know the neighbour during the test."""
    declare.ServiceProtocol(NAME, doc="A neighbour that keeps records.")
    yield
    del declare._SERVICES[NAME]


@pytest.fixture
def neighbour(house: House, known_neighbour: None) -> type[NeighbourService]:
    NeighbourService.owners, NeighbourService.asked = {}, []
    house.runtime.add(NeighbourService, store=house.store, settings=house.settings).container.start()
    return NeighbourService


def people(house: House) -> tuple[str, str, str]:
    position = house.position("p", house.department("a"))
    li, wu, he = (house.employee(name, position)["id"] for name in ("li", "wu", "he"))
    return li, wu, he


def test_idn_23_records_of_every_service_are_counted_and_passed_on(
    house: House, neighbour: type[NeighbourService]
) -> None:
    li, wu, he = people(house)
    house.head(house.department("b"), {"id": li})
    neighbour.owners = {"ticket": [li, li, li, wu], "task": [li], "note": [wu]}

    before = house.call(house.admin, "owned_records", employee_id=li)
    answer = house.call(
        house.admin,
        "hand_over",
        from_id=li,
        to_ids=[wu, he],
        parts=[{"kind": "task", "to_ids": [he]}],
        reason="离职",
        idempotency_key="k",
    )

    assert (before["total"], before["kinds"]) == (
        5,
        [
            {"service": "identity", "kind": "department", "total": 1},
            {"service": NAME, "kind": "task", "total": 1},
            {"service": NAME, "kind": "ticket", "total": 3},
        ],
    )
    assert neighbour.owners == {"ticket": [wu, he, wu, wu], "task": [he], "note": [wu]}
    assert answer["left"] == {"employee_id": li, "total": 0, "kinds": [], "unanswered": []}
    assert house.events("handover.completed")[0][1]["passed_on"] == {
        "identity.department": 1,
        f"{NAME}.task": 1,
        f"{NAME}.ticket": 3,
    }
    assert {(each.reason, bool(each.idempotency_key)) for each in neighbour.asked} == {("离职", True)}
    assert len({each.idempotency_key for each in neighbour.asked}) == 2


def test_idn_23_a_refused_handover_moves_nothing_anywhere(house: House, neighbour: type[NeighbourService]) -> None:
    li, wu, _ = people(house)
    house.call(house.admin, "disable_employee", id=wu, version=1)
    neighbour.owners = {"ticket": [li]}

    refusal = house.refused(house.admin, "hand_over", from_id=li, to_ids=[wu])

    assert refusal.rule == "a_receiver_is_an_active_employee"
    assert (neighbour.owners, neighbour.asked) == ({"ticket": [li]}, [])


@pytest.mark.usefixtures("known_neighbour")
def test_idn_23_a_silent_service_is_named_and_stops_a_handover(house: House) -> None:
    li, wu, _ = people(house)
    house.head(house.department("b"), {"id": li})

    owned = house.call(house.admin, "owned_records", employee_id=li)
    refusal = house.refused(house.admin, "hand_over", from_id=li, to_ids=[wu])
    disabled = house.call(house.admin, "disable_employee", id=li, version=1)

    assert (owned["total"], owned["unanswered"]) == (1, [NAME])
    assert refusal.code == "UNAVAILABLE"
    assert (disabled["employee"]["active"], disabled["owned_records"]["unanswered"]) == (False, [NAME])
