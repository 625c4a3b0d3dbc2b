"""Erases what belongs to a customer and tells of people (CUS-26): contacts, what was said, the lead it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crm_common.journal.sealing import ERASED

# that there were contacts, follow-ups and a lead stays: what happened is counted, of whom is forgotten
_FORGET = """
WITH phones AS (DELETE FROM contact_phone WHERE customer_id = ANY(%(ids)s::uuid[])),
dates AS (DELETE FROM important_date WHERE customer_id = ANY(%(ids)s::uuid[])),
contacts AS (
    UPDATE contact SET name = %(erased)s, name_key = '', title = NULL, department = NULL, email = NULL, address = NULL,
        birthday = NULL, hobbies = NULL, social = '{}', remark = NULL, deleted_at = coalesce(deleted_at, %(now)s),
        updated_at = %(now)s, version = version + 1
    WHERE customer_id = ANY(%(ids)s::uuid[])
),
said AS (
    UPDATE follow_up SET content = %(erased)s, stage = NULL, next_contact_at = NULL, file_ids = '{}'
    WHERE customer_id = ANY(%(ids)s::uuid[])
),
needs AS (
    UPDATE need SET content = %(erased)s, remark = NULL WHERE customer_id = ANY(%(ids)s::uuid[])
),
relations AS (
    UPDATE relation SET remark = NULL WHERE customer_id = ANY(%(ids)s::uuid[]) OR other_id = ANY(%(ids)s::uuid[])
),
stages AS (
    UPDATE stage_change SET reason = NULL WHERE customer_id = ANY(%(ids)s::uuid[])
),
shares AS (DELETE FROM customer_share WHERE customer_id = ANY(%(ids)s::uuid[])),
said_so AS (UPDATE consent SET source = %(erased)s WHERE customer_id = ANY(%(ids)s::uuid[])),
plans AS (
    UPDATE solution_plan SET title = %(erased)s, situation = NULL, problem = NULL, obstacles = NULL, benefit = NULL,
        solution = NULL, status_reason = NULL
    WHERE customer_id = ANY(%(ids)s::uuid[])
),
credits AS (
    UPDATE credit_evaluation SET outline = NULL, management = NULL, financial_state = NULL, bank_credit = NULL,
        payment_record = NULL, operations = NULL, site_visit = NULL, affiliates = NULL, public_records = NULL,
        press = NULL, verdict = NULL, advice = NULL, decision_reason = NULL
    WHERE customer_id = ANY(%(ids)s::uuid[])
),
compared AS (
    DELETE FROM solution_comparison WHERE plan_id IN (
        SELECT id FROM solution_plan WHERE customer_id = ANY(%(ids)s::uuid[]))
),
links AS (DELETE FROM external_id WHERE customer_id = ANY(%(ids)s::uuid[])),
findings AS (
    DELETE FROM quality_finding WHERE customer_id = ANY(%(ids)s::uuid[]) OR other_id = ANY(%(ids)s::uuid[])
),
sold AS (
    UPDATE sales_record SET title = NULL WHERE customer_id = ANY(%(ids)s::uuid[])
),
leads AS (
    UPDATE lead SET name = %(erased)s, name_key = '', company = NULL, email = NULL, email_fold = NULL,
        invalid_reason = NULL, phone_cipher = NULL, phone_mask = NULL, phone_index = NULL, remark = NULL,
        updated_at = %(now)s, version = version + 1
    WHERE customer_id = ANY(%(ids)s::uuid[]) RETURNING id
)
UPDATE lead_follow_up SET content = %(erased)s, stage = NULL WHERE lead_id IN (SELECT id FROM leads)
"""


def forget(connection: sa.Connection, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Forget the people of customers that the open transaction has locked."""
    connection.exec_driver_sql(_FORGET, {"ids": list(customer_ids), "erased": ERASED, "now": now})
