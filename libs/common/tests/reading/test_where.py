"""The service's own condition on a list, and what statements are kept for."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.declare import OrderBy
from crm_common.reading import Reader, Where


def listed(company: Any, where: Where, **about: Any) -> dict[str, Any]:
    query = company.query(select=company.select("name"), order_by=(OrderBy("name"),), **about)
    page: dict[str, Any] = company.load(company.reader.page, query, company.viewer("b"), where=where)
    return page


def names(company: Any, sql: str, **values: Any) -> list[str]:
    return [node["name"] for node in listed(company, Where(sql, **values))["nodes"]]


def test_values_of_every_kind_are_bound(company: Any) -> None:
    number = company.number
    company.person("a", level=1, price=Decimal("1.5"), born_on=date(2026, 1, 1), active=True, nick="it's {t} %s")
    company.person("b", level=2, joined_at=datetime(2026, 11, 23, 16, 30, tzinfo=UTC), active=False)
    assert names(company, "{t}.id = {wanted}", wanted=number("a")) == ["a"]
    assert names(company, "{t}.id = ANY ({ids})", ids=[number("a"), number("b")]) == ["a", "b"]
    assert names(company, "{t}.id = ANY ({ids})", ids=[]) == []
    assert names(company, "{t}.name = ANY ({some})", some=("a", "'")) == ["a"]
    assert names(company, "{t}.nick = {nick}", nick="it's {t} %s") == ["a"]
    assert names(company, "{t}.level > {least} AND NOT {t}.active = {yes}", least=1, yes=True) == ["b"]
    assert names(
        company, "{t}.price = {price} AND {t}.born_on = {day}", price=Decimal("1.50"), day=date(2026, 1, 1)
    ) == ["a"]
    assert names(company, "{t}.joined_at = {now}") == ["b"]
    assert names(company, "{t}.id = {me}") == ["b"]
    assert names(
        company,
        "{t}.nick LIKE '%%'",
    ) == ["a"]


def test_a_cursor_is_bound_to_the_service_s_condition_too(company: Any) -> None:
    for name in "abc":
        company.person(name)
    cursor = listed(company, Where("{t}.level = {level}", level=1), cursors=True)["cursors"][0]
    assert len(listed(company, Where("{t}.level = {level}", level=1), after=cursor)["nodes"]) == 2
    with pytest.raises(CrmError, match="the_cursor_belongs_to_another_list"):
        listed(company, Where("{t}.level = {level}", level=2), after=cursor)


def test_requests_of_one_shape_share_a_statement_whatever_their_values(company: Any) -> None:
    for name in "abcdef":
        company.person(name)
    texts, about = set(), {"order_by": (OrderBy("name"),), "first": 1, "cursors": True}
    for value in ("a", "'; DROP TABLE person", "%s{t}"):
        for names_in in ([], ["a"], ["a", "b", "c"]):
            company.people("name", filter={"or": [{"name": {"gte": value}}, {"name": {"in": names_in}}]}, **about)
            texts.add(company.store.last[0])
    assert len(texts) == 1
    after = None
    pages = set()
    for _ in range(4):
        page = company.people("name", after=after, **about)
        after = page["cursors"][0]
        pages.add(company.store.last[0])
    assert len(pages) == 2  # the first page, and every later one


def test_a_known_shape_costs_less_than_a_tenth_of_a_millisecond_of_python(company: Any) -> None:
    class Instantly:
        def read(self, _sql: str, _parameters: Any = ()) -> bytes:
            return b"{}"

    reader, viewer = Reader(company.bindings, Instantly()), company.viewer()
    tree = {"and": [{"level": {"in": [1, 2, 3]}}, {"mood": {"eq": "CALM"}}, {"name": {"contains": "x"}}]}
    query = company.query(select=company.select("id", "name"), filter=tree, order_by=(OrderBy("name"),), total=True)

    def seconds() -> float:
        begun = time.perf_counter()
        reader.page(query, viewer)
        return time.perf_counter() - begun

    # the quickest of many: what the code costs, not what else this machine does
    assert min(seconds() for _ in range(200)) < 100e-6


def test_statements_are_kept_in_a_bounded_number(company: Any) -> None:
    company.person("a")
    for first in range(101):
        company.people("name", first=first)
    kept = company.reader._page.cache_info()
    assert (kept.currsize, kept.maxsize) == (101, 2_048)
