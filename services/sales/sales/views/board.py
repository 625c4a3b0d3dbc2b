"""The board of salespeople, of one statement (SAL-40)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crm_common.context import Context
from crm_common.days import day_of
from crm_common.protocol import platform
from crm_common.protocol.sales.performance import TEAM
from crm_common.protocol.sales.rankings import BoardPerson, SalesBoard
from crm_common.runtime.host import ServiceHost
from sales.tables.opportunities import opportunity
from sales.tables.performance import performance_day
from sales.views.performance import expect_period
from sales.views.scopes import OwnOrTeam, viewer

_BOARD = """
WITH dealing AS (
    SELECT o.owner_id AS id, count(*)::integer AS deals,
        coalesce(sum(o.amount) FILTER (WHERE o.currency = %(currency)s), 0) AS amount,
        count(*) FILTER (WHERE o.next_on < %(today)s)::integer AS overdue
    FROM opportunity o
    WHERE o.stage NOT IN ('WON', 'LOST', 'ABANDONED', 'SUSPENDED') AND {opportunities} GROUP BY 1
), sold AS (
    SELECT d.employee_id AS id, sum(d.amount) AS amount, sum(d.records)::integer AS records
    FROM performance_day d
    WHERE d.day BETWEEN %(from_day)s AND %(to_day)s AND d.currency = %(currency)s AND {performance} GROUP BY 1
), active AS (
    SELECT d.employee_id AS id, sum(d.follow_ups)::integer AS follow_ups FROM activity_day d
    WHERE d.day BETWEEN %(from_day)s AND %(to_day)s AND {performance} GROUP BY 1
), noted AS (
    SELECT f.by_id AS id, count(*)::integer AS notes
    FROM opportunity_follow_up f JOIN opportunity o ON o.id = f.opportunity_id
    WHERE f.created_at >= (%(from_day)s::timestamp AT TIME ZONE %(zone)s)
        AND f.created_at < (%(to_day)s::timestamp + interval '1 day') AT TIME ZONE %(zone)s AND {opportunities}
    GROUP BY 1
)
SELECT b.id, e.name, e.department_name, coalesce(b.deals, 0), coalesce(b.dealt, 0), coalesce(b.overdue, 0),
    coalesce(b.sold, 0), coalesce(b.records, 0), coalesce(b.follow_ups, 0), coalesce(b.notes, 0)
FROM (
    SELECT id, deals, dealing.amount AS dealt, overdue, sold.amount AS sold, records, follow_ups, notes
    FROM dealing FULL JOIN sold USING (id) FULL JOIN active USING (id) FULL JOIN noted USING (id)
) b LEFT JOIN employee_ref e ON e.id = b.id
WHERE (%(employee)s::uuid IS NULL OR b.id = %(employee)s::uuid)
    AND (%(below)s::text IS NULL OR position(%(below)s::text in e.department_path) > 0)
ORDER BY coalesce(b.sold, 0) DESC, coalesce(b.dealt, 0) DESC, b.id LIMIT %(first)s
"""
_OPPORTUNITIES = OwnOrTeam("opp", "opp.view", "opp.view_team", owner=opportunity.c.owner_id)
_PERFORMANCE = OwnOrTeam("performance", TEAM, owner=performance_day.c.employee_id)
_NAMES = ("employee_id", "employee_name", "department_name", "deals", "deals_amount", "overdue", "sold", "records",
          "follow_ups", "opportunity_follow_ups")  # fmt: skip


def board(host: ServiceHost, context: Context, query: SalesBoard) -> list[BoardPerson]:
    """What each of the people whom the viewer sees has in hand, and what he did."""
    expect_period(query)
    statement = _BOARD.format(
        opportunities=_OPPORTUNITIES.asked(context, "o"), performance=_PERFORMANCE.asked(context, "d")
    )
    asked = viewer(context) | {name: getattr(query, name) for name in ("from_day", "to_day", "currency", "first")}
    asked |= {
        "employee": query.employee_id,
        "below": None if query.department_id is None else f"/{query.department_id}/",
        "today": day_of(host.settings, host.clock.now()),
        "zone": ZoneInfo(host.settings.get(platform.TIMEZONE)).key,
    }
    return [BoardPerson(**dict(zip(_NAMES, row, strict=True))) for row in host.store.rows(statement, asked)]
