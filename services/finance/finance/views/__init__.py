"""What finance shows: each view bound to its table."""

from __future__ import annotations

from finance.views.items import ITEMS

BINDINGS = (ITEMS,)
