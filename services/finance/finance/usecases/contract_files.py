"""The files of signed contracts stay in documents: told after the commit that signs, and again if that was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from crm_common.context import Context
from crm_common.errors import Code, CrmError
from crm_common.jobs import JobRun
from crm_common.runtime.host import ServiceHost
from finance.adapters.documents import Files
from finance.store import contracts

LOST_AFTER = timedelta(minutes=1)


def keep(host: ServiceHost, context: Context, contract_ids: Sequence[UUID] = ()) -> int:
    """Tell documents of files it was not told of: those of these contracts, or of all that wait longer; how many."""
    before = None if contract_ids else host.clock.now() - LOST_AFTER
    found = contracts.with_loose_files(host.store, contract_ids, before)
    for contract_id, ids in found:
        try:
            Files(host.client, context).keep(contract_id, ids)
        except CrmError as refusal:
            # nobody is there, or a file is gone meanwhile: the job tries again
            if refusal.code not in (Code.UNAVAILABLE, Code.NOT_FOUND):
                raise
            continue
        with host.store.transaction() as connection:
            contracts.files_are_kept(connection, contract_id, ids)
    return len(found)


def keep_again(run: JobRun, host: ServiceHost) -> None:
    """Those of which documents was not told, as whoever signed was cut off."""
    run.report["told"] = keep(host, run.context)
