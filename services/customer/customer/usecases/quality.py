"""Looks through all customers for what is wrong with them, and lets stewards dismiss what is not (CUS-45)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules, CrmError
from crm_common.jobs import JobRun
from crm_common.protocol.customer.quality import (
    MIN_COMPLETENESS,
    NAME_SIMILARITY,
    STALE_DAYS,
    DataQualityReportReady,
    DismissFinding,
    FindingDismissed,
    FindingReason,
)
from crm_common.runtime.heavy import apart
from customer.adapters.phones import Phones
from customer.domain import phone, resemblance
from customer.store import held, quality
from customer.store.quality import Scan, Span
from customer.usecases import access

_BATCH, _FORGOTTEN = 2_000, 10_000
_FIRST = UUID(int=0)


def scan(run: JobRun, phones: Phones) -> None:
    """Look through all customers in somebody's name. Ended in between, it goes on behind what it has done."""
    scan_id, after = _begin(run)
    with run.change() as change:
        least = change.settings.get(NAME_SIMILARITY)
        Scan(change.connection, scan_id, run.now).same_phones()
        names = quality.companies(change.connection)
    pairs = apart(resemblance.alike, names, least)
    with run.change() as change:
        Scan(change.connection, scan_id, run.now).near_names(pairs)
    while after is not None:
        with run.change() as change:
            sealed = quality.ciphers(change.connection, after, _BATCH)
            found = Scan(change.connection, scan_id, run.now)
            found.numbers(apart(_wrong, phones, sealed))
            if sealed:
                look_at(change, found, Span(after, sealed[-1][0]))
            after = sealed[-1][0] if sealed else None
            run.save_checkpoint({"scan": str(scan_id), "after": str(after) if after else None})
    gone = _FORGOTTEN
    while gone == _FORGOTTEN and not run.dry_run:
        with run.change() as change:
            gone = Scan(change.connection, scan_id, run.now).forget(_FORGOTTEN)
    with run.change() as change:
        figures = finish(change, Scan(change.connection, scan_id, run.now), scan_id)
    run.report.update(figures)


def dismiss(change: Change, command: DismissFinding) -> dict[str, Any]:
    """Say that a finding is none; again, it changes nothing."""
    finding = quality.get(change.connection, command.id)
    concerned = [] if finding is None else [each for each in (finding.customer_id, finding.other_id) if each]
    seen = [each for each in held.locked(change.connection, concerned) if access.sees(change, each)]
    # again, as it stands under the locks: merged meanwhile, there is none
    finding = quality.get(change.connection, command.id)
    if finding is None or len(seen) != len(concerned):
        raise CommonRules.the_record_was_not_found(field="id")
    if finding.dismissed_at is None:
        by = change.context.authenticated().id
        quality.dismiss(change.connection, finding.id, by=by, reason=command.reason, now=change.now)
        change.record(
            FindingDismissed(
                finding_id=finding.id,
                kind=finding.kind,
                customer_id=finding.customer_id,
                other_id=finding.other_id,
                reason=command.reason,
            )
        )
    return {"finding": finding.id}


def _begin(run: JobRun) -> tuple[UUID, UUID | None]:
    """The id of the scan, and behind which customer its numbers are to be looked at; None: all were."""
    if run.checkpoint is None:
        with run.change() as change:
            run.save_checkpoint({"scan": str(change.new_id()), "after": str(_FIRST)})
    reached = run.checkpoint
    return UUID(reached["scan"]), UUID(reached["after"]) if reached["after"] else None


def look_at(change: Change, found: Scan, among: Span) -> None:
    """What needs no computing."""
    found.stale(among, change.settings.get(STALE_DAYS))
    found.incomplete(among, change.settings.get(MIN_COMPLETENESS))


def finish(change: Change, found: Scan, scan_id: UUID) -> dict[str, int]:
    """The report, and that it is ready: its figures."""
    figures = found.finish()
    change.record(DataQualityReportReady(report_id=scan_id, **figures))
    return figures


def _wrong(phones: Phones, sealed: Sequence[tuple[UUID, bytes]]) -> list[tuple[UUID, FindingReason]]:
    found = ((each, _problem(phones, each, cipher)) for each, cipher in sealed)
    return [(each, problem) for each, problem in found if problem is not None]


def _problem(phones: Phones, customer_id: UUID, cipher: bytes) -> FindingReason | None:
    number = phones.opened(cipher, "customer", customer_id)
    try:
        phone.normalised(number)
    except CrmError:
        return FindingReason.INVALID_NUMBER
    return FindingReason.INVENTED_NUMBER if phone.invented(number) else None
