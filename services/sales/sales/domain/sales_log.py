"""The sales journal (SAL-35): a day that has come, said in some words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from crm_common.editing import chosen, expect_version
from crm_common.protocol.sales.sales_log import CreateSalesLog, SalesLogRules, UpdateSalesLog


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesLog:
    """A day of a journal as its row keeps it."""

    id: UUID
    author_id: UUID
    day: date
    body: str
    plan: str
    version: int = 1


def created(command: CreateSalesLog, new_id: UUID, me: UUID, today: date) -> SalesLog:
    """A new one."""
    if command.day > today:
        raise SalesLogRules.a_journal_is_of_a_day_that_has_come(field="day")
    return SalesLog(id=new_id, author_id=me, day=command.day, body=_said(command.body), plan=command.plan.strip())


def updated(before: SalesLog, command: UpdateSalesLog) -> SalesLog:
    """The journal after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    body, plan = _said(chosen(command.body, before.body)), chosen(command.plan, before.plan).strip()
    after = replace(before, body=body, plan=plan)
    return before if after == before else replace(after, version=before.version + 1)


def _said(body: str) -> str:
    if not body.strip():
        raise SalesLogRules.a_journal_says_what_was_done(field="body")
    return body.strip()
