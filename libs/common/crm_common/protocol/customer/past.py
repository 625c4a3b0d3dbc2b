"""The history of a customer, as the journal tells it (BYD-06)."""

from __future__ import annotations

from dataclasses import dataclass

from crm_common.protocol.customer.service import SEE_RECORD, CustomerId, customer
from crm_common.protocol.declare import ListQuery, given
from crm_common.protocol.history import HistoryEntryView


@customer.query(SEE_RECORD, returns=HistoryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHistory(ListQuery):
    """Every change of a customer, latest first: who, when, from what to what."""

    id: CustomerId = given("The customer.")
