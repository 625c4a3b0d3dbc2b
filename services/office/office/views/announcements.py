"""Announcements as they are shown: to those addressed while in force, to their authors and managers always."""

from __future__ import annotations

from crm_common.protocol.office.announcement_columns import AnnouncementColumnView
from crm_common.protocol.office.announcements import (
    AnnouncementReadings,
    AnnouncementReadingView,
    Announcements,
    AnnouncementView,
)
from crm_common.reading import Where, bind
from office.tables import announcement, announcement_column, announcement_reading

_MANAGED = """({t}.author_id = {me} OR EXISTS (
    SELECT FROM announcement_column k WHERE k.id = {t}.column_id AND {me} = ANY (k.manager_ids)))"""
_IN_FORCE = """({t}.state = 'PUBLISHED' AND ({t}.expires_at IS NULL OR {t}.expires_at > {now})
    AND (cardinality({t}.department_ids) = 0 OR EXISTS (
        SELECT FROM employee_ref e, unnest({t}.department_ids) d
        WHERE e.id = {me} AND e.department_path LIKE '%/' || d || '/%')))"""
_NAME = "(SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{column})"
_READ = "announcement_reading r WHERE r.announcement_id = {t}.id"

COLUMNS = bind(AnnouncementColumnView, announcement_column, default_order=["rank", "name"])
ANNOUNCEMENTS = bind(
    AnnouncementView,
    announcement,
    where=f"({_MANAGED} OR {_IN_FORCE})",
    fields={
        "column_name": "(SELECT k.name FROM announcement_column k WHERE k.id = {t}.column_id)",
        "author_name": _NAME.format(column="author_id"),
        "read_at": f"(SELECT r.read_at FROM {_READ} AND r.employee_id = {{me}})",
        "read_count": f"(CASE WHEN {_MANAGED} THEN (SELECT count(*)::int FROM {_READ}"
        " AND r.employee_id <> {t}.author_id) END)",
        "addressee_count": f"(CASE WHEN {_MANAGED} THEN {{t}}.addressees END)",
    },
    default_order=[announcement.c.published_at.desc(), announcement.c.created_at.desc()],
)
READINGS = bind(
    AnnouncementReadingView,
    announcement_reading,
    where=f"EXISTS (SELECT FROM announcement a WHERE a.id = {{t}}.announcement_id AND {_MANAGED.replace('{t}', 'a')})",
    fields={"employee_name": _NAME.format(column="employee_id")},
    default_order=[announcement_reading.c.read_at.desc()],
)
_FOR_ME, _MINE = Where(_IN_FORCE), Where(_MANAGED)


def listed(query: Announcements) -> Where:
    """Which ones a list shows."""
    return _MINE if query.managed else _FOR_ME


def of(query: AnnouncementReadings) -> Where:
    """The readings of one announcement."""
    return Where("{t}.announcement_id = {announcement}", announcement=query.announcement_id, selective=True)
