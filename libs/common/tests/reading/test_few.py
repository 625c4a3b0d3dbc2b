"""Filtered lists with their number (CUS-05): what matches is gone through once, and the answer is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crm_common.protocol.declare import OrderBy
from crm_common.reading.few import ENOUGH
from crm_common.reading.reach import Seen
from crm_common.reading.scope import Reach

BY_NAME = (OrderBy("name"),)
# every second one sits below the viewer's department
FILL = """
INSERT INTO person (id, name, name_key, level, active, words, department_path, line, gone)
SELECT md5('x' || n)::uuid, 'x' || lpad(n::text, 4, '0'), lpad(n::text, 4, '0'), 1, true, '{}',
    CASE WHEN n %% 2 = 0 THEN '/1/2/3/' ELSE '/1/4/' END, '{}', false
FROM generate_series(1, %s) n
"""


def filled(company: Any, count: int, filtering: Reach) -> Any:
    """So many people who match, and a head who sees every second one."""
    company.person("head", level=9, department_id=company.number("north"), department_path="/1/2/")
    company.store.connection.execute(FILL, (count,))
    company.reader._reaches.of = lambda *_: Seen(Reach.MANY, filtering)
    return company.viewer("head", scopes={"people": "DEPT_TREE"}, department_id=company.number("north"))


def executed(company: Any) -> Iterator[dict[str, Any]]:
    """The nodes of the last statement's plan that were run."""
    sql, values = company.store.last
    found = company.store.connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()[0]
    waiting = [(json.loads(found) if isinstance(found, str) else found)[0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if node["Actual Loops"]:
            yield node


@pytest.mark.parametrize("filtering", [Reach.FEW, Reach.MANY])
@pytest.mark.parametrize("count", [0, 1, ENOUGH - 1, ENOUGH, ENOUGH + 1, 2 * ENOUGH + 2])
def test_pages_and_numbers_are_right_on_both_sides_of_the_bound(company: Any, count: int, filtering: Reach) -> None:
    viewer = filled(company, count, filtering)
    seen = [f"x{number:04}" for number in range(2, count + 1, 2)]
    about = {"context": viewer, "filter": {"level": {"eq": 1}}, "order_by": BY_NAME, "total": True, "cursors": True}

    page = company.people("name", first=7, **about)
    assert [each["name"] for each in page["nodes"]] == seen[:7]
    assert (page["total"], page["total_at_least"]) == (len(seen), len(seen))
    assert (page["has_next"], page["has_previous"]) == (len(seen) > 7, False)
    if len(seen) > 7:
        following = company.people("name", first=7, after=page["cursors"][-1], **about)
        assert [each["name"] for each in following["nodes"]] == seen[7:14]
        assert following["total"] == len(seen)
        before = company.people("name", last=3, before=following["cursors"][0], **about)
        assert ([each["name"] for each in before["nodes"]], before["has_previous"]) == (seen[4:7], True)


@pytest.mark.parametrize("filtering", [Reach.FEW, Reach.MANY])
def test_a_number_beyond_what_is_counted_is_at_least_the_bound(company: Any, filtering: Reach) -> None:
    viewer = filled(company, 40, filtering)
    company.reader._count_limit = lambda: 10
    page = company.people("name", context=viewer, filter={"level": {"eq": 1}}, total=True)
    assert (page["total"], page["total_at_least"], len(page["nodes"])) == (None, 10, 20)


def test_few_are_found_once_and_asked_for_their_owners_one_by_one(company: Any) -> None:
    viewer = filled(company, ENOUGH, Reach.MANY)
    company.people("name", context=viewer, filter={"level": {"eq": 1}}, total=True)
    run = list(executed(company))
    # the people are gone through once; who is the viewer's is told by each one's own path
    assert len([node for node in run if node.get("Alias", "").startswith("r1") and "Scan" in node["Node Type"]
                and node.get("Relation Name") == "person"]) == 1  # fmt: skip
    [seen] = [node for node in run if node.get("Subplan Name") == "CTE -seen"]
    assert seen["Actual Rows"] == ENOUGH // 2


def test_of_many_only_so_many_are_looked_at_in_vain(company: Any) -> None:
    viewer = filled(company, 4 * ENOUGH, Reach.MANY)
    company.people("name", context=viewer, filter={"level": {"eq": 1}}, total=True)
    [some] = [node for node in executed(company) if node.get("Subplan Name") == "CTE -some"]
    assert some["Actual Rows"] == ENOUGH + 1
    assert [node for node in executed(company) if node.get("Subplan Name") == "CTE -seen" and node["Actual Rows"]] == []


def test_what_is_not_filtered_or_not_counted_holds_nothing(company: Any) -> None:
    viewer = filled(company, 3, Reach.MANY)
    for about in ({"total": True}, {"filter": {"level": {"eq": 1}}}):
        company.people("name", context=viewer, **about)
        assert "MATERIALIZED" not in company.store.last[0]
