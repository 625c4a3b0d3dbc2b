"""What is compared of each record with the one rebuilt from its events (BYD-05)."""

from __future__ import annotations

TABLES = {
    "customer": """
        SELECT id, json_build_object('kind', kind, 'name', name, 'phone', phone_mask, 'holding', holding,
            'owner_id', owner_id, 'merged_into_id', merged_into_id,
            'queue_department_id', queue_department_id, 'pool_id', pool_id, 'stage', stage,
            'region', region, 'industry', industry, 'nature', nature, 'source', source, 'level', level,
            'address', address, 'email', email, 'fax', fax, 'website', website, 'sex', sex, 'birth_date', birth_date,
            'profession', profession, 'remark', remark, 'owned_since', owned_since, 'pool_reason', pool_reason,
            'pool_entered_at', pool_entered_at) AS state
        FROM customer
    """,
}
