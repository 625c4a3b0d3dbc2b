"""Saved views as they are shown: to whom they belong, and to nobody else."""

from __future__ import annotations

from crm_common.protocol.customer.views_saved import SavedViewView
from crm_common.reading import bind
from customer.tables import saved_view

SAVED = bind(SavedViewView, saved_view, where="{t}.employee_id = {me}", default_order=[saved_view.c.name])
