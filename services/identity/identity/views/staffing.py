"""How people, departments and roles stand now, read in one statement."""

from __future__ import annotations

from crm_common.protocol.identity.staffing import Staffing
from crm_common.store import Store

_STAFFING = """
WITH asked AS (SELECT e.id, e.department_id, e.line FROM employee e WHERE e.id = ANY(%(employees)s::uuid[])),
heads AS (
    SELECT d.id, d.head_id FROM department d
    WHERE d.id = ANY(%(departments)s::uuid[]) OR d.id IN (SELECT department_id FROM asked)
),
holders AS (
    SELECT r.id, r.code, h.employee_id, e.name_key
    FROM role r JOIN role_holder h ON h.role_id = r.id JOIN employee e ON e.id = h.employee_id AND e.active
    WHERE r.id = ANY(%(roles)s::uuid[]) OR r.code = ANY(%(codes)s::text[])
    GROUP BY r.id, r.code, h.employee_id, e.name_key
),
permitted AS (
    SELECT DISTINCT k.key, h.employee_id FROM unnest(%(permissions)s::text[]) AS k(key)
    JOIN role r ON k.key = ANY(r.permissions) AND NOT r.hidden && ARRAY[k.key, split_part(k.key, '.', 1)]
    JOIN role_holder h ON h.role_id = r.id JOIN employee e ON e.id = h.employee_id AND e.active
),
people AS (
    SELECT id FROM asked UNION SELECT unnest(line) FROM asked
    UNION SELECT head_id FROM heads UNION SELECT employee_id FROM holders
)
SELECT json_build_object(
    'people', (SELECT coalesce(json_object_agg(e.id, json_build_object('name', e.name, 'active', e.active,
        'department_id', e.department_id, 'department_path', e.department_path, 'line', e.line)), '{}')
        FROM employee e WHERE e.id IN (SELECT id FROM people)),
    'heads', (SELECT coalesce(json_object_agg(id, head_id), '{}') FROM heads),
    'roles', (SELECT coalesce(json_object_agg(k.key, k.ids), '{}') FROM (
        SELECT v.key, json_agg(h.employee_id ORDER BY h.name_key, h.employee_id) AS ids
        FROM holders h CROSS JOIN LATERAL (VALUES (h.id::text), (h.code)) AS v(key)
        WHERE v.key = ANY(%(roles)s::text[]) OR v.key = ANY(%(codes)s::text[]) GROUP BY v.key) k),
    'permissions', (SELECT coalesce(json_object_agg(p.key, p.ids), '{}') FROM (
        SELECT key, json_agg(employee_id ORDER BY employee_id) AS ids FROM permitted GROUP BY key) p)
)
"""


def staffing(store: Store, query: Staffing) -> bytes:
    """The answer's JSON text; see `Staffing`."""
    found = store.read(
        _STAFFING,
        {
            "employees": [str(each) for each in query.employee_ids],
            "departments": [str(each) for each in query.department_ids],
            "roles": [str(each) for each in query.role_ids],
            "codes": list(query.role_codes),
            "permissions": list(query.permissions),
        },
    )
    assert found is not None
    return found
