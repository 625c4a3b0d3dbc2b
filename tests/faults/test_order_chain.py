"""The chain from an approved order to its last cent, killed where it matters and told again (features §14.1, BYD-12).

One receivable, one receipt, one performance record, whatever dies; what is asked again under its key has one effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from crm_common import faults
from crm_common.ids import from_global
from infra.postgres import SharedPostgres
from infra.rabbitmq import SharedRabbit
from ledger.waiting import until
from standing.person import Person
from standing.systems import System, on_broker
from walking.company import mutation
from walking.money import ORDER, RECEIPT, Deals, adds_up

pytestmark = [pytest.mark.infra, pytest.mark.timeout(900)]

VERSION = "query($id: ID!) { order(id: $id) { version } }"
_ASKED = {"sales": "{ products(first: 1) { nodes { id } } }", "finance": "{ receivables(first: 1) { nodes { id } } }"}
_EVENTS = "SELECT event_id FROM journal WHERE type = %s AND data ->> 'order_id' = %s"
_FORGET = "DELETE FROM inbox WHERE event_id = %s RETURNING 1"
_HEARD = "SELECT count(*) FROM inbox WHERE event_id = %s AND state = 'done'"
_TELL_AGAIN = """
INSERT INTO outbox (position, txid, occurred_at, subject)
SELECT position, txid, occurred_at, subject FROM journal WHERE type = %s AND data ->> 'order_id' = %s RETURNING 1
"""


@dataclass
class Chain:
    """A system of which one service at a time may be told to die."""

    system: System
    deals: Deals
    trigger: Path

    def arm(self, service: str, point: str) -> None:
        """The service will die at the point, once, as soon as the trigger lies there."""
        process = self.system.processes[service]
        process.end()
        process.environment |= {"CRM_CRASH_AT": point, "CRM_CRASH_WHEN": str(self.trigger)}
        process.start()
        self._wait_for(service)

    def revive(self, service: str) -> None:
        """It has died; from now on it lives."""
        process = self.system.processes[service]
        assert process.running.wait(60) == -9
        process.environment.pop("CRM_CRASH_AT")
        process.start()
        self._wait_for(service)

    def _wait_for(self, service: str) -> None:
        until(lambda: "errors" not in self.deals.admin.send(_ASKED[service]), f"{service} answers", 60)

    def count(self, service: str, statement: str, *values: Any) -> int:
        return int(self.system.rows(statement, *values, service=service)[0][0])


@pytest.fixture(scope="module")
def chain(
    postgres_server: SharedPostgres, rabbitmq: SharedRabbit, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    with rabbitmq.vhost("chain") as vhost, on_broker(postgres_server, vhost, folder, cold=True) as system:
        yield Chain(system, Deals(system), folder / "now")


def insist(person: Person, operation: str, selection: str, **given: Any) -> dict[str, Any]:
    """The payload of a mutation, asked again under one key until somebody answers."""
    document, given = mutation(operation, selection), given | {"idempotencyKey": uuid4().hex}
    answers: list[dict[str, Any]] = []

    def answered() -> bool:
        answer = person.send(document, **{"in": given})
        if "errors" in answer:
            assert {each["extensions"]["code"] for each in answer["errors"]} == {"UNAVAILABLE"}, answer
            return False
        answers.append(answer["data"][operation])
        return True

    until(answered, operation, 90)
    assert answers[-1]["userErrors"] == []
    return answers[-1]


def approve(chain: Chain, order: dict[str, Any]) -> None:
    given = {"id": order["id"], "version": order["version"], "decision": "APPROVE"}
    insist(chain.deals.o, "reviewOrder", ORDER, **given)


def confirm(chain: Chain, order: dict[str, Any]) -> None:
    [owed] = until(lambda: chain.deals.owed(order), "the receivable", 60)
    [receipt] = owed["receipts"]
    insist(chain.deals.f, "confirmReceipt", RECEIPT, id=receipt["id"], version=receipt["version"])


def deliver(chain: Chain, order: dict[str, Any]) -> None:
    version = chain.deals.s.ask(VERSION, id=order["id"])["version"]
    insist(chain.deals.s, "markOrderDelivered", "order { state }", id=order["id"], version=version)


STEPS = (approve, deliver, confirm)


def assert_whole(chain: Chain, order: dict[str, Any]) -> None:
    """Everything that follows from the order is there, once, and adds up."""
    key = from_global(order["id"])[1]
    until(lambda: chain.deals.state(order) == "COMPLETED", "the order's completion", 90)
    adds_up(chain.deals.f, 60)
    owed = "SELECT count(*) FROM receivable WHERE order_id = %s AND state = 'SETTLED' AND received = 8000"
    assert chain.count("finance", owed, key) == 1
    paid = "SELECT count(*) FROM receipt WHERE order_id = %s AND state = 'CONFIRMED' AND allocated = 8000"
    assert chain.count("finance", paid, key) == 1
    assert chain.count("finance", "SELECT count(*) FROM receipt WHERE order_id = %s", key) == 1
    assert chain.count("sales", "SELECT count(*) FROM performance WHERE order_id = %s AND amount = 8000", key) == 1
    assert chain.count("sales", "SELECT count(*) FROM performance WHERE order_id = %s", key) == 1
    for service, kind in (
        ("sales", "order.approved"), ("sales", "order.completed"), ("finance", "receivable.created"),
        ("finance", "receivable.settled"), ("finance", "receipt.created"), ("finance", "receipt.confirmed"),
    ):  # fmt: skip
        told = "SELECT count(*) FROM journal WHERE type = %s AND data ->> 'order_id' = %s"
        assert chain.count(service, told, kind, str(key)) == 1, kind


@pytest.mark.parametrize(
    ("service", "point", "step"),
    [
        ("sales", faults.CHANGE_WRITTEN, approve),
        ("sales", faults.CHANGE_COMMITTED, approve),
        ("sales", faults.RELAY_PUBLISHED, approve),
        ("finance", faults.INBOX_HANDLED, approve),
        ("finance", faults.CHANGE_WRITTEN, confirm),
        ("finance", faults.CHANGE_COMMITTED, confirm),
        ("finance", faults.RELAY_PUBLISHED, confirm),
        ("sales", faults.INBOX_HANDLED, confirm),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_death_anywhere_in_the_chain_changes_nothing_of_its_outcome(
    chain: Chain, service: str, point: str, step: Any
) -> None:
    order = chain.deals.submitted(8, chain.deals.voucher("8000.00"))
    chain.arm(service, point)
    for each in STEPS:
        if each is not step:
            each(chain, order)
            continue
        chain.trigger.touch()
        with ThreadPoolExecutor(1) as pool:
            revived = pool.submit(chain.revive, service)
            each(chain, order)
            revived.result()
    assert not chain.trigger.exists()
    assert_whole(chain, order)


@pytest.mark.parametrize(
    ("teller", "kind", "hearer"),
    [("sales", "order.approved", "finance"), ("finance", "receipt.confirmed", "sales"),
     ("finance", "receivable.settled", "sales")],
)  # fmt: skip
@pytest.mark.parametrize("forgotten", [False, True], ids=["known", "forgotten"])
def test_what_is_told_again_changes_nothing_even_to_who_has_forgotten_that_he_heard_it(
    chain: Chain, teller: str, kind: str, hearer: str, forgotten: bool
) -> None:
    order = chain.deals.submitted(8, chain.deals.voucher("8000.00"))
    for each in STEPS:
        each(chain, order)
    assert_whole(chain, order)
    key = str(from_global(order["id"])[1])
    [(event,)] = chain.system.rows(_EVENTS, kind, key, service=teller)
    if forgotten:
        assert chain.system.rows(_FORGET, event, service=hearer)
    assert chain.system.rows(_TELL_AGAIN, kind, key, service=teller) == [(1,)]
    until(lambda: chain.count(teller, "SELECT count(*) FROM outbox") == 0, "the second telling", 60)
    until(lambda: chain.count(hearer, _HEARD, event) >= 1, "its being heard", 60)
    assert_whole(chain, order)
