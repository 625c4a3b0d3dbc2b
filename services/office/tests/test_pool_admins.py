"""Who is told of what comes into a pool (features §14.1): its own admins, else whoever has the role of a pool admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Actor, system_context
from crm_common.protocol.customer.holding import CustomerReleased
from crm_common.protocol.customer.pool import PoolRuleChanged
from crm_common.protocol.customer.service import Holding
from delivering.company import Company, company
from infra.postgres import SharedPostgres
from serving.alone import Alone
from serving.hearing import hear

pytestmark = pytest.mark.infra


@pytest.fixture(scope="module")
def firm(postgres_server: SharedPostgres) -> Iterator[Company]:
    with company(postgres_server) as made:
        yield made


def released(firm: Company, pool: UUID) -> None:
    """A customer comes into the pool."""
    told: Any = {"customer_id": uuid4(), "name": "K", "owner_id": None, "holding": Holding.POOL}
    changes: Any = {"pool_id": (None, str(pool))}
    event = CustomerReleased(**told, changes=changes, from_owner_id=uuid4(), reason="x")
    hear(Alone("office", firm.house.runtime, firm.store), event)


def told(firm: Company, who: Actor) -> int:
    return int(firm.call(who, "unread_messages"))


def test_pools_without_admins_are_looked_after_by_whoever_has_the_role(firm: Company) -> None:
    position = firm.house.position("公海", firm.house.root)
    holder = firm.house.actor(firm.house.employee("pool.admin", position, firm.house.preset("POOL_ADMIN")["id"])["id"])
    named, pool, another = firm.person(), uuid4(), uuid4()
    run = firm.service.scheduler.run_now("office.pool_admins", system_context("office", correlation_id="test"))
    assert (run["outcome"], run["report"]) == ("DONE", {"holders": 1})

    released(firm, pool)
    assert (told(firm, holder), told(firm, named)) == (1, 0)
    rule = PoolRuleChanged(pool_id=another, name="东区", changes={"admin_ids": ([], [str(named.id)])})
    hear(Alone("office", firm.house.runtime, firm.store), rule)
    released(firm, another)
    assert (told(firm, holder), told(firm, named)) == (1, 1)
    hear(Alone("office", firm.house.runtime, firm.store), PoolRuleChanged(
        pool_id=another, name="东区", changes={"admin_ids": ([str(named.id)], [])}
    ))  # fmt: skip
    released(firm, another)
    assert (told(firm, holder), told(firm, named)) == (2, 1)
