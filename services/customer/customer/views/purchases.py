"""Purchases as they are shown: to whoever sees the customer."""

from __future__ import annotations

from crm_common.protocol.customer.purchases import PurchasedProductView, Purchases, PurchaseView
from crm_common.reading import Where, bind, one
from customer.tables import purchase, purchased_product
from customer.views.through import AS_ITS_CUSTOMER

PURCHASES = bind(
    PurchaseView,
    purchase,
    children={"customer": one(purchase.c.customer_id)},
    scope=AS_ITS_CUSTOMER,
    default_order=[purchase.c.bought_at.desc()],
)
PURCHASED_PRODUCTS = bind(
    PurchasedProductView,
    purchased_product,
    scope=AS_ITS_CUSTOMER,
    default_order=[purchased_product.c.last_at.desc()],
)


def purchases_of(query: Purchases) -> Where | None:
    """Those of the customer who is asked for."""
    if query.customer_id is None:
        return None
    return Where("{t}.customer_id = {customer}", selective=True, customer=query.customer_id)
