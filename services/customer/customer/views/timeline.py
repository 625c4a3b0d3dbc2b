"""The timeline of a customer, and who calls."""

from __future__ import annotations

from crm_common.journal.sealing import ERASED, unpacked
from crm_common.protocol.customer.timeline import CallerCardView, CallerLookup, Timeline, TimelineEntryView
from crm_common.reading import Where, bind, packed
from customer.adapters.phones import Phones
from customer.domain import phone
from customer.tables import caller_card, timeline_entry
from customer.views.through import AS_ITS_CUSTOMER

# events have reasons sealed; whatever else says so was erased
_TEXT = (
    f"CASE WHEN {{t}}.text = '{ERASED}' THEN journal_told({{t}}.id, 'reason', {{t}}.text) ELSE to_json({{t}}.text) END"
)
TIMELINE = bind(
    TimelineEntryView,
    timeline_entry,
    fields={
        "employee_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.employee_id",
        "text": packed(_TEXT, unpacked),
    },
    scope=AS_ITS_CUSTOMER,
    default_order=[timeline_entry.c.happened_at.desc()],
)

CALLER_CARDS = bind(
    CallerCardView,
    caller_card,
    fields={"owner_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.owner_id"},
    default_order=[caller_card.c.customer_name],
)

# the subject lets the journal's index find its events
_OF_CUSTOMER = "{t}.customer_id = {customer_id} AND {t}.subject = {subject}"


def timeline_of(query: Timeline) -> Where:
    """The condition of one customer's timeline."""
    of = {"customer_id": query.customer_id, "subject": f"customer/{query.customer_id}"}
    if not query.channels:
        return Where(_OF_CUSTOMER, selective=True, **of)
    channels = [each.value for each in query.channels]
    return Where(f"{_OF_CUSTOMER} AND {{t}}.channel = ANY ({{channels}})", selective=True, channels=channels, **of)


def cards_of(query: CallerLookup, phones: Phones) -> Where:
    """The condition of the cards with a number."""
    index = phones.index(phone.normalised(query.number, field="number")).hex()
    return Where("{t}.number_index = decode({index}, 'hex')", selective=True, index=index)
