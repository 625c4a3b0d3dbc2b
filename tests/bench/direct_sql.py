"""The yardstick's SQL: each statement builds a whole GraphQL answer, as somebody would write it by hand for speed."""

from __future__ import annotations

# Global ids as the product gives them: base64 of Type:key.
_ID = "encode(convert_to('{type}:' || {column}, 'UTF8'), 'base64')"
_MOMENT = "to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def identifier(kind: str, column: str) -> str:
    """A global id, as SQL."""
    return _id(kind, column)


def moment(column: str) -> str:
    """A time as the product writes it, as SQL."""
    return _moment(column)


def json_of(**columns: str) -> str:
    """A JSON object, as SQL."""
    return _json(**columns)


def _id(kind: str, column: str) -> str:
    return _ID.format(type=kind, column=column)


def _moment(column: str) -> str:
    return _MOMENT.format(column=column)


def _json(**columns: str) -> str:
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    return f"(SELECT row_to_json(j) FROM (SELECT {listed}) j)"


def _named(kind: str, alias: str) -> str:
    return f"CASE WHEN {alias}.id IS NOT NULL THEN {_json(id=_id(kind, f'{alias}.id'), name=f'{alias}.name')} END"


_ROLES = f"""
(SELECT coalesce(json_agg({_named("Role", "r")} ORDER BY r.name_key, r.id), '[]')
 FROM (SELECT r.* FROM role_holder h JOIN role r ON r.id = h.role_id
  WHERE h.employee_id = e.id ORDER BY r.name_key, r.id LIMIT 20) r)
"""

PAGE = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(c) AS employees FROM (
  SELECT coalesce(json_agg({
    _json(
        id=_id("Employee", "e.id"), name="e.name", number="e.number", phone="e.phone", email="e.email",
        active="e.active", hiredOn="e.hired_on", createdAt=_moment("e.created_at"), version="e.version",
        department=_named("Department", "d"), position=_named("Position", "p"), roles=_ROLES,
    )
  } ORDER BY e.place) FILTER (WHERE e.place <= 50), '[]') AS nodes,
  json_build_object('hasNextPage', count(*) > 50) AS "pageInfo"
  FROM (SELECT e.*, row_number() OVER () AS place FROM (
    SELECT * FROM employee e WHERE e.department_id = $1 ORDER BY e.name_key, e.id LIMIT 51) e) e
  LEFT JOIN department d ON d.id = e.department_id LEFT JOIN position p ON p.id = e.position_id
) c) b) a
"""  # fmt: skip

_HEADED = f"""
(SELECT coalesce(json_agg({_named("Department", "h")} ORDER BY h.tree_order, h.id), '[]')
 FROM (SELECT h.* FROM department h WHERE h.head_id = e.id ORDER BY h.tree_order, h.id LIMIT 20) h)
"""
ONE = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT {
    _json(
        id=_id("Employee", "e.id"), name="e.name", number="e.number", phone="e.phone", email="e.email",
        avatarUrl="e.avatar_url", bio="e.bio", active="e.active", hiredOn="e.hired_on",
        disabledAt=_moment("e.disabled_at"), createdAt=_moment("e.created_at"), updatedAt=_moment("e.updated_at"),
        version="e.version",
        department=_json(id=_id("Department", "d.id"), name="d.name", parent=_named("Department", "u")),
        position=_named("Position", "p"),
        supervisor="CASE WHEN s.id IS NOT NULL THEN " + _json(
            id=_id("Employee", "s.id"), name="s.name", department=_named("Department", "sd")) + " END",
        roles=_ROLES, headedDepartments=_HEADED,
    )
  } AS employee
  FROM employee e LEFT JOIN department d ON d.id = e.department_id LEFT JOIN department u ON u.id = d.parent_id
  LEFT JOIN position p ON p.id = e.position_id
  LEFT JOIN employee s ON s.id = e.line[1] AND starts_with(s.department_path, $2)
  LEFT JOIN department sd ON sd.id = s.department_id
  WHERE e.id = $1 AND starts_with(e.department_path, $2)) b) a
"""  # fmt: skip

