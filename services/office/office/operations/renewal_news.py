"""What sales tells of services that end, and whom it concerns (SAL-42)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.sales.renewals import RenewalDue
from crm_common.runtime.entrypoints import subscribe
from office.operations.offering import Offering
from office.usecases import renewal_news


class RenewalNews(Offering):
    """Ends of bought services become messages, each once."""

    @subscribe(RenewalDue)
    def tell_of_renewal(self, event: RenewalDue, change: Change) -> None:
        renewal_news.tell_of_renewal(change, event)
