"""What is compared of each record with the one rebuilt from its events (BYD-05)."""

from __future__ import annotations

TABLES = {
    "department": """
        SELECT id, json_build_object('name', name, 'code', code, 'description', description, 'parent_id', parent_id,
            'head_id', head_id, 'path', path, 'rank', rank) AS state FROM department
    """,
    "position": """
        SELECT id, json_build_object('name', name, 'description', description, 'department_id', department_id,
            'rank', rank, 'role_ids', ARRAY(SELECT role_id::text FROM position_role r WHERE r.position_id = p.id
            ORDER BY role_id::text)) AS state FROM position p
    """,
    "employee": """
        SELECT id, json_build_object('name', name, 'login_name', login_name, 'number', number, 'phone', phone,
            'email', email, 'avatar_url', avatar_url, 'bio', bio, 'hired_on', hired_on, 'active', active,
            'position_id', position_id, 'department_id', department_id) AS state FROM employee
    """,
    "company": """
        SELECT id, json_build_object('name', name, 'short_name', short_name, 'timezone', timezone,
            'fiscal_year_start', fiscal_year_start, 'working_days', working_days) AS state FROM company
    """,
}
