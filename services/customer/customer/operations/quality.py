"""Data cleaning (CUS-45): what is asked and told of it, and the scan."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.customer.quality import DataQualityReport, DismissFinding, QualityFindings
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from customer.adapters.phones import phones
from customer.operations.offering import Offering
from customer.usecases import quality
from customer.views.quality import findings_in, latest_report


class QualityOperations(Offering):
    """Findings and reports."""

    @rpc
    def data_quality_report(self, query: DataQualityReport) -> Raw:
        return self.views.one(query, latest_report(self.host.store))

    @rpc
    def quality_findings(self, query: QualityFindings) -> Raw:
        return self.views.page(query, where=findings_in(query))

    @rpc
    def dismiss_finding(self, command: DismissFinding) -> Raw:
        return self.commands.run(quality.dismiss, command)

    @every("0 3 * * 0", name="customer.data_quality")
    def scan(self, run: JobRun) -> None:
        """Duplicates, numbers nobody has, stale and incomplete records are looked for (CUS-45)."""
        quality.scan(run, phones(self.host))
