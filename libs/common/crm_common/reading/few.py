"""A filtered list that is counted: where its filter leaves few records, they serve the page and the number alike.

Counting goes through all that match, so the page may be made of what was found. And few records are quicker asked for
their owners one by one than told apart by a hash of everybody whom the viewer sees, which takes longer than all else.
How many there are, the statement itself finds out: beyond `ENOUGH` it goes on as if it had not looked.
"""

from __future__ import annotations

from typing import NamedTuple

from crm_common.reading.bindings import Binding

ENOUGH = 500
"""So many records are held and asked one by one; to find out that there are more costs less than to count them."""

_FEW = '(SELECT few FROM "-few")'


class Halves(NamedTuple):
    """The conditions on a record: ``found`` finds it (by indexes), ``asked`` is asked of each that was found."""

    found: list[str]
    asked: list[str]


class Paths(NamedTuple):
    """Rows of a page and the number of all as they are come by: ``few`` of what is held, ``many`` otherwise."""

    few: str
    many: str


def held(binding: Binding, source: str, halves: Halves) -> str:
    """The WITH clause. What is held is read on only as far as somebody asks, so nothing here needs a limit that the
    planner would take for a reason to read the whole table."""
    found, asked = _where(halves.found), _where([_FEW, *halves.asked])
    return (
        f'WITH "-some" AS MATERIALIZED (SELECT {source}.* FROM {binding.table} {source}{found}),'
        f' "-few" AS MATERIALIZED (SELECT count(*) <= {ENOUGH} AS few FROM (SELECT FROM "-some" LIMIT {ENOUGH + 1}) s),'
        f' "-seen" AS MATERIALIZED (SELECT {source}.* FROM "-some" {source}{asked}) '
    )


def otherwise(conditions: list[str]) -> list[str]:
    """The conditions of what is read where there are many."""
    return [f"NOT {_FEW}", *conditions]


def rows(paths: Paths) -> str:
    """The page's rows: one of the two has none, and is not run."""
    return f"{paths.few} UNION ALL {paths.many}"


def number(paths: Paths) -> str:
    """The number as ``n``; held, as it is named more than once."""
    return f"SELECT CASE WHEN {_FEW} THEN ({paths.few}) ELSE ({paths.many}) END AS n OFFSET 0"


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
