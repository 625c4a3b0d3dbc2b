"""Who may change a customer, or what belongs to it (features §3.1): asked under the customer's lock."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from crm_common.context import Actor, ActorKind
from crm_common.errors import CommonRules
from crm_common.protocol.customer.rules import CustomerRules
from crm_common.protocol.customer.service import Holding
from crm_common.protocol.customer.sharing import ShareRight
from customer.domain.customer import Held
from customer.store import held, sharing

SECTION = "customer"


def owned(change: Change, customer_id: UUID, *, field: str = "id", managers: bool = True) -> Held:
    """The customer, locked: in the caller's name or (``managers``) in that of somebody in his data scope.

    ``NOT_FOUND`` outside of the scope, ``READ_ONLY`` in pool, queue and trash, ``BAD_STATE`` when merged or erased,
    ``FORBIDDEN`` for a superior where only the owner may.
    """
    found = visible(change, customer_id, field=field)
    refuse_unless_owned(found)
    actor = change.context.authenticated()
    if not managers and actor.kind is not ActorKind.SYSTEM and found.owner_id != actor.id:
        raise CustomerRules.only_the_owner_may_do_this(field=field)
    return found


def visible(change: Change, customer_id: UUID, *, field: str = "id") -> Held:
    """The customer, locked, if the caller's data scope (or, in pool and trash, his right to see these) shows it."""
    rows = held.locked(change.connection, [customer_id])
    if not rows:
        raise CommonRules.the_record_was_not_found(field=field)
    expect_in_scope(change, rows[0], field=field)
    return rows[0]


def expect_in_scope(change: Change, found: Held, *, field: str = "id") -> None:
    """``NOT_FOUND`` for who does not see the customer, ``FORBIDDEN`` for a collaborator: he only reads it."""
    if sees(change, found):
        return
    if sharing.of(change.connection, found.id, change.context.authenticated().id):
        raise CustomerRules.only_the_owner_may_do_this(field=field)
    raise CommonRules.the_record_was_not_found(field=field)


def followed(change: Change, customer_id: UUID, *, field: str = "id") -> Held:
    """The customer, locked: the caller's own, or one that its owner lets him follow up (CUS-48)."""
    rows, me = held.locked(change.connection, [customer_id]), change.context.authenticated().id
    if rows and rows[0].owner_id == me:
        return rows[0]
    share = sharing.of(change.connection, customer_id, me) if rows else None
    if share is not None and share.right is ShareRight.FOLLOW:
        return rows[0]
    return owned(change, customer_id, field=field, managers=False)


def sees(change: Change, found: Held) -> bool:
    """Whether the caller sees a customer that is held so."""
    actor = change.context.authenticated()
    if actor.kind is ActorKind.SYSTEM:
        return True
    if found.holding is Holding.POOL:
        return actor.may("pool.view")
    if found.holding is Holding.TRASH:
        return actor.may("pool.discard") or actor.may("pool.restore")
    if found.owner_id is None:
        return actor.scope(SECTION) == "ALL"
    return reaches(change, actor, found.owner_id)


def reaches(change: Change, actor: Actor, owner: UUID) -> bool:
    """Whether the records of ``owner`` are in the actor's data scope of customers."""
    scope, department = actor.scope(SECTION), actor.department_id
    return held.in_reach(change.connection, owner=owner, scope=scope, me=actor.id, department=department)


def refuse_unless_owned(found: Held, *, field: str = "id") -> None:
    """``READ_ONLY`` or ``BAD_STATE`` for a customer that is in nobody's name."""
    if found.holding is Holding.POOL:
        raise CustomerRules.a_customer_in_the_pool_is_read_only(field=field)
    if found.holding is Holding.TRASH:
        raise CustomerRules.a_customer_in_the_trash_is_read_only(field=field)
    if found.holding is Holding.DEPT_QUEUE:
        raise CustomerRules.a_customer_waits_for_its_head(field=field)
    if found.holding is not Holding.OWNED:
        raise CustomerRules.a_customer_is_gone(field=field)
