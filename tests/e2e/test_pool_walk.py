"""Acceptance walk, steps 7 and 9 … 15, through GraphQL: customers change hands, in both modes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm_common.ids import to_global
from standing.person import Person
from standing.systems import System
from walking.company import Company, do, mutation, refuses, until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(480)]

HISTORY = "query($id: ID!) { customerHistory(id: $id, first: 100) { nodes { type } } }"
RESULTS = "results { customerId done code message } customers { id }"
CARD = """query($id: ID!) { customer(id: $id) { name phone holding ownerName poolReason lastOwnerName timesInPool
    reclaimDueAt reclaimReason ownershipHistory { type reason fromOwnerName toOwnerName byName } } }"""
POOL = """query($name: String!) { poolCustomers(filter: {name: {startsWith: $name}}, first: 100) {
    totalCount nodes { id name phone poolReason lastOwnerName } } }"""
RUN = """mutation($in: RunJobInput!) { runJob(input: $in) {
    run { outcome report } userErrors { code field message } } }"""
SETTING = """mutation($in: ChangeSettingInput!) {
    changeSetting(input: $in) { setting { value } userErrors { code message field } } }"""
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Walk(Company):
    """The company of the walk: sellers S1 and S2, manager M over both, pool admin P, administrator A."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self.tag = uuid4().hex[:5]
        department = self.department(f"销售 {self.tag}")
        position = self.position("销售", department)
        self.ids = {
            name: self.employee(f"{name}.{self.tag}", position, self.preset(role))
            for name, role in (
                ("s1", "SALES"), ("s2", "SALES"), ("m", "SALES_MANAGER"), ("p", "POOL_ADMIN"),
            )
        }  # fmt: skip
        version = self.version("department", department)
        do(self.admin, "setDepartmentHead", id=department, version=version, headId=self.ids["m"])
        self.s1, self.s2, self.m, self.p = (self.first_login(f"{name}.{self.tag}") for name in self.ids)
        # his data scope and his colleagues' names come with identity's events
        known = "SELECT count(*) FROM employee_ref WHERE name LIKE %s AND line <> '{{}}'"
        until(lambda: self._rows(known, f"%.{self.tag}") == [(3,)], "the copies of the employees")

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.system.rows(statement.replace("{{}}", "{}"), *values, service="customer")

    def create(self, by: Person, name: str) -> str:
        """A new customer in somebody's name."""
        phone = f"138{uuid4().int % 10**8:08}"
        return str(
            do(by, "createCustomer", "customer { id }", name=f"{self.tag} {name}", phone=phone)["customer"]["id"]
        )

    def card(self, by: Person, customer_id: str) -> dict[str, Any]:
        """A customer as somebody sees it."""
        found: dict[str, Any] = by.ask(CARD, id=customer_id)
        return found

    def codes(self, by: Person, operation: str, ids: list[str], **given: Any) -> list[str | None]:
        """What became of each customer of a call."""
        return [each["code"] for each in do(by, operation, RESULTS, ids=ids, **given)["results"]]

    def reclaim(self, as_of: datetime) -> dict[str, Any]:
        """The report of the job, run as of a moment."""
        asked = {"name": "customer.reclaim", "asOf": as_of.isoformat()}
        run = self.admin.ask(RUN, **{"in": asked})["run"]
        assert run["outcome"] == "DONE"
        report: dict[str, Any] = run["report"]
        return report

    def warnings(self, customer_id: str) -> int:
        """How often the owner was warned of a customer."""
        told = self.admin.ask(HISTORY, id=customer_id)["nodes"]
        return sum(each["type"] == "customer.reclaim_warned" for each in told)

    def set(self, key: str, value: str) -> None:
        self.admin.ask(SETTING, **{"in": {"key": key, "value": value}})


@pytest.fixture
def walk(system: System) -> Iterator[Walk]:
    made = Walk(system)
    made.set("sys.allow_time_travel", "true")
    past = {"in": {"name": "customer.reclaim", "asOf": "2020-01-01T00:00:00Z", "dryRun": True}}
    until(lambda: "FORBIDDEN" not in str(made.admin.send(RUN, **past)), "time travel")
    yield made
    made.set("sys.allow_time_travel", "false")


def test_walk_7_an_owned_customer_cannot_be_discarded(walk: Walk) -> None:
    k0 = walk.create(walk.s1, "K0")
    assert walk.codes(walk.s1, "discardCustomers", [k0], reason="x") == ["BAD_STATE"]
    assert walk.card(walk.s1, k0)["holding"] == "OWNED"
    assert not any("delete" in name.lower() for name in mutations(walk.admin) if "ustomer" in name)


def mutations(person: Person) -> list[str]:
    found = person.ask("{ __schema { mutationType { fields { name } } } }")
    return [each["name"] for each in found["mutationType"]["fields"]]


