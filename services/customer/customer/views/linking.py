"""What other systems call customers, as it is shown."""

from __future__ import annotations

from crm_common.protocol.customer.linking import ExternalIdView
from crm_common.reading import bind
from customer.tables import external_id
from customer.views.through import AS_ITS_CUSTOMER

EXTERNAL_IDS = bind(
    ExternalIdView,
    external_id,
    scope=AS_ITS_CUSTOMER,
    default_order=[external_id.c.system, external_id.c.external_id],
)
