"""Which tables of finance come in and go out (IOX-01, 02)."""

from __future__ import annotations

from collections.abc import Callable

from crm_common.context import Context
from crm_common.exports import Exporter
from crm_common.imports import Importer
from crm_common.protocol.declare import ListQuery
from crm_common.protocol.finance.contracts import Contracts
from crm_common.protocol.finance.receivables import Receivables
from crm_common.protocol.policy import Policy, needs
from crm_common.reading import Reader
from finance.usecases import contract_arrivals
from finance.views import exchange_columns as columns


def _asking(policy: Policy) -> Callable[[Reader, ListQuery, Context], bytes]:
    def page(reader: Reader, query: ListQuery, context: Context) -> bytes:
        policy.check(context)
        return reader.page(query, context)

    return page


IMPORTERS = {"CONTRACT": Importer(columns.importable, contract_arrivals.write_contracts, contract_arrivals.take_back)}
EXPORTERS = {
    "CONTRACT": Exporter(Contracts, columns.contracts, page=_asking(needs("contract.export"))),
    "RECEIVABLE": Exporter(Receivables, columns.receivables, page=_asking(needs("receivable.export"))),
}
