"""The lists of customers in private hands, narrowed by a part of the name and by tags."""

from __future__ import annotations

from typing import Any

from crm_common.protocol.customer.course import HotCustomers
from crm_common.protocol.customer.customers import Customers, MyCustomers
from crm_common.protocol.customer.sharing import SharedCustomers
from crm_common.reading import Where
from customer.domain.names import folded, sought

_IN_HANDS = "{t}.holding IN ('OWNED', 'DEPT_QUEUE')"
_MINE = "{t}.holding = 'OWNED' AND {t}.owner_id = {me}"
_SHARED = (
    "{t}.holding = 'OWNED' AND EXISTS (SELECT FROM customer_share s WHERE s.customer_id = {t}.id"
    " AND s.employee_id = {me} AND s.owned_since = {t}.owned_since)"
)
# the terms find the few rows by their index, the text itself decides
_NAMED = "{t}.name_terms @> {terms} AND position({part} in replace({t}.name_fold, ' ', '')) > 0"
_TAGGED = "{t}.tags @> {tags}"


def in_hands(query: Customers) -> Where:
    """Customers in somebody's name or a queue."""
    return _narrowed(_IN_HANDS, query)


def mine(query: MyCustomers) -> Where:
    """The viewer's own."""
    return _narrowed(_MINE, query)


def hot(_query: HotCustomers) -> Where:
    """The viewer's own that he flagged."""
    return Where(f"{_MINE} AND {{t}}.hot")


def shared(_query: SharedCustomers) -> Where:
    """What colleagues share with the viewer."""
    return Where(_SHARED, selective=True)


def _narrowed(sql: str, query: Customers | MyCustomers) -> Where:
    values: dict[str, Any] = {}
    if query.name and (part := folded(query.name).replace(" ", "")):
        sql += f" AND {_NAMED}"
        values |= {"terms": sought(part), "part": part}
    if query.tags:
        sql += f" AND {_TAGGED}"
        values["tags"] = list(query.tags)
    return Where(sql, **values)
