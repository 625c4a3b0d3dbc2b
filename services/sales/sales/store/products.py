"""Products as rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_common.columns import Ids
from crm_common.protocol.sales.products import ProductKind, ProductRisk
from crm_common.statements import statement, update, written
from crm_common.text_order import pinyin_key
from sales.domain.product import Product
from sales.tables.products import product

_READ = sa.select(*(product.c[each.name] for each in fields(Product)))
_LOCKED = statement(_READ.where(product.c.id == sa.bindparam("id")).with_for_update())
_SHARED = statement(
    # one order for all: two that sell the same products never wait for one another in a circle
    _READ.where(product.c.id == sa.any_(sa.bindparam("ids", type_=Ids)))
    .order_by(product.c.id)
    .with_for_update(read=True)
)
_INSERT = statement(
    postgresql.insert(product)
    .values({column.name: sa.bindparam(column.name, type_=column.type) for column in product.columns})
    .on_conflict_do_nothing(index_elements=["code_fold"])
    .returning(product.c.id)
)
_SAVE = update(product, "created_by", "created_at")
_NAMED_SO = statement(
    sa.select(product.c.name).where(
        product.c.code_fold == sa.bindparam("code_fold"), product.c.id != sa.bindparam("other_than")
    )
)
_CODED = statement(
    sa.select(product.c.id, product.c.name, product.c.version).where(product.c.code_fold == sa.bindparam("code_fold"))
)
_ANY = written("SELECT id FROM product LIMIT 1")
_ON_SALE = written("SELECT id FROM product WHERE on_sale ORDER BY code LIMIT 1000")
# version 1: nobody has changed it
_TAKE_BACK = written("""
DELETE FROM product p WHERE p.id = ANY(%(ids)s::uuid[]) AND p.version = 1
    AND NOT EXISTS (SELECT FROM price_entry o WHERE o.product_id = p.id)
    AND NOT EXISTS (SELECT FROM quote_line o WHERE o.product_id = p.id)
    AND NOT EXISTS (SELECT FROM order_line o WHERE o.product_id = p.id)
RETURNING p.id, p.code, p.name, p.on_sale
""")


class Coded(NamedTuple):
    """A product that has a code."""

    id: UUID
    name: str
    version: int


def folded(code: str) -> str:
    """What makes two codes the same."""
    return unicodedata.normalize("NFKC", code).casefold()


def locked(connection: sa.Connection, product_id: UUID) -> Product | None:
    """The product, locked until the commit."""
    found = _LOCKED.first(connection, id=product_id)
    return None if found is None else _product(found)


def shared(connection: sa.Connection, ids: Iterable[UUID]) -> dict[UUID, Product]:
    """The products by id; until the commit they stay as they are, while others may read them so too."""
    return {row.id: _product(row) for row in _SHARED.rows(connection, ids=sorted(set(ids)))}


def insert(connection: sa.Connection, added: Product, *, by: UUID | None, now: datetime) -> bool:
    """Add a product; False when its code is another's (whoever was first has committed)."""
    made = {"created_by": by, "created_at": now}
    return _INSERT.first(connection, **_row(added, now), **made) is not None


def save(connection: sa.Connection, changed: Product, now: datetime) -> None:
    """Keep what changed of a product."""
    _SAVE.run(connection, **_row(changed, now))


def named_so(connection: sa.Connection, code: str, other_than: UUID) -> str | None:
    """The name of another product that has the code."""
    found = _NAMED_SO.first(connection, code_fold=folded(code), other_than=other_than)
    return None if found is None else str(found.name)


def exist(connection: sa.Connection) -> bool:
    """Whether there is any product."""
    return bool(_ANY.rows(connection))


def on_sale(connection: sa.Connection) -> list[UUID]:
    """What can be offered, by code."""
    return [row.id for row in _ON_SALE.rows(connection)]


def of_codes(connection: sa.Connection, codes: Iterable[str]) -> dict[str, UUID]:
    """The products with these codes, by code."""
    found = connection.exec_driver_sql("SELECT code, id FROM product WHERE code = ANY(%s)", (list(codes),))
    return {row.code: row.id for row in found}


def coded(connection: sa.Connection, code: str) -> Coded | None:
    """The product that has the code."""
    found = _CODED.first(connection, code_fold=folded("".join(code.split())))
    return None if found is None else Coded(*found)


def take_back(connection: sa.Connection, ids: Iterable[UUID]) -> list[Any]:
    """Remove those of the products that nobody has touched; what they were."""
    return _TAKE_BACK.rows(connection, ids=sorted(set(ids)))


def _row(changed: Product, now: datetime) -> dict[str, Any]:
    derived = {"code_fold": folded(changed.code), "name_key": pinyin_key(changed.name), "updated_at": now}
    return asdict(changed) | {"picture_ids": list(changed.picture_ids)} | derived


def _product(row: Any) -> Product:
    typed = {
        "kind": ProductKind(row.kind),
        "risk": None if row.risk is None else ProductRisk(row.risk),
        "picture_ids": tuple(row.picture_ids),
    }
    return Product(**row._asdict() | typed)
