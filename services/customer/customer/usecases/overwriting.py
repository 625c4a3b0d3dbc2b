"""A row of an import over a customer that is there: one's own takes its values; blanks overwrite nothing, no phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.custom_fields import writing
from crm_common.custom_fields.definitions import Definitions
from crm_common.custom_fields.values import check
from crm_common.exchange.rows import ReadRow
from crm_common.protocol.customer.customers import UpdateCustomer
from crm_common.protocol.customer.exchange import ExchangeOfCustomersRules
from crm_common.protocol.customer.service import CustomerKind, Holding, Sex
from customer.domain import customer as domain
from customer.domain.customer import FIELDS
from customer.store import custom as store_custom
from customer.store import customers
from customer.store.custom import CUSTOM
from customer.usecases.days import today

_TYPED = {"kind": CustomerKind, "sex": Sex}


def overwrite(
    change: Change, definitions: Definitions, customer_id: UUID, row: ReadRow, custom: dict[str, Any]
) -> None:
    """Give the importer's own customer the values of the row; FORBIDDEN when it is not his."""
    found = customers.locked(change.connection, customer_id)
    if found is None or found[0].owner_id != change.context.authenticated().id:
        state = found[0].holding.value if found else Holding.ERASED.value
        raise ExchangeOfCustomersRules.the_customer_is_in_other_hands(field="phone", state=state)
    held, known = found
    given: dict[str, Any] = {
        name: _TYPED.get(name, lambda value: value)(row.values[name])
        for name in FIELDS
        if name in row.values and name != "name"
    }
    checked = None
    if custom:
        before = store_custom.values(change.connection, customer_id)
        checked = check(definitions, custom, before=before)
    command = UpdateCustomer(id=customer_id, version=held.version, **given)
    after, event = domain.updated(held, known, command, today(change), checked.changes if checked else {})
    if event is None:
        return
    customers.save(change.connection, customer_id, after, change.now)
    if checked:
        store_custom.save(change.connection, customer_id, checked.stored)
        writing.write(change, CUSTOM, definitions, {customer_id: checked})
    change.record(event)
