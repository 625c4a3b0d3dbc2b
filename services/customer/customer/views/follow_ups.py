"""Follow-ups as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.follow_ups import FollowUps, FollowUpView, InterestView
from crm_common.reading import Where, bind, many, one
from customer.tables import follow_up, interest
from customer.views.through import AS_ITS_CUSTOMER

INTERESTS = bind(
    InterestView,
    interest,
    scope=AS_ITS_CUSTOMER,
    default_order=[interest.c.noted_at.desc()],
)

FOLLOW_UPS = bind(
    FollowUpView,
    follow_up,
    fields={"author_name": "SELECT e.name FROM employee_ref e WHERE e.id = {t}.author_id"},
    children={
        "interests": many(interest.c.follow_up_id, order=[interest.c.name], part=True),
        "customer": one(follow_up.c.customer_id),
    },
    scope=AS_ITS_CUSTOMER,
    default_order=[follow_up.c.created_at.desc()],
)

_IN_HANDS = "EXISTS (SELECT FROM customer h WHERE h.id = {t}.customer_id AND h.holding IN ('OWNED', 'DEPT_QUEUE'))"


def follow_ups_in(query: FollowUps) -> Where:
    """The condition of a list of follow-ups: of one customer, or of all customers in hands."""
    if query.customer_id is not None:
        return Where("{t}.customer_id = {customer_id}", selective=True, customer_id=query.customer_id)
    return Where(_IN_HANDS)
