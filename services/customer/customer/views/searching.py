"""What of customers, contacts and leads is found by search (SCH-01): by words, readings and whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from crm_common.errors import CrmError
from crm_common.protocol.customer.contacts import ContactView
from crm_common.protocol.customer.customers import CustomerView
from crm_common.protocol.customer.leads import LeadView
from crm_common.runtime.host import ServiceHost
from crm_common.search import Searchable
from customer.adapters.phones import phones
from customer.domain.phone import normalised
from customer.tables import contact, customer, lead

_LABELS = """SELECT string_agg(d.label, ' ') FROM dictionary_entry d
    WHERE (d.dictionary, d.code) IN (('REGION', {t}.region), ('INDUSTRY', {t}.industry))"""
_CUSTOM = "SELECT string_agg(v.text, ' ') FROM custom_value v WHERE v.entity_id = {t}.id"
_SHARED = """ARRAY(SELECT s.employee_id FROM customer_share s
    WHERE s.customer_id = {t}.id AND s.owned_since = {t}.owned_since)"""
_OF_ITS_CUSTOMER = "SELECT {what} FROM customer c WHERE c.id = {{t}}.customer_id"


def _by_number(statement: str) -> Callable[[ServiceHost, str], Sequence[UUID]]:
    def find(host: ServiceHost, number: str) -> Sequence[UUID]:
        try:
            index = phones(host).index(normalised(number))
        except CrmError:
            return ()
        return [row[0] for row in host.store.rows(statement, (index,))]

    return find


SEARCHABLES = (
    Searchable(
        view=CustomerView,
        table=customer,
        aggregate="customer",
        names=(customer.c.name,),
        texts=(customer.c.address, customer.c.profession, _LABELS, "array_to_string({t}.tags, ' ')", _CUSTOM),
        where="{t}.holding NOT IN ('MERGED', 'ERASED')",
        owner=customer.c.owner_id,
        also=_SHARED,
        module="customer",
        by_phone=_by_number("SELECT id FROM customer WHERE phone_index = %s"),
    ),
    Searchable(
        view=ContactView,
        table=contact,
        aggregate="contact",
        names=(contact.c.name,),
        texts=(contact.c.title, contact.c.department, _OF_ITS_CUSTOMER.format(what="c.name")),
        where="{t}.deleted_at IS NULL",
        owner=_OF_ITS_CUSTOMER.format(what="c.owner_id"),
        also=_OF_ITS_CUSTOMER.format(
            what="ARRAY(SELECT s.employee_id FROM customer_share s"
            " WHERE s.customer_id = c.id AND s.owned_since = c.owned_since)"
        ),
        module="customer",
        parent=("customer", contact.c.customer_id),
        by_phone=_by_number("SELECT DISTINCT contact_id FROM contact_phone WHERE number_index = %s"),
    ),
    Searchable(
        view=LeadView,
        table=lead,
        aggregate="lead",
        names=(lead.c.name, lead.c.company),
        texts=(lead.c.campaign,),
        owner=lead.c.owner_id,
        module="lead",
        by_phone=_by_number("SELECT id FROM lead WHERE phone_index = %s"),
    ),
)
