"""Commands about products (SAL-01), and which of them may be sold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET

from crm_common.changes import Change
from crm_common.context import ActorKind
from crm_common.custom_fields import writing
from crm_common.custom_fields.values import check
from crm_common.errors import CommonRules
from crm_common.protocol.sales.prices import SetFloorPrice
from crm_common.protocol.sales.products import (
    CreateProduct,
    ProductRules,
    PutProductOnSale,
    TakeProductOffSale,
    UpdateProduct,
)
from sales.domain import product as domain
from sales.domain.product import Product
from sales.store import products
from sales.store.custom import PRODUCT_CUSTOM


def products_for_sale(change: Change, ids: Sequence[UUID], *, field: str = "lines") -> dict[UUID, Product]:
    """The products by id, all on sale, which they stay until the commit; for whatever sells something new.

    ``field`` is the command's list they come from: a refusal names the place in it, ``lines.2.product_id``.
    """
    found = products.shared(change.connection, ids)
    for place, product_id in enumerate(ids):
        where = f"{field}.{place}.product_id"
        if product_id not in found:
            raise ProductRules.a_product_was_not_found(field=where)
        domain.expect_on_sale(found[product_id], where)
    return found


def create_product(change: Change, command: CreateProduct) -> dict[str, Any]:
    """A new product of the catalogue."""
    actor = change.context.authenticated()
    definitions = writing.current(change, PRODUCT_CUSTOM)
    custom = check(definitions, command.custom)
    product = domain.entered(change.new_id(), command, custom.stored)
    by = actor.id if actor.kind is ActorKind.EMPLOYEE else None
    if not products.insert(change.connection, product, by=by, now=change.now):
        _refuse_code(change, product)
    writing.write(change, PRODUCT_CUSTOM, definitions, {product.id: custom})
    change.record(domain.created(product, custom.changes))
    return {"product": product.id}


def update_product(change: Change, command: UpdateProduct) -> dict[str, Any]:
    """Other data of a product."""
    before = _locked(change, command.id)
    if command.custom is UNSET:
        after, event = domain.updated(before, command, before.custom, {})
    else:
        definitions = writing.current(change, PRODUCT_CUSTOM)
        custom = check(definitions, command.custom, before=before.custom)
        after, event = domain.updated(before, command, custom.stored, custom.changes)
        writing.write(change, PRODUCT_CUSTOM, definitions, {before.id: custom})
    if event is not None:
        if products.named_so(change.connection, after.code, after.id) is not None:
            _refuse_code(change, after)
        products.save(change.connection, after, change.now)
        change.record(event)
    return {"product": after.id}


def put_product_on_sale(change: Change, command: PutProductOnSale) -> dict[str, Any]:
    """It can be offered and ordered."""
    return _switch(change, command, on_sale=True)


def take_product_off_sale(change: Change, command: TakeProductOffSale) -> dict[str, Any]:
    """It cannot be offered or ordered any more."""
    return _switch(change, command, on_sale=False)


def set_floor_price(change: Change, command: SetFloorPrice) -> dict[str, Any]:
    """Below this it is not sold without an approval."""
    after, event = domain.floored(_locked(change, command.id), command.version, command.floor_price)
    if event is not None:
        products.save(change.connection, after, change.now)
        change.record(event)
    return {"product": after.id}


def _switch(change: Change, command: PutProductOnSale | TakeProductOffSale, *, on_sale: bool) -> dict[str, Any]:
    after, event = domain.switched(_locked(change, command.id), command.version, on_sale=on_sale)
    if event is not None:
        products.save(change.connection, after, change.now)
        change.record(event)
    return {"product": after.id}


def _locked(change: Change, product_id: UUID) -> Product:
    found = products.locked(change.connection, product_id)
    if found is None:
        raise CommonRules.the_record_was_not_found(field="id")
    return found


def _refuse_code(change: Change, product: Product) -> None:
    name = products.named_so(change.connection, product.code, product.id)
    if name is None:
        # its code was changed between the two statements: the caller tries again
        raise CommonRules.the_record_was_changed_meanwhile(field="code", current=0)
    raise ProductRules.a_product_code_is_unique(field="code", name=name)
