"""What filters cost: plain indexes serve them, whether the planner knows their values or not (CUS-05)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from crm_common.protocol.declare import OrderBy
from crm_common.reading import Reader, Terms
from crm_common.statements import numbered

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
# ids by number, so that nothing is joined: what the planner thinks of a table that is being filled is anybody's guess
FILL = f"""
INSERT INTO person (id, name, name_key, nick, level, points, born_on, joined_at, active, words, department_path, line,
    gone)
SELECT md5('person ' || n)::uuid, 'name ' || n, n::text, 'nick ' || n, n % 7, n, date '1990-01-01' + n,
    timestamptz '2026-11-24 00:00+08' - n * interval '1 hour', true, '{{}}', '/', '{{}}', false
FROM generate_series(1, {ROWS}) n;
INSERT INTO label SELECT md5('label ' || n)::uuid, 'label ' || n FROM generate_series(1, {ROWS}) n;
INSERT INTO person_label SELECT md5('person ' || n)::uuid, md5('label ' || n)::uuid FROM generate_series(1, {ROWS}) n;
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
    text = numbered(sql)[0].decode()
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


def pairs(text: str) -> list[str]:
    return [*text] if len(text) < 2 else [text[place : place + 2] for place in range(len(text) - 1)]


@pytest.fixture
def termed(indexed: Any) -> Iterator[Any]:
    """The staff's words are the terms of their names: all signs and all pairs of neighbours."""
    connection, person = indexed.store.connection, indexed.tables["person"]
    connection.execute("""
        UPDATE person SET name = '客户' || n || '华信',
            words = ARRAY['客户', '客', '户', '户' || left(n, 1), '华', '信', '华信', right(n, 1) || '华']
        FROM (SELECT id, name_key AS n FROM person) m WHERE m.id = person.id""")
    connection.execute("UPDATE person SET name = '张三', words = '{张,三,张三}' WHERE name_key = '77'")
    connection.execute("UPDATE person SET name = '三张', words = '{三,张,三张}' WHERE name_key = '78'")
    connection.execute("CREATE INDEX person_words_x ON person USING gin (words)")
    connection.execute("VACUUM ANALYZE person")
    staff = next(each for each in indexed.bindings if each.shape.name == "Staff")
    name = replace(staff.fields["name"], terms=Terms(person.c.words, pairs))
    quick = replace(staff, fields={**staff.fields, "name": name})
    bindings = [quick if each is staff else each for each in indexed.bindings]
    indexed.reader = Reader(bindings, indexed.store)
    yield indexed
    connection.execute("DROP INDEX person_words_x")


@pytest.mark.parametrize(("part", "names"), [("张", ["三张", "张三"]), ("张三", ["张三"]), ("三", ["三张", "张三"])])
def test_one_or_two_chinese_characters_are_found_by_an_index(termed: Any, part: str, names: list[str]) -> None:
    assert sorted(termed.names(filter={"name": {"contains": part}})) == names
    for nodes in plans(termed, {"name": {"contains": part}}, ()):
        assert [node["Node Type"] for node in nodes if node.get("Index Name") == "person_words_x"] == [
            "Bitmap Index Scan"
        ], nodes


def test_the_text_itself_decides_and_what_has_no_terms_is_asked_of_it_alone(termed: Any) -> None:
    assert termed.names(filter={"name": {"contains": "张三李"}}) == []
    assert termed.names(filter={"name": {"contains": ""}}, first=1)
