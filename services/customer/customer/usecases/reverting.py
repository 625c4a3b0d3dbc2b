"""Making a customer what it was (BYD-06): what others changed meanwhile is told, not overwritten unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_common.changes import Change, Usecase
from crm_common.custom_fields import writing
from crm_common.editing import expect_version
from crm_common.errors import CommonRules
from crm_common.journal.history import history, state_at
from crm_common.protocol.customer.customers import UpdateCustomer
from crm_common.protocol.customer.past import PastRules, RevertCustomer
from crm_common.restoring import Entry, State, restoration
from crm_common.store import Store
from customer.domain import reverting as domain
from customer.store import custom as store_custom
from customer.store import customers
from customer.store.custom import CUSTOM
from customer.usecases import access
from customer.usecases.customers import edit

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal has of a customer: its state at the moment, and what happened since."""

    then: State | None
    since: Sequence[Entry]

    @classmethod
    def read(cls, store: Store, command: RevertCustomer) -> Past:
        """Read before the change begins: an edit that comes between is one of another version, and refused."""
        subject = f"customer/{command.id}"
        page = history(store, subject, first=_PAGE)
        since = page
        while len(page) == _PAGE and page[-1].at > command.as_of:
            page = history(store, subject, before_seq=page[-1].seq, first=_PAGE)
            since = [*since, *page]
        return cls(state_at(store, subject, command.as_of), [each for each in since if each.at > command.as_of])

    def seen(self, command: RevertCustomer) -> int:
        """The ``seq`` of the last change that the caller knows of."""
        if command.known_id is None:
            return min((each.seq for each in self.since), default=1) - 1
        for each in self.since:
            if each.event_id == command.known_id:
                return each.seq
        raise PastRules.a_change_is_none_of_this_record(field="known_id")


def revert_customer(past: Past) -> Usecase:
    """Fields as they were, by whoever may edit the customer."""

    def run(change: Change, command: RevertCustomer) -> dict[str, Any]:
        found = customers.locked(change.connection, command.id)
        if found is None:
            raise CommonRules.the_record_was_not_found(field="id")
        access.expect_in_scope(change, found[0])
        access.refuse_unless_owned(found[0])
        expect_version(found[0].version, command.version)
        if past.then is None:
            raise PastRules.the_record_was_not_there_then(field="as_of")
        fields = domain.chosen(command.fields, writing.current(change, CUSTOM))
        then = domain.past(past.then)
        now = domain.present(found[1], store_custom.values(change.connection, command.id))
        found_out = restoration(past.since, then, now, fields=fields, seen=past.seen(command))
        wanted = {name: pair[1] for name, pair in found_out.changes.items()}
        conflicts = () if command.overwrite else found_out.conflicts
        if command.overwrite:
            wanted |= {each.field: each.then for each in found_out.conflicts}
        if wanted:
            edit(change, found, UpdateCustomer(id=command.id, version=command.version, **domain.edit(wanted)))
        told = tuple(domain.told(each) for each in conflicts)
        return {"customer": command.id, "reverted": sorted(wanted), "conflicts": told}

    return run
