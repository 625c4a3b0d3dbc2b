"""Commands about capture forms, and what is posted to them (CUS-41)."""

from __future__ import annotations

import secrets
from typing import Any

from crm_common.changes import Change, Usecase
from crm_common.editing import chosen, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.capture import (
    CaptureFormCreated,
    CaptureFormUpdated,
    CaptureLead,
    CreateCaptureForm,
    UpdateCaptureForm,
)
from crm_common.protocol.customer.lead_rules import LeadRules
from crm_common.protocol.customer.leads import CreateLead, LeadCaptured
from crm_common.protocol.declare import Changes
from customer.adapters.phones import Phones
from customer.domain.lead import looks_like_spam
from customer.domain.names import cleaned
from customer.store import capture
from customer.usecases.dictionaries import expect_entries
from customer.usecases.leads import add, told

_EDITED = ("name", "campaign", "per_minute", "active")


def create_capture_form(change: Change, command: CreateCaptureForm) -> dict[str, Any]:
    """A new form with a key of its own."""
    expect_entries(change, {"source": command.source})
    form_id, key, name = change.new_id(), secrets.token_urlsafe(18), cleaned(command.name)
    row = (form_id, name, key, command.source, (command.campaign or "").strip() or None, command.per_minute)
    capture.insert(change.connection, row, change.now)
    known = {"name": name, "source": command.source, "campaign": row[4], "per_minute": command.per_minute}
    changes: Changes = {field: (None, value) for field, value in known.items() if value is not None}
    change.record(CaptureFormCreated(form_id=form_id, name=name, changes=changes))
    return {"capture_form": form_id}


def update_capture_form(change: Change, command: UpdateCaptureForm) -> dict[str, Any]:
    """A form as it is changed."""
    before = capture.locked(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_version(before["version"], command.version)
    after = {name: chosen(getattr(command, name), before[name]) for name in _EDITED}
    after |= {"name": cleaned(after["name"]), "campaign": (after["campaign"] or "").strip() or None}
    changes: Changes = {name: (before[name], after[name]) for name in _EDITED if before[name] != after[name]}
    if changes:
        capture.save(change.connection, tuple(after[name] for name in _EDITED), change.now, command.id)
        change.record(CaptureFormUpdated(form_id=command.id, name=after["name"], changes=changes))
    return {"capture_form": command.id}


def capture_lead(phones: Phones) -> Usecase:
    """What is posted becomes a new lead; that somebody is known already is told to nobody outside."""

    def run(change: Change, command: CaptureLead) -> dict[str, Any]:
        form = capture.take(change.connection, command.form_key, change.now)
        if form is None:
            raise LeadRules.this_form_is_closed(field="form_key")
        if not form["within"]:
            raise LeadRules.a_form_takes_so_many_a_minute(field="form_key")
        given = CreateLead(
            name=command.name,
            company=command.company,
            phone=command.phone,
            email=command.email,
            source=form["source"],
            campaign=form["campaign"],
            remark=command.message,
        )
        spam = looks_like_spam(command.homepage, command.message)
        added = add(change, phones, given, by=None, form_id=form["id"], spam=spam)
        if added is not None:
            change.record(told(LeadCaptured, None, added, {"form_id": form["id"]}))
        return {"accepted": True}

    return run
