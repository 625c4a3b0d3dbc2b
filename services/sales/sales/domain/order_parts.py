"""What an order consists of: its lines, priced to the cent, and the payments its vouchers show. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from crm_common.money import is_amount, rounded
from crm_common.protocol.sales.orders_commands import OrderedItem, PaymentVoucher
from crm_common.protocol.sales.orders_rules import OrderRules
from crm_common.protocol.sales.products import ProductRules
from sales.domain.order import OrderLine, Voucher
from sales.domain.product import Product

VOUCHER_KINDS = frozenset({"image/jpeg", "image/png", "application/pdf"})
_FINEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file, as the documents service knows it."""

    id: UUID
    content_type: str
    sha256: str


def priced(
    given: Collection[OrderedItem], products: Mapping[UUID, Product], currency: str, new_id: Callable[[], UUID]
) -> tuple[OrderLine, ...]:
    """The lines, each of a product on sale (SAL-01), with what it comes to."""
    return tuple(_line(place, each, products, currency, new_id()) for place, each in enumerate(given))


def _line(place: int, given: OrderedItem, products: Mapping[UUID, Product], currency: str, line_id: UUID) -> OrderLine:
    at = f"lines.{place}"
    product = products.get(given.product_id)
    if product is None:
        raise ProductRules.a_product_was_not_found(field=f"{at}.product_id")
    if not product.on_sale:
        raise ProductRules.a_product_is_not_on_sale(field=f"{at}.product_id", name=product.name)
    if product.currency != currency:
        raise OrderRules.an_order_has_one_currency(
            field=f"{at}.product_id", name=product.name, currency=product.currency
        )
    price = product.list_price if given.price is None else given.price
    if not (is_amount(price) and _is_share(given.discount) and _is_quantity(given.quantity)):
        raise OrderRules.a_line_is_of_an_amount(field=at)
    if given.starts_on and given.ends_on and given.ends_on < given.starts_on:
        raise OrderRules.a_service_begins_before_it_ends(field=f"{at}.ends_on")
    amount = rounded(given.quantity * price * (1 - given.discount))
    if not is_amount(amount):
        raise OrderRules.a_line_is_of_an_amount(field=at)
    return OrderLine(
        id=line_id,
        product_id=product.id,
        name=product.name,
        unit=product.unit,
        quantity=given.quantity,
        price=price,
        discount=given.discount,
        amount=amount,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
    )


def paid(
    given: Collection[PaymentVoucher],
    pictures: Mapping[UUID, Picture],
    *,
    currency: str,
    today: date,
    new_id: Callable[[], UUID],
) -> tuple[Voucher, ...]:
    """The payments, each with a picture of its own: jpg, png or pdf (DOC-09)."""
    if len({each.document_id for each in given}) < len(given):
        raise OrderRules.a_voucher_is_given_once(field="vouchers")
    for place, each in enumerate(given):
        _expect_paid(f"vouchers.{place}", each, pictures.get(each.document_id), today)
    return tuple(
        Voucher(
            id=new_id(),
            document_id=each.document_id,
            sha256=pictures[each.document_id].sha256,
            amount=each.amount,
            currency=currency,
            paid_on=each.paid_on,
        )
        for each in given
    )


def _expect_paid(at: str, given: PaymentVoucher, picture: Picture | None, today: date) -> None:
    if picture is None:
        raise OrderRules.a_voucher_was_not_found(field=f"{at}.document_id")
    if picture.content_type not in VOUCHER_KINDS:
        raise OrderRules.a_voucher_is_a_picture_or_pdf(field=f"{at}.document_id")
    if not (is_amount(given.amount) and given.amount > 0 and given.paid_on <= today):
        raise OrderRules.a_voucher_is_of_an_amount(field=at)


def _is_share(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= 1 and value == value.quantize(_FINEST)


def _is_quantity(value: Decimal) -> bool:
    return value.is_finite() and 0 < value < Decimal("1e9") and value == value.quantize(_FINEST)
