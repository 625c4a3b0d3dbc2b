"""The scope of what belongs to a customer: it is seen by whoever sees the customer."""

from __future__ import annotations

from crm_common.context import Actor
from crm_common.reading import Scope
from crm_common.reading.scope import Reach
from customer.views.customers import CUSTOMERS


class ThroughCustomer:
    """Rows with a ``customer_id`` (or other ``column``), in the scope of that customer's own view."""

    def __init__(self, scope: Scope, column: str = "customer_id") -> None:
        self._scope = scope
        self._column = column

    def by(self, column: str) -> ThroughCustomer:
        """The same for rows that name the customer in another column."""
        return ThroughCustomer(self._scope, column)

    def kind(self, actor: Actor | None) -> str | None:
        return self._scope.kind(actor)

    def condition(self, kind: str, reach: Reach) -> str:
        # {t} of the customer's own condition is the customer here
        seen = self._scope.condition(kind, reach).replace("{t}", "of_customer")
        return f"EXISTS (SELECT FROM customer of_customer WHERE of_customer.id = {{t}}.{self._column} AND {seen})"

    def owners(self, kind: str) -> str | None:
        return self._scope.owners(kind)


assert CUSTOMERS.scope is not None
AS_ITS_CUSTOMER = ThroughCustomer(CUSTOMERS.scope)
"""One for all views: what an actor's scope is need be asked once."""
AS_ITS_SURVIVOR = AS_ITS_CUSTOMER.by("survivor_id")
"""Merges are seen by whoever sees the customer that was kept."""

NUMBER_IS_SEEN = """
EXISTS (SELECT FROM customer of_number WHERE of_number.id = {t}.customer_id AND of_number.owner_id IS NOT NULL
    AND (of_number.owner_id = {me} OR {may:customer.phone.view_all} OR EXISTS (
        SELECT FROM customer_share s WHERE s.customer_id = of_number.id AND s.employee_id = {me}
        AND s.sees_phone AND s.owned_since = of_number.owned_since)))
"""
"""Who sees a number of a customer in full: its owner and whom he lets (CUS-48); in the pool nobody."""

NUMBER_IS_NOTED = """
{may:customer.phone.view_all} AND EXISTS (SELECT FROM customer of_number
    WHERE of_number.id = {t}.customer_id AND of_number.owner_id <> {me})
"""
"""Whose sight of a number in full is an event (CUS-14): whoever is not its owner."""
