"""The lists of the pool (CUS-18, 23, BYD-03): filtered by everything but the phone, which is masked for everybody."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from crm_common.errors import CrmError
from dealing.firm import DEFAULT_POOL, POOL_ADMIN, SELLER, Firm, at

pytestmark = pytest.mark.infra


def test_cus_18_by_region_and_by_when_it_came_in_latest_first(deal: Firm) -> None:
    li, region = deal.person("li", *SELLER), f"r{uuid4().hex[:6]}"
    [old] = deal.pooled(region=region)
    deal.pooled(region="elsewhere")
    deal.clock.moment = at(3)
    [one] = deal.owned(li, region=region)
    deal.codes(li, "release_customers", [one], reason="x")
    found = deal.call(li, "pool_customers", filter={"region": {"eq": region}}, order_by=[_latest()], total=True)
    assert found["total"] == 2
    assert [each["id"] for each in found["nodes"]] == [str(one), str(old)]
    seen = found["nodes"][0]
    assert (seen["last_owner_id"], seen["last_owner_name"], seen["times_in_pool"], seen["pool_reason"]) == (
        str(li.id), li.name, 1, "RELEASED",
    )  # fmt: skip
    week = {"and": [{"region": {"eq": region}}, {"pool_entered_at": {"gte": at(2).isoformat()}}]}
    assert [each["id"] for each in deal.call(li, "pool_customers", filter=week)["nodes"]] == [str(one)]


def _latest() -> dict[str, str]:
    return {"field": "pool_entered_at", "direction": "DESC"}


def test_cus_14_in_the_pool_nobody_sees_a_phone_or_looks_for_one(deal: Firm) -> None:
    region = f"r{uuid4().hex[:6]}"
    deal.pooled(region=region)
    everything = deal.person("all", *SELLER, *POOL_ADMIN, "customer.phone.view_all", customer="ALL")
    for who in (everything, deal.person("li", *SELLER)):
        [seen] = deal.call(who, "pool_customers", filter={"region": {"eq": region}})["nodes"]
        assert seen["phone"][3:7] == "****"
        for looked in ({"phone": {"eq": "13800000000"}}, {"not": {"or": [{"phone": {"eq": "13800000000"}}]}}):
            with pytest.raises(CrmError, match="VALIDATION"):
                deal.call(who, "pool_customers", filter=looked)


def test_the_pool_is_for_those_who_may(deal: Firm) -> None:
    [one] = deal.pooled()
    owner_only = deal.person("owner", "customer.view")
    assert deal.refused(owner_only, "pool_customers") == "FORBIDDEN"
    assert deal.call(owner_only, "customers_by_ids", ids=[one]) == [None]
    steward = deal.person("steward", *POOL_ADMIN, customer="ALL")
    [private] = deal.owned(owner_only)
    # the data scope of customers gives nothing without a right to see customers
    assert deal.call(steward, "customers_by_ids", ids=[private, one])[0] is None
    assert deal.refused(steward, "customers") == "FORBIDDEN"


def test_byd_03_a_pool_is_changed_by_who_makes_the_rules_and_its_name_is_its_own(deal: Firm) -> None:
    rules, li = deal.person("rules", *POOL_ADMIN), deal.person("li", *SELLER)
    name = f"华南 {uuid4().hex[:6]}"
    made = deal.call(rules, "create_pool", name=f" {name} ", regions=["gd"])["pool"]
    assert (made["name"], made["regions"], made["is_default"], made["customer_count"]) == (name, ["gd"], False, 0)
    assert deal.refused(rules, "create_pool", name=name) == "DUPLICATE"
    assert deal.refused(li, "create_pool", name="x") == "FORBIDDEN"
    changed = deal.call(rules, "update_pool", id=made["id"], version=1, admin_ids=[li.id])["pool"]
    assert (changed["admin_ids"], changed["regions"], changed["version"]) == ([str(li.id)], ["gd"], 2)
    assert deal.refused(rules, "update_pool", id=made["id"], version=1, rank=1) == "CONFLICT"
    assert deal.refused(rules, "update_pool", id=uuid4(), version=1, rank=1) == "NOT_FOUND"


def test_byd_03_an_archived_pool_takes_nothing_any_more_and_another_one_has_its_customers(
    deal: Firm,
) -> None:
    rules, li = deal.person("rules", *POOL_ADMIN), deal.person("li", *SELLER)
    region = f"r{uuid4().hex[:6]}"
    old = deal.call(rules, "create_pool", name=f"旧 {region}", regions=[region], rank=-1)["pool"]
    new = deal.call(rules, "create_pool", name=f"新 {region}", regions=[region])["pool"]
    ids = deal.pooled(2, pool=UUID(old["id"]), region=region)
    [trashed] = deal.pooled(pool=UUID(old["id"]), holding="TRASH", entered=None)
    asked = {"id": old["id"], "version": 1}
    assert deal.refused(rules, "archive_pool", **asked) == "BAD_STATE"
    assert deal.refused(rules, "archive_pool", **asked, to_id=old["id"]) == "VALIDATION"
    assert deal.refused(rules, "archive_pool", **asked, to_id=uuid4()) == "VALIDATION"
    assert deal.refused(rules, "archive_pool", id=old["id"], version=2, to_id=new["id"]) == "CONFLICT"
    assert deal.refused(rules, "archive_pool", id=DEFAULT_POOL, version=1) == "BAD_STATE"
    assert deal.refused(rules, "archive_pool", id=uuid4(), version=1) == "NOT_FOUND"
    assert deal.refused(li, "archive_pool", **asked) == "FORBIDDEN"

    answer = deal.call(rules, "archive_pool", **asked, to_id=new["id"])

    assert (answer["moved"], answer["pool"]["archived"], answer["pool"]["customer_count"]) == (3, True, 0)
    assert {str(deal.row(each, "pool_id")) for each in (*ids, trashed)} == {new["id"]}
    [(kind, told)] = deal.events(ids[0])
    assert (kind, told["changes"]) == ("customer.pool_changed", {"pool_id": [old["id"], new["id"]]})
    assert deal.refused(rules, "archive_pool", id=new["id"], version=1, to_id=old["id"]) == "VALIDATION"
    [given_back] = deal.owned(li, region=region)
    assert deal.codes(li, "release_customers", [given_back], reason="x") == [None]
    assert str(deal.row(given_back, "pool_id")) == new["id"]
