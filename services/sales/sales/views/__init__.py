"""What sales shows: each view bound to its table."""

from __future__ import annotations

from sales.views.items import ITEMS

BINDINGS = (ITEMS,)
