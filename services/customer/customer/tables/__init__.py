"""The tables; the migrations make them."""

from __future__ import annotations

from customer.tables.customers import customer

__all__ = ["customer"]
