"""Notes who reads phones in full by right alone (CUS-14)."""

from __future__ import annotations

from collections.abc import Sequence

from crm_common.changes import changing
from crm_common.context import Context
from crm_common.protocol.customer.phones import PhoneViewed
from crm_common.reading.masks import Noting, Seen
from crm_common.runtime.host import ServiceHost


def noting(host: ServiceHost) -> Noting:
    """What notes it, in a transaction of its own, before the answer leaves."""

    def note(context: Context, seen: Sequence[Seen]) -> None:
        with changing(host, context) as change:
            told = dict.fromkeys((each.record, each.table) for each in seen)
            change.record(*(PhoneViewed(record_id=record, record=table) for record, table in told))

    return note
