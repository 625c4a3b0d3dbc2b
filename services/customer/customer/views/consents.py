"""Consents as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.consents import ConsentView
from crm_common.reading import bind
from customer.tables import consent
from customer.views.through import AS_ITS_CUSTOMER

CONSENTS = bind(
    ConsentView,
    consent,
    fields={"noted_by_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.noted_by"},
    scope=AS_ITS_CUSTOMER,
    default_order=[consent.c.said_at.desc()],
)