_STAFF = _json(
    id=_id("Employee", "e.id"), name="e.name", number="e.number", phone="e.phone", email="e.email",
    hiredOn="e.hired_on", position=_named("Position", "p"),
)  # fmt: skip
_SEATS = _json(id=_id("Position", "p.id"), name="p.name", description="p.description", version="p.version")
_HEAD = _json(id=_id("Employee", "h.id"), name="h.name", phone="h.phone", position=_named("Position", "hp"))
_TEAM = _json(
    id=_id("Department", "d.id"), name="d.name", code="d.code", description="d.description",
    createdAt=_moment("d.created_at"), updatedAt=_moment("d.updated_at"), version="d.version",
    parent=_named("Department", "u"),
    head=f"CASE WHEN h.id IS NOT NULL THEN {_HEAD} END",
    positions=f"(SELECT coalesce(json_agg({_SEATS} ORDER BY p.rank, p.id), '[]') FROM (SELECT * FROM position p"
    " WHERE p.department_id = d.id ORDER BY p.rank, p.id LIMIT 20) p)",
    employees=f"(SELECT coalesce(json_agg({_STAFF} ORDER BY e.name_key, e.id), '[]') FROM (SELECT * FROM employee e"
    " WHERE e.department_id = d.id AND e.active AND starts_with(e.department_path, $2)"
    " ORDER BY e.name_key, e.id LIMIT 20) e LEFT JOIN position p ON p.id = e.position_id)",
)  # fmt: skip
TEAM = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT {_TEAM} AS department
  FROM department d LEFT JOIN department u ON u.id = d.parent_id
  LEFT JOIN employee h ON h.id = d.head_id AND starts_with(h.department_path, $2)
  LEFT JOIN position hp ON hp.id = h.position_id
  WHERE d.id = $1) b) a
"""

FILTERED = f"""
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(c) AS employees FROM (
  SELECT (SELECT count(*) FROM employee e WHERE e.department_path >= $2 AND e.department_path < $3
    AND e.name LIKE $1 AND e.active) AS "totalCount",
  (SELECT coalesce(json_agg({
    _json(
        id=_id("Employee", "e.id"), name="e.name", number="e.number", phone="e.phone", hiredOn="e.hired_on",
        department=_named("Department", "d"), position=_named("Position", "p"),
    )
  } ORDER BY e.name_key, e.id), '[]') FROM (
    SELECT * FROM employee e WHERE e.department_path >= $2 AND e.department_path < $3 AND e.name LIKE $1 AND e.active
    ORDER BY e.name_key, e.id LIMIT 20) e
  LEFT JOIN department d ON d.id = e.department_id LEFT JOIN position p ON p.id = e.position_id) AS nodes
) c) b) a
"""  # fmt: skip

CREATE = f"""
WITH made AS (
  INSERT INTO position (id, name, name_fold, name_key, department_id, rank, created_at, updated_at, version)
  SELECT uuidv7(), $1, lower($1), $1, $2::uuid,
    (SELECT coalesce(max(o.rank) + 1, 0) FROM position o WHERE o.department_id = $2::uuid), now(), now(), 1
  RETURNING id, name, version, created_at, department_id
)
SELECT row_to_json(a) FROM (SELECT row_to_json(b) AS data FROM (SELECT row_to_json(c) AS "createPosition" FROM (SELECT {
    _json(
        id=_id("Position", "made.id"), name="made.name", version="made.version", createdAt=_moment("made.created_at"),
        department=_named("Department", "d"),
    )
  } AS position, '[]'::json AS "userErrors" FROM made JOIN department d ON d.id = made.department_id
) c) b) a
"""  # fmt: skip
