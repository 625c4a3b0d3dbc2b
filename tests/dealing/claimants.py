"""A process of the customer service in which many claim at once: ``python -m dealing.claimants <JSON of a plan>``."""

from __future__ import annotations

import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid5

from crm_common import codec
from crm_common.context import Actor, ActorKind, Context, Seal
from crm_common.errors import Code, CrmError
from crm_common.runtime.local import LocalRuntime
from crm_common.settings_data import GivenSettings
from crm_common.store import Store
from customer.service import CustomerService
from selling import ENVIRONMENT

THREADS, CALLS, AT_ONCE = 16, 3, 10
NAMESPACE = UUID("5b7e9d36-30a1-4d0e-8c54-3fdbd3f9a901")


def claimant(seed: int, number: int) -> Actor:
    """The salesperson of that number; four make a department."""
    return Actor(
        kind=ActorKind.EMPLOYEE,
        id=uuid5(NAMESPACE, f"{seed}:{number}"),
        name=f"claimant {number}",
        department_id=uuid5(NAMESPACE, f"{seed}:department {number // 4}"),
        permissions=frozenset({"pool.view", "pool.claim", "customer.view"}),
    )


def wanted(seed: int, number: int, customers: list[str]) -> list[list[str]]:
    """Which customers the claimant asks for, call by call."""
    chance = random.Random(f"{seed}:{number}")
    return [chance.sample(customers, AT_ONCE) for _ in range(CALLS)]


def claim_all(runtime: LocalRuntime, seed: int, number: int, customers: list[str]) -> None:
    """One claimant's calls, each under a key of its own: a process that comes after one that died repeats them."""
    for call, ids in enumerate(wanted(seed, number, customers)):
        payload = {"ids": ids, "idempotency_key": f"{number}:{call}"}
        context = Context(actor=claimant(seed, number), correlation_id="claim", deadline=time.time() + 60)
        while True:
            try:
                runtime.peers.call("customer", "claim_customers", codec.to_builtins(payload), context)
            except CrmError as refusal:
                if refusal.code is Code.UNAVAILABLE:
                    continue
                if refusal.code is not Code.LIMIT_EXCEEDED:
                    raise
            break


def main(plan: dict[str, Any]) -> None:
    """Claim for the plan's claimants until each has made his calls."""
    store = Store(plan["url"], service="customer", size=8, wait=60)
    runtime = LocalRuntime(seal=Seal(b"a secret of the tests that has 32 bytes"))
    runtime.add(CustomerService, store=store, settings=GivenSettings(plan["limits"]), environment=ENVIRONMENT)
    runtime.services["customer"].container.start()
    customers = [str(row[0]) for row in store.rows("SELECT id FROM customer ORDER BY id")]
    numbers = list(range(*plan["claimants"]))
    random.Random(plan["seed"]).shuffle(numbers)
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(claim_all, runtime, plan["seed"], each, customers) for each in numbers]:
            done.result()
    runtime.stop()
    store.close()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
