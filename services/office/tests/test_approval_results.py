"""A service starts an approval by a call and learns its end by an event, once in effect (OFC-24, features §14.1).

The service of contracts runs beside identity and office, in one process and over RabbitMQ.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from approving.company import hired
from contracting import protocol
from contracting.service import ContractingService
from crm_common.context import Actor, Context
from crm_common.provision import Provisioned
from crm_common.runtime.local import LocalRuntime
from crm_common.settings import load
from crm_common.settings_data import GivenSettings
from founded.house import ENVIRONMENT
from founded.house import House as Founded
from identity.service import IdentityService
from identity.settings import IdentitySettings
from infra.postgres import SharedPostgres
from ledger.waiting import until
from office.service import OfficeService
from probe.house import SEAL, House
from probe.running import Loop
from serving.both_modes import Separate, databases, over_rabbit, stores_of

pytestmark = [pytest.mark.infra, pytest.mark.timeout(240)]

SERVICES: dict[str, tuple[Any, str]] = {
    "identity": (IdentityService, "IdentitySettings"),
    "office": (OfficeService, "OfficeSettings"),
    "contracting": (ContractingService, "ServiceSettings"),
}


@dataclass(frozen=True)
class Firm:
    """The running services, and the people of the firm."""

    house: House
    people: dict[str, Actor]

    def call(self, name: str, service: str, method: str, **payload: Any) -> Any:
        context = Context(actor=self.people[name], correlation_id="c", deadline=time.time() + 30, language="zh")
        return self.house.call(service, method, payload, context)

    def submit(self, contract: UUID, amount: str = "500") -> str:
        found = self.call("sun", "contracting", "submit_contract", contract_id=str(contract), amount=amount)
        return str(found["approval_id"])

    def decide(self, name: str, approval: str, verdict: str = "APPROVE", comment: str | None = None) -> None:
        [(version,)] = self.house.stores["office"].rows("SELECT version FROM approval WHERE id = %s", (approval,))
        given = {"id": approval, "version": version, "verdict": verdict, "comment": comment}
        self.call(name, "office", "decide_approval", **given)

    def state(self, contract: UUID) -> list[tuple[Any, ...]]:
        """State, revision, hash, how often it was heard of."""
        told = "SELECT state, revision, hash, times FROM contract_state WHERE id = %s"
        return self.house.stores["contracting"].rows(told, (contract,))

    def hash(self, approval: str) -> str:
        [(found,)] = self.house.stores["office"].rows("SELECT hash FROM approval WHERE id = %s", (approval,))
        return str(found)


@pytest.fixture(autouse=True, scope="module")
def known() -> Iterator[None]:
    """The service of contracts is known while these tests run."""
    with protocol.known():
        yield


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@contextmanager
def founded(server: SharedPostgres) -> Iterator[tuple[dict[str, Provisioned], dict[str, Actor]]]:
    """A migrated database for each service, with a firm in identity's."""
    with databases(server, SERVICES) as made:
        house = Founded(made["identity"].url)
        house.as_system("found_company", name="华信科技有限公司")
        people = hired(house)
        house.close()
        yield made, people


@pytest.fixture(scope="module")
def local(postgres_server: SharedPostgres, loop: Loop) -> Iterator[Firm]:
    """All in this process."""
    with founded(postgres_server) as (made, people), stores_of(made) as stores:
        runtime = LocalRuntime(seal=SEAL, threads=6)
        environment = load(IdentitySettings, "IDENTITY_", ENVIRONMENT)
        for service, (cls, _) in SERVICES.items():
            told = environment if service == "identity" else None
            runtime.add(cls, store=stores[service], settings=GivenSettings(), environment=told)
        runtime.start()
        yield Firm(House("local", loop, runtime.client, runtime.feed, stores), people)
        assert runtime.stop(20)


@pytest.fixture(scope="module")
def broker(
    postgres_server: SharedPostgres, rabbitmq_vhost: str, loop: Loop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firm]:
    """Each in a process of its own."""
    services = [
        Separate(
            cls,
            ["contracting", cls.__name__, settings],
            {f"{name.upper()}_KEY_SECRET": ENVIRONMENT["IDENTITY_KEY_SECRET"]},
        )
        for name, (cls, settings) in SERVICES.items()
    ]
    with (
        founded(postgres_server) as (made, people),
        over_rabbit(rabbitmq_vhost, services, made, loop, tmp_path_factory.mktemp("contracting")) as house,
    ):
        yield Firm(house, people)


@pytest.fixture(scope="module", params=["local", "broker"])
def firm(request: pytest.FixtureRequest) -> Firm:
    """Each of the two in turn."""
    found: Firm = request.getfixturevalue(request.param)
    return found


def test_a_contract_is_approved_by_those_whom_its_flow_asks_and_hears_of_it_once(firm: Firm) -> None:
    contract = uuid4()
    approval = firm.submit(contract)
    assert firm.submit(contract) == approval
    firm.decide("mei", approval)
    firm.decide("kim", approval)
    assert firm.state(contract) == []
    firm.decide("fu", approval)
    until(lambda: firm.state(contract), "the end of the approval")
    assert firm.state(contract) == [("APPROVED", 1, firm.hash(approval), 1)]


def test_what_is_returned_and_rejected_is_told_in_order_and_a_repeated_event_has_no_effect(firm: Firm) -> None:
    contract = uuid4()
    approval = firm.submit(contract, "700")
    firm.decide("mei", approval, "RETURN", "金额有误")
    until(lambda: firm.state(contract), "the return")
    assert firm.state(contract)[0][0] == "DRAFT"
    form = {"name": "采购合同", "counterparty": "北方集团", "amount": "600"}
    firm.call("sun", "office", "resubmit_approval", id=approval, version=2, form=form)
    firm.decide("mei", approval, "REJECT", "仍然太贵")
    until(lambda: firm.state(contract)[0][0] == "REJECTED", "the rejection")
    expected = [("REJECTED", 2, firm.hash(approval), 2)]
    assert firm.state(contract) == expected
    _publish_again(firm, approval)
    # what comes behind the repeated events: they were heard before it
    other = uuid4()
    behind = firm.submit(other)
    firm.decide("mei", behind, "REJECT", "x")
    until(lambda: firm.state(other), "what comes behind")
    until(lambda: _unpublished(firm) == 0, "everything is published")
    assert firm.state(contract) == expected


_AGAIN = """
INSERT INTO outbox (position, txid, occurred_at, subject)
SELECT position, txid, occurred_at, subject FROM journal
WHERE subject = %s AND type IN ('approval.returned', 'approval.rejected') ON CONFLICT DO NOTHING
"""


def _publish_again(firm: Firm, approval: str) -> None:
    """What was told stands in the outbox again, as after a relay that died before it noted its success."""
    until(lambda: _unpublished(firm) == 0, "everything is published")
    with firm.house.stores["office"].transaction() as connection:
        assert connection.exec_driver_sql(_AGAIN, (f"approval/{approval}",)).rowcount == 2


def _unpublished(firm: Firm) -> int:
    return int(firm.house.stores["office"].rows("SELECT count(*) FROM outbox")[0][0])
