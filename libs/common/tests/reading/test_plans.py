"""What filters cost: plain indexes serve them, whether the planner knows their values or not (CUS-05)."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from crm_common.protocol.declare import OrderBy

ROWS = 20_000
INDEXES = {
    "person_name_x": "person (name, id)",
    "person_nick_x": "person (nick, id)",
    "person_points_x": "person (points, id)",
    "person_born_x": "person (born_on, id)",
    "person_joined_x": "person (joined_at, id)",
    "person_label_x": "person_label (label_id)",
    "label_name_x": "label (name)",
}
FILL = f"""
INSERT INTO person (id, name, name_key, nick, level, points, born_on, joined_at, active, words, department_path, line,
    gone)
SELECT gen_random_uuid(), 'name ' || n, n::text, 'nick ' || n, n % 7, n, date '1990-01-01' + n,
    timestamptz '2026-11-24 00:00+08' - n * interval '1 hour', true, '{{}}', '/', '{{}}', false
FROM generate_series(1, {ROWS}) n;
INSERT INTO label SELECT gen_random_uuid(), 'label ' || n FROM generate_series(1, {ROWS}) n;
INSERT INTO person_label SELECT p.id, l.id FROM (SELECT id, row_number() OVER () n FROM person) p
    JOIN (SELECT id, row_number() OVER () n FROM label) l USING (n);
ANALYZE person, label, person_label;
"""


@pytest.fixture
def indexed(company: Any, connection: Any) -> Iterator[Any]:
    for name, columns in INDEXES.items():
        text = {"person_nick_x": 'person (nick COLLATE "C", id)'}.get(name, columns)
        connection.execute(f"CREATE INDEX {name} ON {text}")
    connection.execute(FILL)
    yield company
    for name in INDEXES:
        connection.execute(f"DROP INDEX {name}")


def walked(plan: Any) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from walked(below)


def plans(company: Any, tree: dict[str, Any], order: Any) -> Iterator[list[dict[str, Any]]]:
    """The nodes of the page's plan: with the values known, and as it is kept for all values."""
    company.people("name", filter=tree, order_by=order)
    sql, values = company.store.last
    numbers = itertools.count(1)
    text = re.sub(r"%(.)", lambda found: f"${next(numbers)}" if found[1] == "s" else found[1], sql)
    for statement, given in (
        (f"EXPLAIN (FORMAT JSON) {sql}", values),
        (f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {text}", None),
    ):
        found = company.store.connection.execute(statement, given).fetchone()[0]
        found = json.loads(found) if isinstance(found, str) else found
        yield list(walked(found[0]["Plan"]))


SERVED: list[tuple[str, dict[str, Any]]] = [
    ("person_name_x", {"name": {"eq": "name 7"}}),
    ("person_name_x", {"name": {"in": ["name 7", "name 8"]}}),
    ("person_name_x", {"name": {"starts_with": "name 1999"}}),
    ("person_nick_x", {"nick": {"starts_with": "nick 1999"}}),
    ("person_nick_x", {"nick": {"is_empty": True}}),
    ("person_points_x", {"points": {"between": {"from": 10, "to": 20}}}),
    ("person_joined_x", {"joined_at": {"within_last": {"amount": 3, "unit": "DAY"}}}),
    ("person_joined_x", {"joined_at": {"older_than": {"amount": 27, "unit": "MONTH"}}}),
    ("person_joined_x", {"joined_at": {"in_period": "THIS_WEEK"}}),
    ("person_born_x", {"born_on": {"in_period": "THIS_MONTH"}}),
    ("person_born_x", {"born_on": {"within_next": {"amount": 2, "unit": "WEEK"}}}),
    ("person_name_x", {"or": [{"name": {"eq": "name 7"}}, {"nick": {"eq": "nick 9"}}]}),
    ("label_name_x", {"labels": {"some": {"name": {"eq": "label 7"}}}}),
]


def test_plain_indexes_serve_the_conditions(indexed: Any) -> None:
    for index, tree in SERVED:
        # what leaves an end open may be most of the table: then it is the order that makes its index worth while
        order = (OrderBy("joined_at"),) if "older_than" in str(tree) else ()
        for nodes in plans(indexed, tree, order):
            used = [node for node in nodes if node.get("Index Name") == index]
            assert any("Index Cond" in node for node in used), (tree, nodes)
            assert [node for node in nodes if node["Node Type"] == "Seq Scan"] == [], (tree, nodes)
