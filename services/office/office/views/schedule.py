"""Schedules as they are shown: entries as entered, and what takes place in a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.context import Actor, ActorKind, Context
from crm_common.errors import CommonRules
from crm_common.projections.employees import employee_ref
from crm_common.protocol.office.schedule import (
    MOST_DAYS,
    MOST_SHOWN,
    SEE_OTHERS,
    CurrentHandler,
    CurrentHandlers,
    EntryKind,
    EntryStatus,
    InvitationAnswer,
    Schedule,
    ScheduleEntryView,
    ScheduleGuestView,
    ScheduleItem,
    UpcomingSchedule,
)
from crm_common.protocol.office.schedule_rules import ScheduleRules
from crm_common.protocol.platform import TIMEZONE
from crm_common.reading import Where, bind, by_owner, many
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from office.domain.repeats import whole_days
from office.domain.schedule import expect_a_year_people_plan_in
from office.store.schedule import COLUMNS, FIELDS, span_of
from office.tables import schedule_entry, schedule_guest

SECTION = "schedule"
_NAME_OF = "SELECT p.name FROM employee_ref p WHERE p.id = {{t}}.{column}"
_LEFT_OUT = """
ARRAY(SELECT to_char(l AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM unnest({t}.left_out) l ORDER BY l)
"""
_MINE = (
    "({t}.owner_id = {me} OR EXISTS (SELECT FROM schedule_guest g WHERE g.entry_id = {t}.id AND g.employee_id = {me}))"
)
MINE = Where(_MINE)
_AT_ONCE = timedelta(microseconds=1)


class _Seen:
    """Owner and guests see an entry; who may see others' schedules sees all but private ones in his data scope."""

    def __init__(self) -> None:
        self._others = by_owner(SECTION, owner=schedule_entry.c.owner_id, people=employee_ref)

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        if actor.kind is ActorKind.SYSTEM:
            return None
        return (self._others.kind(actor) or "ALL") if SEE_OTHERS.allows(actor) else "MINE"

    def condition(self, kind: str, reach: Reach) -> str:
        if kind == "NOBODY":
            return "false"
        if kind == "MINE":
            return _MINE
        others = "true" if kind == "ALL" else self._others.condition(kind, reach)
        return f"({_MINE} OR (NOT {{t}}.private AND {others}))"

    def owners(self, _kind: str) -> None:
        return None


GUESTS = bind(
    ScheduleGuestView,
    schedule_guest,
    key=schedule_guest.c.employee_id,
    fields={"employee_name": _NAME_OF.format(column="employee_id")},
    default_order=[schedule_guest.c.employee_id],
)
SCHEDULE_ENTRIES = bind(
    ScheduleEntryView,
    schedule_entry,
    fields={"owner_name": _NAME_OF.format(column="owner_id"), "left_out": _LEFT_OUT},
    sort={"title": schedule_entry.c.title_key},
    children={"guests": many(schedule_guest.c.entry_id, part=True)},
    scope=_Seen(),
    default_order=[schedule_entry.c.starts_at.desc()],
)

# an invitation that was declined is no part of one's schedule
OF_PERSON = """
SELECT e.id FROM schedule_entry e WHERE e.owner_id = {person} UNION ALL
SELECT g.entry_id FROM schedule_guest g WHERE g.employee_id = {person} AND g.answer <> 'DECLINED'
"""
"""Which entries a person's schedule has; a column or parameter stands for ``person``."""
_TAKING_PLACE = "e.starts_at < %(before)s AND (e.last_end IS NULL OR e.last_end > %(after)s)"
_SEEN_BY_ME = """
(e.owner_id = %(me)s OR EXISTS (SELECT FROM schedule_guest m WHERE m.entry_id = e.id AND m.employee_id = %(me)s))
"""
_ITEMS = f"""
SELECT {COLUMNS}, o.name AS owner_name, g.answer, {_SEEN_BY_ME} AS is_mine, p.id AS person_id, p.name AS person_name,
    p.department_name
FROM {{people}} p CROSS JOIN LATERAL ({OF_PERSON.format(person="p.id")}) of_person
JOIN schedule_entry e ON e.id = of_person.id
LEFT JOIN schedule_guest g ON g.entry_id = e.id AND g.employee_id = p.id
LEFT JOIN employee_ref o ON o.id = e.owner_id
WHERE {_TAKING_PLACE} AND e.status = ANY(%(statuses)s) AND {{whose}}
ORDER BY e.starts_at, e.id LIMIT {MOST_SHOWN + 1}
"""
_ONE_PERSON = "(SELECT %(person)s::uuid AS id, NULL AS name, NULL AS department_name)"
_OF_ONE = _ITEMS.format(people=_ONE_PERSON, whose="true")
_NAMES = (*FIELDS, "owner_name", "answer", "is_mine", "person_id", "person_name", "department_name")


def schedule(host: ServiceHost, context: Context, query: Schedule) -> list[ScheduleItem]:
    """What takes place in a period."""
    me = context.authenticated().id
    for day in (query.first_day, query.last_day):
        expect_a_year_people_plan_in(day)
    if query.last_day < query.first_day:
        raise ScheduleRules.a_period_is_asked_for_in_order(field="last_day")
    if (query.last_day - query.first_day).days >= MOST_DAYS:
        raise ScheduleRules.a_period_is_too_long(field="last_day", days=MOST_DAYS)
    person = query.employee_id or me
    expect_seen(host, context, person)
    after, before = whole_days(query.first_day, query.last_day, host.settings.get(TIMEZONE))
    statuses = [each.value for each in query.statuses or EntryStatus]
    values = {"me": me, "person": person, "after": after, "before": before, "statuses": statuses}
    rows = _rows(host, _OF_ONE, values)
    found = [item for row in rows for item in _items(row, after, before)]
    if len(rows) > MOST_SHOWN or len(found) > MOST_SHOWN:
        raise ScheduleRules.a_period_holds_too_much(limit=MOST_SHOWN)
    return sorted(found, key=lambda item: (item.starts_at, item.ends_at, str(item.entry_id)))


def upcoming(host: ServiceHost, context: Context, query: UpcomingSchedule) -> list[ScheduleItem]:
    """What the viewer has before him; what has ended today already is not."""
    now = host.clock.now()
    today = now.astimezone(ZoneInfo(host.settings.get(TIMEZONE))).date()
    last_day = today + timedelta(days=query.days - 1)
    asked = Schedule(first_day=today, last_day=last_day, statuses=(EntryStatus.PLANNED,))
    return [item for item in schedule(host, context, asked) if item.ends_at > now][: query.first]


def current_handlers(host: ServiceHost, context: Context, query: CurrentHandlers) -> list[CurrentHandler]:
    """Who in the viewer's data scope is at what at a moment."""
    at = query.at or host.clock.now()
    expect_a_year_people_plan_in(at)
    statement = _ITEMS.format(people="employee_ref", whose=f"p.active AND {in_scope(context, 'p')}")
    values = viewer(context) | {"after": at, "before": at + _AT_ONCE, "statuses": ["PLANNED", "DONE"]}
    rows = _rows(host, statement, values)
    if len(rows) > MOST_SHOWN:
        raise ScheduleRules.a_period_holds_too_much(limit=MOST_SHOWN)
    found = [
        CurrentHandler(
            employee_id=row["person_id"],
            employee_name=row["person_name"],
            department_name=row["department_name"],
            item=item,
        )
        for row in rows
        for item in _items(row, at, at + _AT_ONCE)
        if item.answer in (None, InvitationAnswer.ACCEPTED)
    ]
    return sorted(found, key=lambda each: (each.employee_name or "", str(each.employee_id), each.item.starts_at))


def expect_seen(host: ServiceHost, context: Context, person: UUID) -> None:
    """Refuse who looks at somebody else's schedule without the right, or outside of his data scope."""
    actor = context.authenticated()
    if person == actor.id or actor.kind is ActorKind.SYSTEM:
        return
    SEE_OTHERS.check(context)
    statement = f"SELECT 1 FROM employee_ref p WHERE p.id = %(person)s AND {in_scope(context, 'p')}"
    if not host.store.rows(statement, viewer(context) | {"person": person}):
        raise CommonRules.the_record_was_not_found(field="employee_id")


def in_scope(context: Context, alias: str, section: str = SECTION) -> str:
    """The condition that the employee of this alias is in the viewer's data scope; its values are `viewer`'s."""
    people = by_owner(section, owner=employee_ref.c.id, people=employee_ref)
    kind = people.kind(context.authenticated())
    if kind is None:
        return "true"
    return people.condition(kind, Reach.PROBE).format(t=alias, me="%(me)s::uuid", department="%(department)s::uuid")


def viewer(context: Context) -> dict[str, Any]:
    """What the condition of `in_scope` is asked with."""
    actor = context.authenticated()
    return {"me": actor.id, "department": actor.department_id}


def _rows(host: ServiceHost, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(_NAMES, row, strict=True)) for row in host.store.rows(statement, values)]


def _items(row: dict[str, Any], after: datetime, before: datetime) -> Iterator[ScheduleItem]:
    span = span_of(row)
    whole = ScheduleItem(
        entry_id=row["id"],
        owner_id=row["owner_id"],
        owner_name=row["owner_name"],
        title=row["title"],
        place=row["place"],
        kind=EntryKind(row["kind"]),
        status=EntryStatus(row["status"]),
        all_day=span.all_day,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        repeats=span.repeat is not None,
        busy=False,
        about=row["about"],
        answer=InvitationAnswer(row["answer"]) if row["answer"] else None,
    )
    if row["private"] and not row["is_mine"]:
        whole = replace(whole, entry_id=None, title=None, place=None, kind=None, about=None, busy=True)
    for start in span.starts(after, before):
        yield replace(whole, starts_at=start, ends_at=span.end_of(start))
