"""Which contracts the caller may change: asked under the contract's lock."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.errors import CommonRules
from crm_common.protocol.finance.contract_rules import ContractRules
from finance.domain.contract import Contract
from finance.store import contracts, reach

SECTION = "contract"


def visible(change: Change, contract_id: UUID, *, field: str = "id") -> Contract:
    """The contract, locked; ``NOT_FOUND`` for whoever does not see it."""
    found = contracts.get(change.connection, contract_id)
    actor = change.context.authenticated()
    if found is None or not reach.in_reach(change.connection, actor, SECTION, found.owner_id):
        raise CommonRules.the_record_was_not_found(field=field)
    return found


def own(change: Change, contract_id: UUID, *others: str) -> Contract:
    """The contract, locked, for its owner or whoever sees it and holds one of the keys ``others``; else FORBIDDEN."""
    found = visible(change, contract_id)
    actor = change.context.authenticated()
    if actor.kind is ActorKind.SYSTEM or actor.id == found.owner_id or any(actor.may(each) for each in others):
        return found
    raise ContractRules.only_the_owner_or_who_archives_may_do_this(field="id")


def owner_of(change: Change, wanted: UUID | None) -> UUID:
    """In whose name the caller may put a contract: himself, or somebody active in his data scope."""
    actor = change.context.authenticated()
    if wanted in (None, actor.id):
        if actor.kind is not ActorKind.EMPLOYEE:
            raise ContractRules.a_contract_has_an_owner(field="owner_id")
        return actor.id
    assert wanted is not None
    if actor.kind is not ActorKind.SYSTEM and not reach.in_reach(change.connection, actor, SECTION, wanted):
        raise CommonRules.the_record_was_not_found(field="owner_id")
    if not reach.is_active(change.connection, wanted):
        raise CommonRules.the_record_was_not_found(field="owner_id")
    return wanted
