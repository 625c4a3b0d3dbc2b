"""Price lists as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from crm_common.protocol.sales.prices import PricedProduct, PriceListKind
from crm_common.statements import insertion, statement, update, written
from crm_common.text_order import pinyin_key
from sales.domain.pricing import Offer, PriceList
from sales.tables.prices import price_list

_LOCKED = statement(sa.select(price_list).where(price_list.c.id == sa.bindparam("id")).with_for_update())
_INSERT, _SAVE = insertion(price_list), update(price_list, "created_at")
_ENTRIES = written(
    "SELECT product_id, min_quantity, price FROM price_entry WHERE price_list_id = %(id)s::uuid"
    " ORDER BY product_id, min_quantity"
)
_CLEAR = written("DELETE FROM price_entry WHERE price_list_id = %(id)s::uuid")
_ENTER = written("""
INSERT INTO price_entry (id, price_list_id, product_id, min_quantity, price)
SELECT g.id, %(list)s::uuid, g.product_id, g.min_quantity, g.price
FROM unnest(%(ids)s::uuid[], %(products)s::uuid[], %(quantities)s::numeric[], %(prices)s::numeric[])
    AS g(id, product_id, min_quantity, price)
""")
_OFFERS = written("""
SELECT e.product_id, l.id AS price_list_id, l.name, l.kind, l.levels, l.regions, e.min_quantity, e.price
FROM price_entry e JOIN price_list l ON l.id = e.price_list_id
WHERE e.product_id = ANY(%(products)s::uuid[]) AND l.active
    AND (l.starts_on IS NULL OR l.starts_on <= %(on)s::date) AND (l.ends_on IS NULL OR l.ends_on >= %(on)s::date)
""")


def locked(connection: sa.Connection, list_id: UUID) -> PriceList | None:
    """The price list with its prices, locked until the commit."""
    found = _LOCKED.first(connection, id=list_id)
    if found is None:
        return None
    entries = tuple(PricedProduct(**each._asdict()) for each in _ENTRIES.rows(connection, id=list_id))
    return PriceList(
        id=found.id,
        name=found.name,
        kind=PriceListKind(found.kind),
        levels=tuple(found.levels),
        regions=tuple(found.regions),
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        active=found.active,
        entries=entries,
        version=found.version,
    )


def insert(connection: sa.Connection, made: PriceList, now: datetime, new_id: Callable[[], UUID]) -> None:
    """Add a price list."""
    _INSERT.run(connection, **_row(made, now), created_at=now)
    _enter(connection, made, new_id)


def save(connection: sa.Connection, changed: PriceList, now: datetime, new_id: Callable[[], UUID]) -> None:
    """Keep a price list as it is now, its prices whole."""
    _SAVE.run(connection, **_row(changed, now))
    _CLEAR.run(connection, id=changed.id)
    _enter(connection, changed, new_id)


def offers(connection: sa.Connection, products: Iterable[UUID], on: date) -> dict[UUID, list[Offer]]:
    """The prices of all lists that hold on the day, by product."""
    found: dict[UUID, list[Offer]] = {}
    for row in _OFFERS.rows(connection, products=sorted(set(products)), on=on):
        known = row._asdict()
        product_id = known.pop("product_id")
        typed = {"kind": PriceListKind(row.kind), "levels": tuple(row.levels), "regions": tuple(row.regions)}
        found.setdefault(product_id, []).append(Offer(**known | typed))
    return found


def _row(made: PriceList, now: datetime) -> dict[str, Any]:
    row = asdict(made)
    del row["entries"]
    lists = {"levels": list(made.levels), "regions": list(made.regions)}
    return row | lists | {"name_key": pinyin_key(made.name), "updated_at": now}


def _enter(connection: sa.Connection, made: PriceList, new_id: Callable[[], UUID]) -> None:
    if made.entries:
        _ENTER.run(
            connection,
            list=made.id,
            ids=[new_id() for _ in made.entries],
            products=[each.product_id for each in made.entries],
            quantities=[each.min_quantity for each in made.entries],
            prices=[each.price for each in made.entries],
        )
