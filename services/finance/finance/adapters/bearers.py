"""Asks, in the claimant's name, whether he sees the customers that lines of his claim name."""

from __future__ import annotations

from collections.abc import Sequence

from crm_common.errors import CommonRules
from crm_common.protocol.finance.expenses import ExpenseLineGiven
from crm_common.protocol.selection import names
from crm_common.runtime.providers import BoundPeer


def expect_customers(customer: BoundPeer, lines: Sequence[ExpenseLineGiven]) -> None:
    """Refuse a line for a customer that does not exist for the caller."""
    wanted = list(dict.fromkeys(each.customer_id for each in lines if each.customer_id is not None))
    if not wanted:
        return
    asked = {"ids": [str(each) for each in wanted], "select": names("id")}
    seen = {each["id"] for each in customer.call("customers_by_ids", asked) if each is not None}
    for place, each in enumerate(lines):
        if each.customer_id is not None and str(each.customer_id) not in seen:
            raise CommonRules.the_record_was_not_found(field=f"lines.{place}.customer_id")
