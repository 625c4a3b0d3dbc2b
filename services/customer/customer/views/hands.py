"""Whose customers somebody sees: by owner in private hands, by right and membership in pool, queue and trash."""

from __future__ import annotations

from crm_common.context import Actor, ActorKind
from crm_common.projections.employees import employee_ref
from crm_common.reading import by_owner
from crm_common.reading.scope import Reach
from customer.tables import customer

_PRIVATE = ("customer.view", "customer.view_team", "customer.view_card")
_POOL = ("pool.view", "pool.claim", "pool.assign")
_TRASH = ("pool.discard", "pool.restore", "customer.purge")

_OWNED = by_owner("customer", owner=customer.c.owner_id, people=employee_ref)
_IN_POOL = """({t}.holding = 'POOL' AND EXISTS (SELECT FROM pool o WHERE o.id = {t}.pool_id
    AND (cardinality(o.member_ids) = 0 OR {me} = ANY (o.member_ids) OR {me} = ANY (o.admin_ids))))"""
# collaborators (CUS-48): shares count for as long as the owner who gave them holds the customer
_SHARED = """({t}.holding = 'OWNED' AND EXISTS (SELECT FROM customer_share s WHERE s.customer_id = {t}.id
    AND s.employee_id = {me} AND s.owned_since = {t}.owned_since))"""
_IN_QUEUE = """({t}.holding = 'DEPT_QUEUE' AND EXISTS (SELECT FROM queue_head h
    WHERE h.department_id = {t}.queue_department_id AND h.head_id = {me}))"""


class Hands:
    """The scope of customers. Lists of private customers name their holding themselves and stay with the owner alone;

    record by record (and in lists that say ``selective``: pool, trash, queue) the other holdings count too.
    """

    def kind(self, actor: Actor | None) -> str | None:
        """``<level>+<further holdings>``; None for the system."""
        if actor is None:
            return "NOBODY"
        if actor.kind is ActorKind.SYSTEM:
            return None
        level = (_OWNED.kind(actor) or "ALL") if any(map(actor.may, _PRIVATE)) else "NONE"
        pool = "P" if any(map(actor.may, _POOL)) else ""
        trash = "T" if any(map(actor.may, _TRASH)) else ""
        erased = "E" if actor.may("customer.erase") else ""
        return f"{level}+{pool}{trash}{erased}"

    def condition(self, kind: str, reach: Reach) -> str:
        """See `crm_common.reading.scope.Scope`."""
        seen = self._seen(kind, reach)
        return f"({seen} OR {_merged_into(seen)})" if reach is Reach.PROBE else seen

    def _seen(self, kind: str, reach: Reach) -> str:
        level, _, further = kind.partition("+")
        if level == "NOBODY":
            return "false"
        seen = _private(level, reach)
        if reach is not Reach.PROBE:
            return seen
        seen += f" OR {_SHARED} OR {_IN_QUEUE}" if level != "NONE" else ""
        seen += f" OR {_IN_POOL}" if "P" in further else ""
        seen += " OR {t}.holding = 'TRASH'" if "T" in further else ""
        # there is nobody in it any more; who erases sees that it is so
        seen += " OR {t}.holding = 'ERASED'" if "E" in further else ""
        return f"({seen})"

    def owners(self, kind: str) -> str | None:
        """See `crm_common.reading.scope.Scope`."""
        level = kind.partition("+")[0]
        return None if level in ("NOBODY", "NONE", "ALL") else _OWNED.owners(level)


def _merged_into(seen: str) -> str:
    """A merged customer is seen by whoever sees what it went into (BYD-11)."""
    survivor = "m.id = merge_survivor({t}.id) AND m.holding <> 'MERGED'"
    return (
        f"({{t}}.holding = 'MERGED' AND EXISTS (SELECT FROM customer m WHERE {survivor}"
        f" AND ({seen.replace('{t}', 'm')})))"
    )


def _private(level: str, reach: Reach) -> str:
    if level == "NONE":
        return "false"
    if level == "ALL":
        return "{t}.holding IN ('OWNED', 'DEPT_QUEUE')"
    return _OWNED.condition(level, reach)
