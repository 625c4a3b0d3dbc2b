"""What is measured of customers (the workloads of the house): documents, their variables, and how to undo them."""

from __future__ import annotations

import random
from typing import Any

from bench.company import GIVEN
from bench.customer_data import POOL_REGION, Filled
from bench.customers import LEVELS, REGIONS
from bench.workloads import Workload
from crm_common.ids import to_global

PAGE = """
query Customers($region: String!) {
  customers(first: 50, filter: {region: {eq: $region}}) {
    nodes {
      id name phone region level source stage address email createdAt version ownerName
      followUps(first: 3) { type content createdAt }
    }
    pageInfo { hasNextPage }
  }
}
"""
ONE = """
query Customer($id: ID!) {
  customer(id: $id) {
    id kind name phone region level source stage address email createdAt lastFollowUpAt version ownerName
    contacts { id name title phones { number } }
    followUps(first: 20) { type content createdAt }
  }
}
"""
FILTERED = """
query Found($region: String!, $level: String!, $text: String!) {
  customers(filter: {region: {eq: $region}, level: {eq: $level}, name: {contains: $text}}, first: 20) {
    totalCount
    nodes { id name phone region level createdAt ownerName }
  }
}
"""
CREATE = """
mutation Create($input: CreateCustomerInput!) {
  createCustomer(input: $input) {
    customer { id name phone version createdAt }
    userErrors { code }
  }
}
"""
FOLLOW = """
mutation Follow($input: CreateFollowUpInput!) {
  createFollowUp(input: $input) {
    followUp { id content createdAt }
    userErrors { code }
  }
}
"""
CLAIM = """
mutation Claim($input: ClaimCustomersInput!) {
  claimCustomers(input: $input) {
    results { customerId done }
    userErrors { code }
  }
}
"""
_BACK = f"""
UPDATE customer SET holding = 'POOL', owner_id = NULL, owned_since = NULL, anchor_at = NULL, pool_entered_at = now(),
  pool_id = (SELECT id FROM pool WHERE is_default) WHERE region = '{POOL_REGION}' AND holding = 'OWNED'
"""


def customer_workloads(filled: Filled) -> list[Workload]:
    """All of them, reading first."""
    seen, own, pool = ([to_global("Customer", each) for each in ids] for ids in (filled.seen, filled.own, filled.pool))

    def one_of(number: int, among: Any) -> str:
        return str(random.Random(number).choice(among))

    def page(number: int) -> dict[str, Any]:
        return {"region": one_of(number, REGIONS)}

    def found(number: int) -> dict[str, Any]:
        return {"region": one_of(number, REGIONS), "level": one_of(number + 1, LEVELS), "text": one_of(number, GIVEN)}

    def create(number: int) -> dict[str, Any]:
        return {"input": {"name": f"新客户 {number}", "phone": f"136{number % 10**8:08}"}}

    def follow(number: int) -> dict[str, Any]:
        return {"input": {"customerId": one_of(number, own), "type": "PHONE", "content": f"跟进记录 {number}"}}

    def claim(number: int) -> dict[str, Any]:
        place = number % (len(pool) // 10) * 10
        return {"input": {"ids": pool[place : place + 10]}}

    created = "DELETE FROM customer WHERE name LIKE '新客户 %'"
    followed = "DELETE FROM follow_up WHERE content LIKE '跟进记录 %'"
    return [
        Workload("CQ1", "page of 50 customers", PAGE, page, service="customer"),
        Workload("CQ2", "one customer", ONE, lambda number: {"id": one_of(number, seen)}, service="customer"),
        Workload("CQ3", "filtered customers with count", FILTERED, found, service="customer"),
        Workload("CM1", "create a customer", CREATE, create, undo=created, table="customer", service="customer"),
        Workload("CM2", "claim ten from the pool", CLAIM, claim, undo=_BACK, table="customer", service="customer"),
        Workload("CM3", "write a follow-up", FOLLOW, follow, undo=followed, table="follow_up", service="customer"),
    ]
