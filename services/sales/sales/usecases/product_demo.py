"""The catalogue of the demo company and what its salespeople quoted, through the real use cases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from crm_common.changes import Change
from crm_common.days import day_of
from crm_common.protocol.sales.prices import CreatePriceList, PricedProduct, PriceListKind, SetFloorPrice
from crm_common.protocol.sales.products import CreateProduct, ProductKind, ProductRisk
from crm_common.protocol.sales.products_demo import DemoBuyer, LoadDemoProducts, LoadDemoQuotes
from crm_common.protocol.sales.quotes import QuoteApproval, QuotedProduct, QuoteState
from crm_common.protocol.sales.quotes_events import QuoteAccepted, QuoteCreated, QuoteRejected
from sales.domain import pricing
from sales.domain import quote as domain
from sales.domain.pricing import Buyer
from sales.domain.quote import Quote
from sales.store import prices, products, quotes
from sales.usecases.prices import create_price_list
from sales.usecases.products import create_product, set_floor_price

_GOODS, _SERVICE, _INVESTMENT = ProductKind
# code, name, kind, category, unit, list price, cost, term in months, risk
_CATALOGUE: tuple[tuple[Any, ...], ...] = (
    ("FUND-001", "稳健一号债券基金", _INVESTMENT, "基金", "份", "1.05", None, None, ProductRisk.R2),
    ("FUND-002", "成长优选混合基金", _INVESTMENT, "基金", "份", "1.68", None, None, ProductRisk.R3),
    ("FUND-003", "科创主题股票基金", _INVESTMENT, "基金", "份", "2.31", None, None, ProductRisk.R4),
    ("TRUST-001", "华信安泰集合资金信托计划", _INVESTMENT, "信托", "份", "1000000", None, 24, ProductRisk.R3),
    ("TRUST-002", "家族传承信托", _INVESTMENT, "信托", "份", "3000000", None, 120, ProductRisk.R2),
    ("INS-001", "金享年金保险", _INVESTMENT, "保险", "份", "50000", None, 120, ProductRisk.R1),
    ("INS-002", "安心终身寿险", _INVESTMENT, "保险", "份", "20000", None, None, ProductRisk.R1),
    ("DEP-001", "结构性存款（挂钩黄金）", _INVESTMENT, "存款", "份", "10000", None, 6, ProductRisk.R2),
    ("CNC-001", "CK6150 数控车床", _GOODS, "机床", "台", "168000", "121000", None, None),
    ("CNC-002", "VMC850 立式加工中心", _GOODS, "机床", "台", "398000", "302000", None, None),
    ("LAS-001", "6kW 光纤激光切割机", _GOODS, "激光设备", "台", "560000", "430000", None, None),
    ("ROB-001", "六轴焊接机器人工作站", _GOODS, "机器人", "套", "286000", "208000", None, None),
    ("SRV-001", "设备安装调试", _SERVICE, "服务", "次", "8000", "4500", None, None),
    ("SRV-002", "年度保养服务", _SERVICE, "服务", "年", "26000", "14000", None, None),
)
_FLOOR_SHARE = Decimal("0.9")
_LEVEL_SHARE, _SALE_SHARE = Decimal("0.96"), Decimal("0.92")
_STATES = (QuoteState.SENT, QuoteState.DRAFT, QuoteState.ACCEPTED, QuoteState.SENT, QuoteState.REJECTED)
_SHARES = (Decimal(0), Decimal("0.03"), Decimal("0.05"))


def load_demo_products(change: Change, _command: LoadDemoProducts) -> dict[str, Any]:
    """The catalogue, its floors, prices for good customers and a promotion."""
    if products.exist(change.connection):
        return {"loaded": 0}
    machines = []
    for code, name, kind, category, unit, price, cost, months, risk in _CATALOGUE:
        given: dict[str, Any] = {"code": code, "name": name, "kind": kind, "category": category, "unit": unit}
        given |= {"list_price": Decimal(price), "term_months": months, "risk": risk}
        product_id = create_product(change, CreateProduct(**given, cost=Decimal(cost) if cost else None))["product"]
        if kind is _GOODS:
            machines.append((product_id, Decimal(price)))
            floor = (Decimal(price) * _FLOOR_SHARE).quantize(Decimal(1))
            set_floor_price(change, SetFloorPrice(id=product_id, version=1, floor_price=floor))
    today = day_of(change.settings, change.now)
    lists = (
        CreatePriceList(name="重点客户价", levels=("a", "vip"), entries=_share_of(machines, _LEVEL_SHARE)),
        CreatePriceList(
            name="年末促销",
            kind=PriceListKind.PROMOTION,
            starts_on=today,
            ends_on=today + timedelta(days=60),
            entries=_share_of(machines[:2], _SALE_SHARE),
        ),
    )
    for each in lists:
        create_price_list(change, each)
    return {"loaded": len(_CATALOGUE)}


def load_demo_quotes(change: Change, command: LoadDemoQuotes) -> dict[str, Any]:
    """A quote for each of the customers."""
    if quotes.exist(change.connection):
        return {"loaded": 0}
    ids = products.on_sale(change.connection)
    for place, (buyer, state) in enumerate(zip(command.buyers, cycle(_STATES), strict=False)):
        some = (ids[place % len(ids)], ids[(place * 5 + 3) % len(ids)])
        given = tuple(
            QuotedProduct(product_id=each, quantity=Decimal(1 + place % 3), discount=_SHARES[place % 3])
            for each in dict.fromkeys(some)
        )
        _quote(change, buyer, given, state)
    return {"loaded": len(command.buyers)}


def _quote(change: Change, buyer: DemoBuyer, given: tuple[QuotedProduct, ...], state: QuoteState) -> None:
    today = day_of(change.settings, change.now)
    known = products.shared(change.connection, [each.product_id for each in given])
    offers = prices.offers(change.connection, known, today)
    explained = [
        pricing.explained(known[each.product_id], offers.get(each.product_id, ()), Buyer(), each.quantity)
        for each in given
    ]
    empty = Quote(
        id=change.new_id(), number=quotes.next_number(change.connection, today), customer_id=buyer.customer_id,
        opportunity_id=None, owner_id=buyer.owner_id, currency=explained[0].currency, valid_until=None,
        terms="含税含运费，合同签订后 30 天内付款。", lines=(),
    )  # fmt: skip
    quote = domain.with_lines(empty, domain.lines_of(given, known, explained), empty.currency)
    quotes.insert(change.connection, quote, change.now, change.new_id)
    change.record(domain.told(QuoteCreated, None, quote))
    if state is QuoteState.DRAFT or quote.approval is QuoteApproval.NEEDED:
        return
    sent = domain.sent(quote, quote.version, now=change.now, valid_until=domain.last_day(quote, today, 30))
    quotes.save(change.connection, quote, sent, change.now, change.new_id)
    change.record(domain.told_sent(quote, sent))
    if state is QuoteState.ACCEPTED:
        after = domain.accepted(sent, now=change.now, today=today)
        change.record(domain.told(QuoteAccepted, sent, after))
    elif state is QuoteState.REJECTED:
        after = domain.rejected(sent, now=change.now, reason="价格高于预算")
        change.record(domain.told(QuoteRejected, sent, after))
    else:
        return
    quotes.save(change.connection, sent, after, change.now, change.new_id)


def _share_of(machines: list[tuple[Any, Decimal]], share: Decimal) -> tuple[PricedProduct, ...]:
    return tuple(
        PricedProduct(product_id=product_id, price=(price * share).quantize(Decimal(1)))
        for product_id, price in machines
    )
