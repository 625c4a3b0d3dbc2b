"""Partners as they are shown: whoever may see them sees their phones."""

from __future__ import annotations

from crm_common.protocol.customer.partners import PartnerView
from crm_common.reading import bind, masked
from customer.domain.phone import comparable
from customer.tables import partner

PARTNERS = bind(
    PartnerView,
    partner,
    fields={
        "phone": masked(
            partner.c.phone_cipher,
            partner.c.phone_mask,
            visible="true",
            index=partner.c.phone_index,
            normalised=comparable,
        ),
        "responsible_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.responsible_id",
    },
    sort={"name": partner.c.name_key},
    default_order=[partner.c.name_key],
)
