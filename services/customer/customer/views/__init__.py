"""What the customer service shows: each view bound to its table."""

from __future__ import annotations

from customer.views.contacts import CONTACT_PHONES, CONTACTS
from customer.views.customers import CUSTOMERS
from customer.views.follow_ups import FOLLOW_UPS, INTERESTS
from customer.views.pool import OWNERSHIP, POOLS

BINDINGS = (CUSTOMERS, CONTACTS, CONTACT_PHONES, FOLLOW_UPS, INTERESTS, POOLS, OWNERSHIP)
