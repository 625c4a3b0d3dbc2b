"""Pool, trash, queue and history as they are shown, and what reclaim would do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from crm_common.context import Actor, ActorKind, Context
from crm_common.errors import CommonRules
from crm_common.journal.sealing import unpacked
from crm_common.protocol.customer.customers import CustomerView
from crm_common.protocol.customer.holding import OwnershipChangeView, OwnershipHistory
from crm_common.protocol.customer.pool import PoolCustomers, PoolView
from crm_common.protocol.customer.reclaim import ReclaimCandidate, ReclaimPreview
from crm_common.protocol.customer.service import PoolReason
from crm_common.protocol.selection import names
from crm_common.reading import Reader, Where, bind, many, packed
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from customer.store.reclaim import DUE, FREE, RULE
from customer.tables import ownership_change, pool
from customer.views.hands import Hands

IN_TRASH = Where("{t}.holding = 'TRASH'", selective=True)
IN_QUEUE = Where(
    "{t}.holding = 'DEPT_QUEUE' AND EXISTS (SELECT FROM queue_head q"
    " WHERE q.department_id = {t}.queue_department_id AND q.head_id = {me})",
    selective=True,
)
_NAME_OF = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{column}"
_DUE_OF = (
    "SELECT d.{what} FROM "
    + RULE.format(at="{{now}}::timestamptz")
    + " r CROSS JOIN LATERAL "
    + DUE.format(c="{{t}}", r="r")
    + " d WHERE {{t}}.holding = 'OWNED' AND "
    + FREE.format(c="{{t}}")
)
RECLAIM_FIELDS = {
    "reclaim_due_at": _DUE_OF.format(what="due_at"),
    "reclaim_reason": _DUE_OF.format(what="reason"),
}
"""What a customer tells of its reclaim, by the rules of today."""
WARNED = Where(
    "{t}.holding = 'OWNED' AND {t}.owner_id = {me} AND {t}.warned_due_at IS NOT NULL"
    f" AND {{t}}.warned_due_at = ({RECLAIM_FIELDS['reclaim_due_at']})",
    selective=True,
)
"""Whose owner was told of the day that is still to come."""
HISTORY = many("{c}.subject = 'customer/' || {t}.id", order=[ownership_change.c.position.desc()])
"""A customer's ownership history, latest first."""


class _OpenPools:
    """Pools without members are open to everybody with the right; who makes the rules sees all."""

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        return None if actor.kind is ActorKind.SYSTEM or actor.may("pool.rule") else "MEMBER"

    def condition(self, kind: str, _reach: Reach) -> str:
        if kind == "NOBODY":
            return "false"
        return "(cardinality({t}.member_ids) = 0 OR {me} = ANY ({t}.member_ids) OR {me} = ANY ({t}.admin_ids))"

    def owners(self, _kind: str) -> None:
        return None


POOLS = bind(
    PoolView,
    pool,
    fields={"customer_count": "SELECT count(*) FROM customer c WHERE c.holding = 'POOL' AND c.pool_id = {t}.id"},
    scope=_OpenPools(),
    default_order=[pool.c.rank, pool.c.name],
)
OWNERSHIP = bind(
    OwnershipChangeView,
    ownership_change,
    fields={
        "from_owner_name": _NAME_OF.format(column="from_owner_id"),
        "to_owner_name": _NAME_OF.format(column="to_owner_id"),
        "reason": packed("journal_told({t}.id, 'reason', {t}.reason)", unpacked),
    },
    default_order=[ownership_change.c.position.desc()],
)

_PREVIEW = f"""
WITH r AS MATERIALIZED {RULE.format(at="%(at)s")}, due AS MATERIALIZED (
    SELECT c.id, c.name, c.owner_id, c.level, c.region, c.warned_at, c.warned_due_at, d.*
    FROM customer c CROSS JOIN r CROSS JOIN LATERAL {DUE.format(c="c", r="r")} d
    WHERE c.holding = 'OWNED' AND d.due_at <= %(at)s AND {FREE.format(c="c")} AND {{scope}}
)
SELECT due.id, due.name, due.owner_id, e.name, due.level, due.due_at, due.reason, due.since, due.days,
    CASE WHEN due.warned_due_at = due.due_at THEN due.warned_at END, p.id, p.name
FROM due LEFT JOIN employee_ref e ON e.id = due.owner_id JOIN pool p ON p.id = target_pool(due.region, due.owner_id)
WHERE %(after)s::uuid IS NULL OR (due.due_at, due.id) > (SELECT a.due_at, a.id FROM due a WHERE a.id = %(after)s::uuid)
ORDER BY due.due_at, due.id LIMIT %(first)s
"""


def in_pool(query: PoolCustomers) -> Where:
    """The pool, or one pool."""
    if query.pool_id is None:
        return Where("{t}.holding = 'POOL'", selective=True)
    return Where("{t}.holding = 'POOL' AND {t}.pool_id = {pool}", selective=True, pool=query.pool_id)


def without_phone(query: PoolCustomers) -> PoolCustomers:
    """The query, unless it looks for a phone: in the pool nobody does (CUS-18)."""
    if _names_phone(query.filter):
        raise CommonRules.a_field_is_unknown(field="filter.phone", name="phone")
    return query


def history_of(query: OwnershipHistory) -> Where:
    """The changes of one customer."""
    return Where("{t}.subject = {subject}", selective=True, subject=f"customer/{query.customer_id}")


def expect_visible(reader: Reader, customer_id: UUID, context: Context) -> None:
    """``NOT_FOUND`` for a customer that the viewer does not see."""
    if reader.by_ids(CustomerView, [customer_id], names("id"), context) == b"[null]":
        raise CommonRules.the_record_was_not_found(field="customer_id")


def reclaim_preview(host: ServiceHost, context: Context, query: ReclaimPreview) -> list[ReclaimCandidate]:
    """What would go as of a moment, of the customers in the viewer's data scope."""
    actor = context.authenticated()
    hands = Hands()
    kind = hands.kind(actor)
    # who makes the pool's rules sees what they do to everybody
    everything = kind is None or actor.may("pool.rule")
    scope = "true" if everything or kind is None else hands.condition(kind, Reach.MANY)
    values: dict[str, Any] = {
        "at": query.as_of or host.clock.now(),
        "first": query.first,
        "after": query.after,
        "me": actor.id,
        "department": actor.department_id,
    }
    placed = scope.format(t="c", me="%(me)s::uuid", department="%(department)s::uuid")
    rows = host.store.rows(_PREVIEW.format(scope=placed), values)
    return [
        ReclaimCandidate(
            customer_id=row[0], name=row[1], owner_id=row[2], owner_name=row[3], level=row[4], due_at=row[5],
            reason=PoolReason(row[6]), clock_since=row[7], days=row[8], warned_at=row[9],
            pool_id=row[10], pool_name=row[11],
        )
        for row in rows
    ]  # fmt: skip


def _names_phone(condition: Any) -> bool:
    if isinstance(condition, dict):
        return "phone" in condition or any(_names_phone(each) for each in condition.values())
    return isinstance(condition, list | tuple) and any(_names_phone(each) for each in condition)
