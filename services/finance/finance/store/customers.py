"""What rows say of a customer: forgotten with him, and passed on when he went into another one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from crm_common.journal.sealing import ERASED
from crm_common.text_order import pinyin_key

CONTRACT, RECEIVABLE, RECEIPT, INVOICE, REFUND = "contract", "receivable", "receipt", "invoice", "refund"
_SILENT = ("contract_archive", "expense_line")
"""Records without events of their own for this: the archive's entry goes with its contract, a line with its claim."""

# what is his, and what was his when he went into another customer: that may be heard of before this is
_HIS = "(t.customer_id = %(customer)s OR t.id IN (SELECT record_id FROM customer_move WHERE merged_id = %(customer)s))"
_CONTRACTS = f"SELECT t.id FROM contract t WHERE {_HIS} ORDER BY t.id"
_NAME, _KEY = "name = %(erased)s", "name_key = %(key)s"
_FORGET = {
    "contract": f"""{_NAME}, {_KEY}, counterparty = NULL, payment_terms = NULL, remark = NULL, body = NULL,
        state_reason = NULL, audit_reason = NULL, evaluation = NULL, custom = '{{}}', version = version + 1""",
    "contract_archive": _NAME,
    "receivable": """title = CASE WHEN source = 'ORDER' THEN title ELSE %(erased)s END, remark = NULL,
        closed_reason = NULL, write_off_reason = NULL""",
    "receipt": "remark = NULL, payer = NULL, reason = NULL",
    "invoice": "title = %(erased)s, tax_number = NULL, remark = '', void_reason = NULL",
    "refund": "reason = %(erased)s",
    "expense_line": "remark = '', project = NULL",
}
_FORGET_PARTS = (
    f"""UPDATE contract_change SET title = %(erased)s, reason = %(erased)s, payment_terms = NULL, state_reason = NULL
    WHERE contract_id IN ({_CONTRACTS})""",
    f"UPDATE contract_version SET payment_terms = NULL WHERE contract_id IN ({_CONTRACTS})",
    f"UPDATE contract_entry SET remark = NULL WHERE contract_id IN ({_CONTRACTS})",
    f"DELETE FROM custom_value WHERE entity_id IN ({_CONTRACTS})",
    f"UPDATE receipt_plan SET remark = NULL WHERE receivable_id IN (SELECT t.id FROM receivable t WHERE {_HIS})",
    # the copy may hear of it later, and is what is printed
    "UPDATE customer_ref SET name = %(erased)s WHERE id = %(customer)s",
    # what was told of a moved record in its new customer's name, before this was heard
    """DELETE FROM journal_key k USING customer_move m, journal j
    WHERE m.merged_id = %(customer)s AND j.subject = m.record || '/' || m.record_id AND k.event_id = j.event_id""",
)
_MOVE = """
WITH moved AS (UPDATE {table} SET customer_id = %(to)s WHERE customer_id = %(merged)s RETURNING id)
INSERT INTO customer_move (merge_id, merged_id, record, record_id)
SELECT %(merge)s, %(merged)s, '{table}', id FROM moved
"""
_RETURN = """
UPDATE {table} t SET customer_id = m.merged_id FROM customer_move m
WHERE m.merge_id = %(merge)s AND m.record = '{table}' AND t.id = m.record_id AND t.customer_id = %(survivor)s
"""
_OF = "SELECT t.id FROM {table} t WHERE t.customer_id = %(customer)s ORDER BY t.id"
_MOVED = """
SELECT t.id FROM {table} t JOIN customer_move m ON m.record = '{table}' AND m.record_id = t.id
WHERE m.merge_id = %(merge)s AND t.customer_id = %(survivor)s ORDER BY t.id
"""


def contracts_of(connection: sa.Connection, customer_id: UUID) -> list[UUID]:
    """The contracts in which something stands of a customer, deleted ones too."""
    return list(connection.exec_driver_sql(_CONTRACTS, {"customer": customer_id}).scalars())


def forget(connection: sa.Connection, customer_id: UUID) -> None:
    """What people wrote of the customer is gone; amounts, states, days and numbers stay."""
    values = {"customer": customer_id, "erased": ERASED, "key": pinyin_key(ERASED)}
    for statement in _FORGET_PARTS:
        connection.exec_driver_sql(statement, values)
    for table, sets in _FORGET.items():
        connection.exec_driver_sql(f"UPDATE {table} t SET {sets} WHERE {_HIS}", values)


def records_of(connection: sa.Connection, record: str, customer_id: UUID) -> list[UUID]:
    """A customer's records of a kind."""
    return list(connection.exec_driver_sql(_OF.format(table=record), {"customer": customer_id}).scalars())


def note_moved(
    connection: sa.Connection, merge_id: UUID, merged_id: UUID, record: str, record_ids: Sequence[UUID]
) -> None:
    """Remember which records a merge moved."""
    connection.exec_driver_sql(
        "INSERT INTO customer_move (merge_id, merged_id, record, record_id) SELECT %s, %s, %s, unnest(%s::uuid[])"
        " ON CONFLICT DO NOTHING",
        (merge_id, merged_id, record, list(record_ids)),
    )


def move_silent(connection: sa.Connection, merge_id: UUID, *, merged_id: UUID, survivor_id: UUID) -> None:
    """What has no events of its own follows."""
    for table in _SILENT:
        values = {"merge": merge_id, "merged": merged_id, "to": survivor_id}
        connection.exec_driver_sql(_MOVE.format(table=table), values)


def return_silent(connection: sa.Connection, merge_id: UUID, survivor_id: UUID) -> None:
    """What has no events of its own comes back, unless it moved on."""
    for table in _SILENT:
        connection.exec_driver_sql(_RETURN.format(table=table), {"merge": merge_id, "survivor": survivor_id})


def moved_by(connection: sa.Connection, record: str, merge_id: UUID, survivor_id: UUID) -> list[UUID]:
    """What a merge moved and is the survivor's still."""
    values = {"merge": merge_id, "survivor": survivor_id}
    return list(connection.exec_driver_sql(_MOVED.format(table=record), values).scalars())


def drop_moves(connection: sa.Connection, merge_id: UUID) -> None:
    """The merge was taken back."""
    connection.exec_driver_sql("DELETE FROM customer_move WHERE merge_id = %s", (merge_id,))
