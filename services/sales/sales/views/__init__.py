"""What sales shows: each view bound to its table."""

from __future__ import annotations

from crm_common.custom_fields import reading
from sales.store.custom import PRODUCT_CUSTOM
from sales.views.products import PRODUCTS

BINDINGS = (
    PRODUCTS,
    *reading.bindings(PRODUCT_CUSTOM),
)
