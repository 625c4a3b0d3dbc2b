"""Findings and reports as they are shown."""

from __future__ import annotations

from uuid import UUID

from crm_common.context import Actor
from crm_common.protocol.customer.quality import DataQualityReportView, QualityFindings, QualityFindingView
from crm_common.reading import Where, bind, one
from crm_common.reading.scope import Reach
from crm_common.store import Store
from customer.tables import quality_finding, quality_report
from customer.views.through import AS_ITS_CUSTOMER, ThroughCustomer


class _Both:
    """A finding is for whom both customers are: nobody is told that somebody else's customer resembles his."""

    def __init__(self, one: ThroughCustomer, other: ThroughCustomer) -> None:
        self._one, self._other = one, other

    def kind(self, actor: Actor | None) -> str | None:
        return self._one.kind(actor)

    def condition(self, kind: str, reach: Reach) -> str:
        other = f"({{t}}.other_id IS NULL OR {self._other.condition(kind, reach)})"
        return f"({self._one.condition(kind, reach)} AND {other})"

    def owners(self, kind: str) -> str | None:
        return self._one.owners(kind)


FINDINGS = bind(
    QualityFindingView,
    quality_finding,
    fields={"dismissed_by_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.dismissed_by"},
    children={"customer": one(quality_finding.c.customer_id), "other": one(quality_finding.c.other_id)},
    scope=_Both(AS_ITS_CUSTOMER, AS_ITS_CUSTOMER.by("other_id")),
    default_order=[quality_finding.c.score.desc()],
)
REPORTS = bind(DataQualityReportView, quality_report, default_order=[quality_report.c.made_at.desc()])


def findings_in(query: QualityFindings) -> Where:
    """Those that were dismissed, or those that were not."""
    return Where(f"{{t}}.dismissed_at IS {'NOT ' if query.dismissed else ''}NULL")


def latest_report(store: Store) -> UUID | None:
    """The id of the latest report."""
    rows = store.rows("SELECT id FROM quality_report ORDER BY made_at DESC, id DESC LIMIT 1")
    return rows[0][0] if rows else None