def test_walk_9_to_12_reclaim_to_the_second_and_a_read_only_pool(walk: Walk) -> None:
    k1, k2 = walk.create(walk.s1, "K1"), walk.create(walk.s1, "K2")
    do(walk.s1, "createFollowUp", "followUp { id }", customerId=k1, type="PHONE", content="有意向")
    due = datetime.fromisoformat(walk.card(walk.s1, k2)["reclaimDueAt"])
    assert datetime.fromisoformat(walk.card(walk.s1, k1)["reclaimDueAt"]) > due

    for _ in range(2):
        walk.reclaim(due - DAY)
    assert walk.warnings(k2) == 1
    assert walk.card(walk.s1, k2)["ownerName"] == f"s1.{walk.tag}"

    walk.reclaim(due - SECOND)
    assert walk.card(walk.s1, k2)["holding"] == "OWNED"
    preview = "query($at: DateTime!) { reclaimPreview(asOf: $at) { name reason } }"
    expected = {"name": f"{walk.tag} K2", "reason": "NO_FOLLOWUP"}
    assert expected in walk.m.ask(preview, at=due.isoformat())
    walk.reclaim(due)
    seen = walk.card(walk.s2, k2)
    assert seen["phone"][3:7] == "****"
    assert (seen["holding"], seen["poolReason"], seen["lastOwnerName"], seen["timesInPool"]) == (
        "POOL", "NO_FOLLOWUP", f"s1.{walk.tag}", 1,
    )  # fmt: skip
    assert walk.card(walk.s1, k1)["holding"] == "OWNED"
    assert [each["name"] for each in walk.s2.ask(POOL, name=walk.tag)["nodes"]] == [f"{walk.tag} K2"]
    version = walk.admin.ask("query($id: ID!) { customer(id: $id) { version } }", id=k2)["version"]
    for who in (walk.s2, walk.admin):
        assert refuses(who, "updateCustomer", id=k2, version=version, address="x").code == "READ_ONLY"
    phone = "query($p: String!) { poolCustomers(filter: {phone: {eq: $p}}) { nodes { id } } }"
    assert walk.s2.refused(phone, p="13800138000") == ("VALIDATION", "filter.phone")


def test_walk_13_discard_restore_and_assign_move_the_counts(walk: Walk) -> None:
    ids = [walk.create(walk.s2, f"B{n}") for n in range(5)]
    assert walk.codes(walk.s2, "releaseCustomers", ids, reason="批量") == [None] * 5

    def counts() -> tuple[int, int]:
        trash = "query($name: String!) { trashedCustomers(filter: {name: {startsWith: $name}}) { totalCount } }"
        return walk.p.ask(POOL, name=walk.tag)["totalCount"], walk.p.ask(trash, name=walk.tag)["totalCount"]

    assert counts() == (5, 0)
    assert walk.codes(walk.p, "discardCustomers", ids[:1], reason="空号") == [None]
    assert counts() == (4, 1)
    assert walk.codes(walk.p, "restoreCustomers", ids[:1]) == [None]
    assert counts() == (5, 0)
    assert walk.codes(walk.p, "assignCustomers", ids[:3], toIds=[walk.ids["s1"]]) == [None] * 3
    assert counts() == (2, 0)
    assert walk.s1.ask("{ myCustomers { totalCount } }")["totalCount"] == 3
    assert walk.codes(walk.admin, "discardCustomers", ids[:1], reason="x") == ["BAD_STATE"]


def test_walk_14_and_15_claims_races_and_a_leavers_customers(walk: Walk) -> None:
    ids = [walk.create(walk.s1, f"C{n}") for n in range(12)]
    walk.codes(walk.s1, "releaseCustomers", ids, reason="x")
    assert refuses(walk.s2, "claimCustomers", ids=ids[:11]).code == "LIMIT_EXCEEDED"
    assert walk.s2.ask("{ myCustomers { totalCount } }")["totalCount"] == 0
    assert walk.codes(walk.s2, "claimCustomers", ids[:10]) == [None] * 10
    assert walk.s2.ask("{ myCustomers { totalCount } }")["totalCount"] == 10
    with ThreadPoolExecutor(2) as both:
        raced = [both.submit(walk.codes, who, "claimCustomers", ids[10:11]) for who in (walk.s1, walk.s2)]
        assert sorted(each.result()[0] or "" for each in raced) == ["", "CONFLICT"]
    walk.codes(walk.s1, "claimCustomers", ids[11:])

    version = walk.version("employee", walk.ids["s2"])
    do(walk.admin, "disableEmployee", id=walk.ids["s2"], version=version)
    until(lambda: "errors" in walk.s2.send("{ myCustomers { totalCount } }"), "the old token is dead", 60)
    assert walk.codes(walk.m, "transferCustomers", ids[1:10], toId=walk.ids["s1"], reason="离职") == [None] * 9
    assert refuses(walk.m, "transferCustomers", ids=ids[1:2], toId=walk.ids["s2"]).code == "VALIDATION"
    do(walk.admin, "enableEmployee", id=walk.ids["s2"], version=version + 1)
    found = walk.card(walk.s1, ids[1])
    assert (found["ownerName"], "*" in found["phone"]) == (f"s1.{walk.tag}", False)
    assert [(each["type"], each["fromOwnerName"], each["toOwnerName"]) for each in found["ownershipHistory"]] == [
        ("customer.transferred", f"s2.{walk.tag}", f"s1.{walk.tag}"),
        ("customer.claimed", None, f"s2.{walk.tag}"),
        ("customer.released", f"s1.{walk.tag}", None),
    ]
    assert found["ownershipHistory"][0]["byName"] == f"m.{walk.tag}"
    assert walk.card(walk.m, ids[0])["ownerName"] == f"s2.{walk.tag}"


def test_cus_22_sys_01_a_limit_set_by_the_administrator_holds_at_once(walk: Walk) -> None:
    ids = [walk.create(walk.s1, f"D{n}") for n in range(2)]
    walk.codes(walk.s1, "releaseCustomers", ids, reason="x")
    assert walk.codes(walk.s2, "claimCustomers", ids[:1]) == [None]
    walk.set("pool.claim_times_per_day", "1")
    try:
        # a claim of nobody uses nothing up
        asked, nobody = mutation("claimCustomers", RESULTS), {"in": {"ids": [to_global("Customer", uuid4())]}}
        until(lambda: walk.s2.send(asked, **nobody)["data"]["claimCustomers"]["userErrors"], "the new limit")
        assert refuses(walk.s2, "claimCustomers", ids=ids[1:]).code == "LIMIT_EXCEEDED"
    finally:
        walk.set("pool.claim_times_per_day", "0")
