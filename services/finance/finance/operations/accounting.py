"""The link to accounting systems: what is asked and told of receipts (FIN-22)."""

from __future__ import annotations

from crm_common.protocol.finance.accounting import AccountingExport, AccountingFile, NoteExternalId
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from finance.operations.offering import Offering
from finance.usecases.accounting import note_external_id
from finance.views.accounting import export


class AccountingOperations(Offering):
    """Accounting."""

    @rpc
    def accounting_export(self, query: AccountingExport) -> AccountingFile:
        return export(self.host, self.context, query)

    @rpc
    def note_external_id(self, command: NoteExternalId) -> Raw:
        return self.commands.run(note_external_id, command)
