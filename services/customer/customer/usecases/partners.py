"""Commands about partners (CUS-52)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm_common.changes import Change, Usecase
from crm_common.editing import chosen, difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.partners import (
    CreatePartner,
    PartnerCreated,
    PartnerRules,
    PartnerUpdated,
    UpdatePartner,
)
from customer.adapters.phones import Phones
from customer.domain import phone
from customer.domain.dictionary import values
from customer.domain.names import cleaned
from customer.store import partners
from customer.store.partners import FIELDS, Partner
from customer.usecases.dictionaries import expect_entries

_GIVEN = tuple(name for name in FIELDS if name not in ("id", "version", "archived"))
_EDITED = (*_GIVEN, "archived")
_DICTIONARIES = ("region", "industry")


def create_partner(phones: Phones) -> Usecase:
    """A new partner."""

    def run(change: Change, command: CreatePartner) -> dict[str, Any]:
        given = {name: getattr(command, name) for name in _GIVEN} | {"name": cleaned(command.name)}
        partner = Partner(id=change.new_id(), archived=False, version=1, **given)
        sealed = phones.sealed(phone.normalised(command.phone), "partner", partner.id)
        expect_entries(change, _coded(partner))
        if not partners.insert(change.connection, partner, sealed, change.now):
            raise PartnerRules.a_partner_with_this_phone_and_name_exists(field="phone")
        changes = difference(None, partner) | {"phone": (None, sealed.mask)}
        told = PartnerCreated(partner_id=partner.id, type=partner.type, name=partner.name, changes=changes)
        change.record(told)
        return {"partner": partner.id}

    return run


def update_partner(change: Change, command: UpdatePartner) -> dict[str, Any]:
    """Other data of a partner."""
    before = partners.locked(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_version(before.version, command.version)
    after = replace(before, **{name: chosen(getattr(command, name), getattr(before, name)) for name in _EDITED})
    after = replace(after, name=cleaned(after.name))
    changes = difference(before, after)
    if changes:
        if "name" in changes and partners.has_namesake(change.connection, after.id, after.name):
            raise PartnerRules.a_partner_with_this_phone_and_name_exists(field="name")
        expect_entries(change, {name: value for name, value in _coded(after).items() if name in changes})
        partners.save(change.connection, replace(after, version=before.version + 1), change.now)
        change.record(PartnerUpdated(partner_id=after.id, type=after.type, name=after.name, changes=changes))
    return {"partner": after.id}


def _coded(partner: Partner) -> dict[str, str]:
    return values(partner, _DICTIONARIES)
