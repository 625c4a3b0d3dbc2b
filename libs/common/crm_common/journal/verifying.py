"""The job ``<service>.journal_verify``: the chain of the journal holds, and records rebuilt from it equal the tables.

``crm journal verify`` asks for it (BYD-05); every Sunday night it is due by itself. A service names its records:
``rebuilt = {"customer": "SELECT id, json_build_object(…) AS state FROM customer"}`` on its class, see `rebuild.verify`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from crm_common.changes import ChangeHost
from crm_common.jobs import Job, JobRun
from crm_common.journal.chain import verify_chain
from crm_common.journal.rebuild import verify
from crm_common.telemetry import logger

ATTRIBUTE = "rebuilt"
_SHOWN = 20
_DOC = "Compare the journal with its chain of hashes, and the records rebuilt from it with the tables (BYD-05)."


def jobs(host: ChangeHost, service_cls: type) -> list[Job]:
    """The job of a service."""
    records: Mapping[str, str] = getattr(service_cls, ATTRIBUTE, {})
    return [Job(f"{host.service}.journal_verify", "30 3 * * 0", lambda run: work(run, host, records), doc=_DOC)]


def work(run: JobRun, host: ChangeHost, records: Mapping[str, str]) -> None:
    """Verify everything. The report: ``{"sound", "chain": [...], "differences": [...], "records": [...]}``.

    Of faults the first few are told, without values: those may be personal.
    """
    chain = [f"link {each.link}: {each.kind}" for each in islice(verify_chain(host.store), _SHOWN)]
    differences: list[str] = []
    for aggregate, rows in records.items():
        found = verify(host.store, aggregate, rows)
        differences += [f"{each.subject}: {each.field or 'the record'}" for each in islice(found, _SHOWN)]
    report: dict[str, Any] = {"chain": chain, "differences": differences, "records": sorted(records)}
    run.report.update(sound=not chain and not differences, **report)
    if chain or differences:
        logger(host.service).error("journal.is_not_sound", chain=len(chain), differences=len(differences))
