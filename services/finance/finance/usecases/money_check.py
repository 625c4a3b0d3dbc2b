"""The check that money adds up (BYD-12), part by part: first orders as sales lists them, then receivables."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.protocol.finance.verifying import MoneyCheck, VerifyMoney
from crm_common.runtime.host import ServiceHost
from finance.adapters import ledger
from finance.domain import adding_up
from finance.store import adding_up as store

_ORDERS, _RECEIVABLES = "orders", "receivables"
_FIRST = UUID(int=0)


def check(host: ServiceHost, context: Context, query: VerifyMoney) -> MoneyCheck:
    """The part that the query asks for; ``context`` is finance's own."""
    part, after = _place(query.after)
    if part == _ORDERS:
        return _orders(host, context, after, query.first)
    found = store.page(host.store, after, query.first)
    differences = tuple(each for owed in found for each in adding_up.of_receivable(owed))
    more = f"{_RECEIVABLES}:{found[-1].id}" if len(found) == query.first else None
    return MoneyCheck(orders=0, receivables=len(found), differences=differences, next=more)


def parts(host: ServiceHost, context: Context) -> Iterator[tuple[str | None, MoneyCheck]]:
    """All parts, each with where it begins."""
    begin: str | None = None
    while True:
        found = check(host, context, VerifyMoney(after=begin))
        yield begin, found
        if found.next is None:
            return
        begin = found.next


def _orders(host: ServiceHost, context: Context, after: UUID, first: int) -> MoneyCheck:
    page = ledger.orders(host.client, context, after, first)
    is_last = len(page) < first
    until = None if is_last else page[-1].order_id
    owed = {each.order_id: each for each in store.between(host.store, after, until)}
    signed = store.contracts(host.store, [each.contract_id for each in page if each.contract_id])
    differences = [
        difference
        for each in page
        for difference in adding_up.of_order(
            each, owed.pop(each.order_id, None), signed.get(each.contract_id) if each.contract_id else None
        )
    ]
    differences += [adding_up.of_nothing(each) for each in owed.values()]
    more = f"{_RECEIVABLES}:{_FIRST}" if is_last else f"{_ORDERS}:{page[-1].order_id}"
    return MoneyCheck(orders=len(page), receivables=0, differences=tuple(differences), next=more)


def _place(after: str | None) -> tuple[str, UUID]:
    if after is None:
        return _ORDERS, _FIRST
    part, _, key = after.partition(":")
    try:
        found = UUID(key)
    except ValueError as broken:
        raise CommonRules.a_value_has_the_wrong_shape(field="after", problem="not of this check") from broken
    if part not in (_ORDERS, _RECEIVABLES):
        raise CommonRules.a_value_has_the_wrong_shape(field="after", problem="not of this check")
    return part, found
