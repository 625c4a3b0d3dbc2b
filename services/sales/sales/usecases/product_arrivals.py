"""Imports of products (IOX-01): a row becomes a product, or other data of the one that has its code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.changes import Change
from crm_common.custom_fields import writing
from crm_common.custom_fields.sheets import custom_values, plain_values
from crm_common.errors import CrmError
from crm_common.exchange.rows import ReadRow
from crm_common.imports import Batch, Outcome, RowResult
from crm_common.protocol.importing import DuplicatePolicy
from crm_common.protocol.sales.products import CreateProduct, ProductRules, UpdateProduct
from crm_common.protocol.sales.products_exchange import ExchangeOfProductsRules, ProductDeleted
from sales.store import products
from sales.store.custom import PRODUCT_CUSTOM
from sales.usecases.products import create_product, update_product


def write_products(change: Change, batch: Batch) -> list[RowResult]:
    """Products, one by one; whatever a row is refused for, nothing of it is kept."""
    change.require("product.import")
    return [_entered(change, batch, row) for row in batch.rows]


def take_back(change: Change, ids: Sequence[UUID]) -> list[CrmError | None]:
    """Remove what an import brought and nobody has changed, priced or offered since."""
    gone = {each.id: each for each in products.take_back(change.connection, ids)}
    writing.forget(change, writing.current(change, PRODUCT_CUSTOM), gone)
    for each in gone.values():
        told = {"product_id": each.id, "code": each.code, "name": each.name, "on_sale": each.on_sale}
        change.record(ProductDeleted(**told, changes={"code": (each.code, None)}))
    return [None if each in gone else ExchangeOfProductsRules.the_product_was_worked_with() for each in ids]


def _entered(change: Change, batch: Batch, row: ReadRow) -> RowResult:
    there = products.coded(change.connection, str(row.values["code"]))
    if there is not None:
        return _met(change, batch, row, there)
    made: UUID = create_product(change, codec.from_builtins(_told(row), CreateProduct))["product"]
    return RowResult(row.number, Outcome.CREATED, made)


def _met(change: Change, batch: Batch, row: ReadRow, there: products.Coded) -> RowResult:
    """What becomes of a row whose product is there already; blanks overwrite nothing."""
    if batch.policy is not DuplicatePolicy.UPDATE:
        outcome = Outcome.FAILED if batch.policy is DuplicatePolicy.FAIL else Outcome.SKIPPED
        return RowResult(row.number, outcome, why=ProductRules.a_product_code_is_unique(field="code", name=there.name))
    told = _told(row) | {"id": str(there.id), "version": there.version}
    # its code stays as it was written first; whether it is on sale is a step of its own
    for name in ("code", "on_sale"):
        told.pop(name, None)
    update_product(change, codec.from_builtins(told, UpdateProduct))
    return RowResult(row.number, Outcome.UPDATED, there.id)


def _told(row: ReadRow) -> dict[str, Any]:
    custom = custom_values(row)
    return plain_values(row) | ({"custom": custom} if custom else {})
