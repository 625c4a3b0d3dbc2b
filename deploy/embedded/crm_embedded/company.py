"""The first minutes of a new company: its administrator with a one-time password, and the demo data if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from crm_common.context import system_context
from crm_common.protocol.selection import names
from crm_common.runtime.local import LocalRuntime


@dataclass(frozen=True, slots=True)
class Founded:
    """A company that was founded just now."""

    login_name: str
    password: str


def found(runtime: LocalRuntime, name: str) -> Founded | None:
    """Found the company; None when there is one already."""
    answer = _call(runtime, "found_company", {"name": name})
    if not answer["founded"]:
        return None
    return Founded(answer["login_name"], answer["initial_password"])


def load_demo(runtime: LocalRuntime) -> str | None:
    """Give the new company people and customers to try; the password they share, None when they are there."""
    password: str | None = _call(runtime, "load_demo_company", {})["password"]
    if password is not None:
        _call(runtime, "load_demo_customers", {"owner_ids": _sellers(runtime)}, service="customer")
        _call(runtime, "load_demo_products", {}, service="sales")
        _call(runtime, "load_demo_quotes", {"buyers": _buyers(runtime)}, service="sales")
        _call(runtime, "load_demo_office", {"employee_ids": _sellers(runtime)}, service="office")
        _call(runtime, "load_demo_approvals", {"initiator_ids": _sellers(runtime)}, service="office")
        _call(runtime, "load_demo_schedule", {"employee_ids": _sellers(runtime)}, service="office")
        work = {"employee_ids": _sellers(runtime), "chief_id": _administrator(runtime)}
        _call(runtime, "load_demo_work", work, service="office")
        money = {"debtors": _buyers(runtime), "clerk_id": _administrator(runtime)}
        _call(runtime, "load_demo_money", money, service="finance")
        _call(runtime, "load_demo_performance", {"employee_ids": _sellers(runtime)}, service="sales")
        _call(runtime, "load_demo_documents", {"employee_ids": _sellers(runtime)}, service="documents")
        _load_deals(runtime)
    return password


def _load_deals(runtime: LocalRuntime) -> None:
    """Opportunities and orders, with their papers; some customers are left as they are."""
    buyers = _buyers(runtime)[::3]
    owners = {"owner_ids": [each["owner_id"] for each in buyers]}
    papers = _call(runtime, "load_demo_papers", owners, service="documents")["papers"]
    deals = [buyer | paper for buyer, paper in zip(buyers, papers, strict=True)]
    asked = {"deals": deals, "reviewer_id": _administrator(runtime)}
    _call(runtime, "load_demo_sales", asked, service="sales")


def _administrator(runtime: LocalRuntime) -> str:
    """The id of the first administrator."""
    asked = {"filter": {"login_name": {"eq": "admin"}}, "first": 1, "select": names("id")}
    return str(_call(runtime, "employees", asked)["nodes"][0]["id"])


def _sellers(runtime: LocalRuntime) -> list[str]:
    """The ids of the people in sales of the demo company, in the order of their numbers."""
    sold_by = {"filter": {"name": {"eq": "客户经理"}}, "first": 100, "select": names("id")}
    positions = [each["id"] for each in _call(runtime, "positions", sold_by)["nodes"]]
    holders = {
        "filter": {"position_id": {"in": positions}},
        "order_by": [{"field": "number"}],
        "first": 100,
        "select": names("id"),
    }
    return [each["id"] for each in _call(runtime, "employees", holders)["nodes"]]


def _buyers(runtime: LocalRuntime) -> list[dict[str, str]]:
    """Some customers in somebody's name, with whose they are."""
    asked = {"filter": {"owner_id": {"is_null": False}}, "first": 60, "select": names("id", "owner_id")}
    found = _call(runtime, "customers", asked, service="customer")["nodes"]
    return [{"customer_id": each["id"], "owner_id": each["owner_id"]} for each in found]


def _call(runtime: LocalRuntime, method: str, payload: dict[str, Any], *, service: str = "identity") -> Any:
    context = system_context("embedded", correlation_id=f"embedded-{method}")
    return msgspec.json.decode(runtime.peers.call(service, method, payload, context))
