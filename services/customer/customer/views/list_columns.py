"""The columns of lists as they are shown (CUS-04)."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.custom_fields import store as definitions
from crm_common.protocol.customer.customers import CUSTOMER_FIELDS
from crm_common.protocol.customer.list_columns import ListColumns
from crm_common.store import Store
from customer.domain import list_columns as domain
from customer.store import list_columns


def columns(store: Store, context: Context) -> ListColumns:
    """What lists show now, in the reader's language."""
    kept = list_columns.read(store)
    flagged = {each.key: each for each in definitions.read(store, CUSTOMER_FIELDS.record) if each.in_list}
    return ListColumns(domain.shown(kept.columns, flagged, context.language), kept.version)
