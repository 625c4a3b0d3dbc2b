"""Contacts as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.contacts import ContactPhoneView, Contacts, ContactView
from crm_common.reading import Where, bind, many, masked, one
from customer.adapters.phones import Phones
from customer.domain import phone
from customer.tables import contact, contact_phone
from customer.views.through import AS_ITS_CUSTOMER, NUMBER_IS_NOTED, NUMBER_IS_SEEN

CONTACT_PHONES = bind(
    ContactPhoneView,
    contact_phone,
    fields={
        "number": masked(
            contact_phone.c.number_cipher,
            contact_phone.c.number_mask,
            visible=NUMBER_IS_SEEN,
            noted=NUMBER_IS_NOTED,
            index=contact_phone.c.number_index,
            normalised=phone.comparable,
        )
    },
    scope=AS_ITS_CUSTOMER,
    default_order=[contact_phone.c.place],
)

CONTACTS = bind(
    ContactView,
    contact,
    sort={"name": contact.c.name_key},
    children={"phones": many(contact_phone.c.contact_id, part=True), "customer": one(contact.c.customer_id)},
    scope=AS_ITS_CUSTOMER,
    where="{t}.deleted_at IS NULL",
    default_order=[contact.c.name_key],
)

_IN_HANDS = "EXISTS (SELECT FROM customer h WHERE h.id = {t}.customer_id AND h.holding IN ('OWNED', 'DEPT_QUEUE'))"
_NUMBERED = (
    "EXISTS (SELECT FROM contact_phone n WHERE n.contact_id = {t}.id AND n.number_index = decode({number}, 'hex'))"
)


def contacts_in(query: Contacts, phones: Phones) -> Where:
    """The condition of a list of contacts: of one customer, with one number, or of all customers in hands."""
    if query.phone is not None:
        number = phones.index(phone.normalised(query.phone)).hex()
        if query.customer_id is not None:
            both = f"{{t}}.customer_id = {{customer_id}} AND {_NUMBERED}"
            return Where(both, selective=True, customer_id=query.customer_id, number=number)
        return Where(_NUMBERED, selective=True, number=number)
    if query.customer_id is not None:
        return Where("{t}.customer_id = {customer_id}", selective=True, customer_id=query.customer_id)
    return Where(_IN_HANDS)
