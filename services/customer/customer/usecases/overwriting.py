"""A row of an import over a customer that is there: one's own takes its values; blanks overwrite nothing, no phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change
from crm_common.exchange.rows import ReadRow
from crm_common.protocol.customer.customers import UpdateCustomer
from crm_common.protocol.customer.exchange import ExchangeOfCustomersRules
from crm_common.protocol.customer.service import CustomerKind, Holding, Sex
from customer.domain.customer import FIELDS
from customer.store import customers
from customer.usecases.customers import edit

_TYPED = {"kind": CustomerKind, "sex": Sex}


def overwrite(change: Change, customer_id: UUID, row: ReadRow, custom: dict[str, Any]) -> None:
    """Give the importer's own customer the values of the row; FORBIDDEN when it is not his."""
    found = customers.locked(change.connection, customer_id)
    if found is None or found[0].owner_id != change.context.authenticated().id:
        state = found[0].holding.value if found else Holding.ERASED.value
        raise ExchangeOfCustomersRules.the_customer_is_in_other_hands(field="phone", state=state)
    given: dict[str, Any] = {
        name: _TYPED.get(name, lambda value: value)(row.values[name])
        for name in FIELDS
        if name in row.values and name != "name"
    }
    edit(change, found, UpdateCustomer(id=customer_id, version=found[0].version, custom=custom or UNSET, **given))
