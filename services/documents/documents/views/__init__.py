"""What documents shows: each view bound to its table."""

from __future__ import annotations

from documents.views.items import ITEMS

BINDINGS = (ITEMS,)
