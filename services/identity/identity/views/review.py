"""Rights reviews and the report of who may do what, as they are shown."""

from __future__ import annotations

from crm_common.protocol.identity.review import RightsReportView, RightsReviewItemView, RightsReviewView
from crm_common.reading import bind, many, one
from identity.tables import employee, rights_review, rights_review_item

_OPEN = "SELECT count(*) FROM rights_review_item i WHERE i.review_id = {t}.id AND i.decision IS NULL"
_ROLE_NAMES = """
ARRAY(SELECT r.name FROM role_holder h JOIN role r ON r.id = h.role_id WHERE h.employee_id = {t}.id ORDER BY r.name_key)
"""
_PERMISSIONS = """
ARRAY(SELECT DISTINCT key COLLATE "C" FROM role_holder h JOIN role r ON r.id = h.role_id, unnest(r.permissions) AS key
WHERE h.employee_id = {t}.id ORDER BY key COLLATE "C")
"""

REVIEWS = bind(
    RightsReviewView,
    rights_review,
    fields={"open_count": _OPEN},
    children={"items": many(rights_review_item.c.review_id)},
    default_order=[rights_review.c.opened_at.desc()],
)

REVIEW_ITEMS = bind(
    RightsReviewItemView,
    rights_review_item,
    sort={
        "employee_name": rights_review_item.c.employee_name_key,
        "role_name": rights_review_item.c.role_name_key,
    },
    children={"employee": one(rights_review_item.c.employee_id), "role": one(rights_review_item.c.role_id)},
    default_order=[rights_review_item.c.employee_name_key, rights_review_item.c.role_name_key],
)

REPORT = bind(
    RightsReportView,
    employee,
    fields={
        "department_name": "SELECT d.name FROM department d WHERE d.id = {t}.department_id",
        "position_name": "SELECT p.name FROM position p WHERE p.id = {t}.position_id",
        "role_names": _ROLE_NAMES,
        "permissions": _PERMISSIONS,
        "last_used_at": employee.c.last_active_at,
    },
    sort={
        "name": employee.c.name_key,
        "department_name": "SELECT d.name_key FROM department d WHERE d.id = {t}.department_id",
        "position_name": "SELECT p.name_key FROM position p WHERE p.id = {t}.position_id",
    },
    where="{t}.active",
    default_order=[employee.c.name_key],
)
