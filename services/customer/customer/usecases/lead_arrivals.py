"""Imports of leads (IOX-01): a batch of rows becomes leads in nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.errors import CommonRules, CrmError
from crm_common.exchange.rows import ReadRow
from crm_common.imports import Batch, Outcome, RowResult
from crm_common.protocol.customer.exchange import ExchangeOfCustomersRules
from crm_common.protocol.customer.lead_rules import LeadRules
from crm_common.protocol.customer.leads import CreateLead, LeadCreated, LeadDeleted, UpdateLead
from crm_common.protocol.importing import DuplicatePolicy
from customer.adapters.phones import Phones, phones
from customer.domain import phone
from customer.domain.lead import KEPT_BY_IMPORTS
from customer.store import lead_arrivals
from customer.usecases import leads


def write_leads(change: Change, batch: Batch) -> list[RowResult]:
    """Leads that nobody has yet, one by one: a lead is the only open one with its phone and its e-mail address."""
    change.require("lead.import")
    sealing = phones(batch.host)
    return [_entered(change, batch, sealing, row) for row in batch.rows]


def take_back(change: Change, ids: Sequence[UUID]) -> list[CrmError | None]:
    """Remove what an import brought and nobody has touched since."""
    gone = {each.id: each for each in lead_arrivals.take_back(change.connection, ids)}
    for each in gone.values():
        told = {"name": each.name, "status": each.status, "owner_id": None}
        change.record(LeadDeleted(lead_id=each.id, **told, changes={"name": (each.name, None)}))
    return [None if each in gone else ExchangeOfCustomersRules.the_record_was_worked_with() for each in ids]


def _entered(change: Change, batch: Batch, sealing: Phones, row: ReadRow) -> RowResult:
    try:
        command = codec.from_builtins(dict(row.values), CreateLead)
        added = leads.add(change, sealing, command, by=change.context.authenticated().id)
        if added is None:
            return _met(change, batch, sealing, row)
    except CrmError as refused:
        return RowResult(row.number, Outcome.FAILED, why=refused)
    change.record(leads.told(LeadCreated, None, added))
    return RowResult(row.number, Outcome.CREATED, added.id)


def _met(change: Change, batch: Batch, sealing: Phones, row: ReadRow) -> RowResult:
    """What becomes of a row whose lead is there already."""
    if batch.policy is DuplicatePolicy.UPDATE:
        lead_id = _overwritten(change, sealing, row)
        return RowResult(row.number, Outcome.UPDATED, lead_id)
    why = LeadRules.an_open_lead_has_this_phone_or_email(field="phone" if "phone" in row.values else "email")
    return RowResult(row.number, Outcome.FAILED if batch.policy is DuplicatePolicy.FAIL else Outcome.SKIPPED, why=why)


def _overwritten(change: Change, sealing: Phones, row: ReadRow) -> UUID:
    """Give the open lead the row's values, where the importer entered it himself or works on it; blanks overwrite
    nothing, phone and e-mail address stay."""
    given = row.values.get("phone")
    index = sealing.index(phone.normalised(given)) if given else None
    found = lead_arrivals.open_one(change.connection, index, row.values.get("email"))
    if found is None:
        # it was converted between the two statements
        raise CommonRules.the_record_was_changed_meanwhile(field="phone")
    before = leads.visible(change, found)
    if change.context.authenticated().id not in (before.owner_id, before.created_by):
        raise LeadRules.only_its_owner_works_on_a_lead(field="phone")
    told = {name: row.values[name] for name in KEPT_BY_IMPORTS if name in row.values}
    edited = codec.from_builtins({"id": str(before.id), "version": before.version, **told}, UpdateLead)
    leads.update_lead(change, edited)
    return before.id
