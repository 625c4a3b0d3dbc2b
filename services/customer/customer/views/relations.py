"""Relations, needs and important dates as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.relations import ImportantDateView, Needs, NeedView, RelationView
from crm_common.reading import Where, bind, one
from customer.tables import important_date, need, relation
from customer.views.through import AS_ITS_CUSTOMER

RELATIONS = bind(
    RelationView,
    relation,
    children={"other": one(relation.c.other_id)},
    scope=AS_ITS_CUSTOMER,
    default_order=[relation.c.kind, relation.c.created_at],
)
NEEDS = bind(NeedView, need, scope=AS_ITS_CUSTOMER, default_order=[need.c.created_at.desc()])
IMPORTANT_DATES = bind(ImportantDateView, important_date, scope=AS_ITS_CUSTOMER, default_order=[important_date.c.day])

_IN_HANDS = "EXISTS (SELECT FROM customer h WHERE h.id = {t}.customer_id AND h.holding IN ('OWNED', 'DEPT_QUEUE'))"


def needs_in(query: Needs) -> Where:
    """The condition of a list of needs: of one customer, or of all customers in hands."""
    if query.customer_id is not None:
        return Where("{t}.customer_id = {customer_id}", selective=True, customer_id=query.customer_id)
    return Where(_IN_HANDS)
