"""The tables; the migrations make them."""

from __future__ import annotations

from customer.tables.customers import customer
from customer.tables.pool import ownership_change, pool

__all__ = ["customer", "ownership_change", "pool"]
