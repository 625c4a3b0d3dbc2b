"""All that is known of a customer, as one document (AUD-03): what stands in the tables, numbers in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

BLOCKS = (
    "follow_up",
    "interest",
    "need",
    "relation",
    "important_date",
    "sales_record",
    "stage_change",
    "customer_share",
    "lead",
    "external_id",
    "consent",
    "touch",
    "solution_plan",
    "credit_evaluation",
    "purchase",
)
"""Tables with a ``customer_id`` whose rows stand in the document as they are."""
WITH_NUMBERS = ("contact", "contact_phone")
"""Tables whose rows stand there with their numbers."""
LEFT_OUT = {
    "claim_ledger": "what employees did",
    "quality_finding": "what a scan guessed",
    "contact_plan_told": "when its owner was told of it",
    "assign_mark": "how far a job has come",
    "custom_value": "an index of the customer's custom values",
}
"""Tables that name a customer and say nothing of it."""

Opens = Callable[[bytes, str, UUID, str], str]
"""Opens a sealed number: ciphertext, table, record, field."""

_INNER = "name_fold,name_key,name_terms,phone_cipher,phone_index,phone_mask,email_fold"
_CUSTOMERS = f"""
SELECT to_jsonb(c) - string_to_array('{_INNER}', ',') AS told, c.id, c.phone_cipher AS cipher
FROM customer c WHERE c.id = ANY(%(ids)s::uuid[]) ORDER BY c.merged_into_id NULLS FIRST, c.id
"""
_BLOCK = f"""
SELECT to_jsonb(t) - string_to_array('{_INNER}', ',') FROM {{table}} t
WHERE t.customer_id = ANY(%(ids)s::uuid[]) ORDER BY t.id
"""
_CONTACTS = """
SELECT to_jsonb(t) - 'name_key' AS told, t.id FROM contact t WHERE t.customer_id = ANY(%(ids)s::uuid[])
    AND t.deleted_at IS NULL ORDER BY t.id
"""
_NUMBERS = """
SELECT p.contact_id, p.id, p.label, p.number_cipher AS cipher FROM contact_phone p
WHERE p.customer_id = ANY(%(ids)s::uuid[]) ORDER BY p.contact_id, p.place
"""
_HISTORY = """
SELECT j.type, j.occurred_at, j.actor_name FROM journal j WHERE j.subject = ANY(%(subjects)s::text[])
ORDER BY j.occurred_at, j.position
"""


def of(connection: sa.Connection, customer_ids: Sequence[UUID], opens: Opens) -> dict[str, Any]:
    """The document: the customer with those that went into it, and a list for each kind of record."""
    ids = {"ids": list(customer_ids)}
    customers = [
        row.told | {"phone": opens(bytes(row.cipher), "customer", row.id, "phone")}
        for row in connection.exec_driver_sql(_CUSTOMERS, ids)
    ]
    blocks = {table: list(connection.exec_driver_sql(_BLOCK.format(table=table), ids).scalars()) for table in BLOCKS}
    subjects = {"subjects": [f"customer/{each}" for each in customer_ids]}
    history = [dict(row) for row in connection.exec_driver_sql(_HISTORY, subjects).mappings()]
    return {"customer": customers, "contact": _contacts(connection, ids, opens), **blocks, "history": history}


def _contacts(connection: sa.Connection, ids: dict[str, Any], opens: Opens) -> list[dict[str, Any]]:
    numbers: dict[UUID, list[dict[str, Any]]] = {}
    for row in connection.exec_driver_sql(_NUMBERS, ids):
        number = opens(bytes(row.cipher), "contact_phone", row.id, "number")
        numbers.setdefault(row.contact_id, []).append({"label": row.label, "number": number})
    found = connection.exec_driver_sql(_CONTACTS, ids)
    return [row.told | {"phones": numbers.get(row.id, [])} for row in found]
