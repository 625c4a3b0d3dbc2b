"""What an import of contacts looks for: the customers that its rows name, and contacts that are there already."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from crm_common.text_order import pinyin_key
from customer.domain.names import folded

_NAMED = """
SELECT id FROM customer WHERE name_key = %(key)s AND name_fold = %(name)s AND holding NOT IN ('MERGED', 'ERASED')
    AND (%(index)s::bytea IS NULL OR phone_index = %(index)s) ORDER BY id LIMIT 50
"""
_SAME = """
SELECT c.id, c.name FROM contact c WHERE c.customer_id = %(customer)s AND c.deleted_at IS NULL
    AND (%(index)s::bytea IS NULL
        OR EXISTS (SELECT FROM contact_phone p WHERE p.contact_id = c.id AND p.number_index = %(index)s))
ORDER BY c.created_at, c.id
"""


def customers_named(connection: sa.Connection, name: str, phone_index: bytes | None) -> list[UUID]:
    """The customers of this name, and of this phone where one is given."""
    given = {"key": pinyin_key(name), "name": folded(name), "index": phone_index}
    return list(connection.exec_driver_sql(_NAMED, given).scalars())


def same(connection: sa.Connection, customer_id: UUID, name_fold: str, number_index: bytes | None) -> UUID | None:
    """The customer's contact of this name and, where one is given, this number; under the customer's lock."""
    rows = connection.exec_driver_sql(_SAME, {"customer": customer_id, "index": number_index})
    return next((row.id for row in rows if folded(row.name) == name_fold), None)
