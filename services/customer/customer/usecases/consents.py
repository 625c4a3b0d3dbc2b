"""What customers say about being addressed, and all that is known of one when it asks for it (CUS-53)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crm_common.changes import Change, Usecase
from crm_common.errors import CommonRules
from crm_common.payloads import Once
from crm_common.protocol.customer.consents import (
    CONSENT_NEEDED,
    Answerable,
    ConsentChanged,
    ConsentRules,
    Contactable,
    ExportPersonalData,
    NoteConsent,
    PersonalDataExported,
    RecordConsent,
    Refused,
)
from crm_common.protocol.customer.contact_plan import MARKETING_DAYS, MARKETING_MOST
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.customer.service import Holding
from crm_common.runtime.host import ServiceHost
from customer.adapters.phones import Phones
from customer.domain import consent as domain
from customer.domain.customer import Held
from customer.store import consents, dossier, erasure, held
from customer.store import merging as merges
from customer.usecases import access

_ERASE = "customer.erase"


def record_consent(change: Change, command: RecordConsent) -> dict[str, Any]:
    """What one's customer said, as its owner writes it down."""
    customer = access.owned(change, command.customer_id, field="customer_id")
    said_at = command.said_at or change.now
    if said_at > change.now:
        raise ConsentRules.a_consent_was_said_in_the_past(field="said_at")
    _note(change, customer, command, said_at)
    return {"customer": customer.id}


def note_consent(change: Change, command: NoteConsent) -> dict[str, Any]:
    """What a customer answered to a message, whoever has it."""
    found = held.locked(change.connection, [merges.survivor(change.connection, command.customer_id)])
    if not found or found[0].holding is Holding.ERASED:
        return {"noted": False}
    return {"noted": _note(change, found[0], command, command.said_at)}


def contactable(host: ServiceHost, query: Contactable) -> list[Answerable]:
    """Which of the customers may be addressed, in the order in which they were asked for."""
    since = host.clock.now() - timedelta(days=host.settings.get(MARKETING_DAYS))
    standing = consents.standing(host.store, query.customer_ids, query.channel, since)
    needed, most = host.settings.get(CONSENT_NEEDED), host.settings.get(MARKETING_MOST)

    def refusal(customer_id: UUID) -> Refused | None:
        known = standing.get(customer_id)
        if known is None:
            return Refused.UNKNOWN
        often = 0 < most <= known.messages
        return domain.refusal(known.holding, known.agreed, query.purpose, needed=needed, often=often)

    refused = {each: refusal(each) for each in query.customer_ids}
    return [
        Answerable(customer_id=each, contactable=refused[each] is None, refused=refused[each])
        for each in query.customer_ids
    ]


def export_personal_data(phones: Phones) -> Usecase:
    """All that is known of a customer, by its owner or by who may erase it."""

    def run(change: Change, command: ExportPersonalData) -> dict[str, Any]:
        customer = access.visible(change, command.customer_id, field="customer_id")
        actor = change.context.authenticated()
        if customer.holding in (Holding.MERGED, Holding.ERASED):
            raise CustomerRules.a_customer_is_gone(field="customer_id")
        if customer.owner_id != actor.id and not actor.may(_ERASE):
            raise CommonRules.the_right_is_missing(field="customer_id", permission=_ERASE)
        ids = [customer.id, *erasure.merged_into(change.connection, customer.id)]
        document = dossier.of(change.connection, ids, phones.opened)
        change.record(PersonalDataExported(customer_id=customer.id, reason=command.reason))
        return {"document": Once(document | {"exported_at": change.now, "exported_by": actor.name})}

    return run


def _note(change: Change, customer: Held, command: RecordConsent | NoteConsent, said_at: datetime) -> bool:
    """Write it down; False where the customer had said the same before."""
    before = consents.of(change.connection, customer.id, command.channel)
    if before is command.agreed:
        return False
    values = {
        "id": change.new_id(),
        "customer_id": customer.id,
        "channel": command.channel.value,
        "agreed": command.agreed,
        "source": command.source.strip(),
        "said_at": said_at,
        "noted_by": change.context.authenticated().id if isinstance(command, RecordConsent) else None,
    }
    consents.insert(change.connection, values)
    after = consents.of(change.connection, customer.id, command.channel)
    change.record(
        ConsentChanged(
            customer_id=customer.id,
            owner_id=customer.owner_id,
            channel=command.channel,
            agreed=command.agreed,
            source=command.source.strip(),
            said_at=said_at,
            changes={command.channel.value: (before, after)} if after is not before else {},
        )
    )
    return True
