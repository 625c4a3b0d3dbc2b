"""Consent, and the personal data of a customer on request (CUS-53)."""

from __future__ import annotations

from crm_common.protocol.customer.consents import (
    Answerable,
    Contactable,
    ExportPersonalData,
    NoteConsent,
    RecordConsent,
)
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import consents


class ConsentOperations(Offering):
    """Consents."""

    @rpc
    def record_consent(self, command: RecordConsent) -> Raw:
        return self.commands.run(consents.record_consent, command)

    @rpc
    def note_consent(self, command: NoteConsent) -> Raw:
        return self.commands.run(consents.note_consent, command)

    @rpc
    def contactable(self, query: Contactable) -> list[Answerable]:
        return consents.contactable(self.host, query)

    @rpc
    def export_personal_data(self, command: ExportPersonalData) -> Raw:
        return self.commands.run(consents.export_personal_data(phones(self.host)), command)
