"""Products have fields that the company defines itself (CFD-01 … 03)."""

from __future__ import annotations

from crm_common.custom_fields.entity import Entity
from crm_common.protocol.sales.products import PRODUCT_FIELDS
from sales.tables.products import product

PRODUCT_CUSTOM = Entity(PRODUCT_FIELDS, product)
