"""Bindings fit their views, or the module that makes them does not load."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from crm_common.reading import Reader, bind, by_owner, many, one


def message(made: Any) -> str:
    with pytest.raises(TypeError) as fault:
        made()
    return str(fault.value)


def table(**columns: type[sa.types.TypeEngine[Any]]) -> sa.Table:
    given: dict[str, Any] = {"id": sa.Uuid, "name": sa.Text(collation="C")} | columns
    return sa.Table("thing", sa.MetaData(), *(sa.Column(name, kind) for name, kind in given.items()))


def test_every_field_is_bound_and_nothing_else(company: Any) -> None:
    label, team = company.views["Label"], company.views["Team"]
    assert message(lambda: bind(label, sa.Table("thing", sa.MetaData(), sa.Column("id", sa.Uuid)))) == (
        "Label does not fit its binding: name has no column or expression"
    )
    things = table(parent_id=sa.Uuid)
    assert message(lambda: bind(label, things, fields={"nmae": "1"})) == (
        "Label does not fit its binding: nmae is bound, but the view shows no such value"
    )
    assert message(lambda: bind(team, things, children={"parent": one(things.c.parent_id), "kids": many("true")})) == (
        "Team does not fit its binding: children is not said how to find (one, many);"
        " kids is bound, but the view shows no such records; people is not said how to find (one, many)"
    )


def test_columns_are_of_the_bound_table(company: Any) -> None:
    elsewhere = table()
    assert message(lambda: bind(company.views["Label"], table(), fields={"name": elsewhere.c.name})) == (
        "thing.name is not a column of thing"
    )


def test_braces_stand_for_something(company: Any) -> None:
    for broken in ({"fields": {"name": "{x}.name"}}, {"where": "{t}.id = {you}"}):
        assert "stands for nothing" in message(lambda broken=broken: bind(company.views["Label"], table(), **broken))


def test_an_order_names_what_there_is(company: Any) -> None:
    things = table()
    assert message(lambda: bind(company.views["Label"], things, default_order=("-age",))) == (
        "Label cannot be sorted by age: there is no such field"
    )
    assert "neither a column nor column.desc()" in message(
        lambda: bind(company.views["Label"], things, default_order=(things.c.name.asc(),))
    )
    by_name = bind(company.views["Label"], things, default_order=(things.c.name.desc(),)).default_order
    assert [(step.bound.sql, step.descending) for step in by_name] == [("{t}.name", True)]


def test_children_say_how_they_are_found() -> None:
    things, links = table(), table(thing_id=sa.Uuid)
    assert "either" not in message(many)
    assert "not of one link table" in message(lambda: many(through=(things.c.id, links.c.thing_id)))


def test_a_view_that_is_shown_is_bound(company: Any) -> None:
    without_labels = [each for each in company.bindings if each.shape.name != "Label"]
    assert message(lambda: Reader(without_labels, company.store)) == (
        "Staff.labels shows <view Label>, which is bound to nothing here"
    )


def test_a_scope_needs_people_who_can_be_expanded() -> None:
    things = table()
    assert message(lambda: by_owner("m", owner=things.c.id, people=things)) == (
        "thing has no column department_id, so a scope cannot be expanded by it"
    )


def test_a_query_that_nobody_declared_is_not_answered(company: Any) -> None:
    class Undeclared(type(company.query())):  # type: ignore[misc]
        pass

    with pytest.raises(TypeError, match="Undeclared is not a declared query"):
        company.reader.page(Undeclared(), company.viewer())


def test_names_that_need_quotes_get_them(company: Any) -> None:
    label = company.views["Label"]
    odd = sa.Table(
        "Odd Table",
        sa.MetaData(),
        sa.Column("id", sa.Uuid),
        sa.Column('na"me', sa.Text(collation="C")),
        schema="public",
    )
    bound = bind(label, odd, fields={"name": odd.c['na"me']}, default_order=("name",))
    with company.engine.begin() as connection:
        odd.create(connection)
        connection.execute(sa.insert(odd), [{"id": company.number("x"), 'na"me': "odd"}])
    query = company.labels_query(select=company.select("name"))
    page = company.load(Reader([bound], company.store).page, query, company.viewer())
    assert page["nodes"] == [{"name": "odd"}]
    with company.engine.begin() as connection:
        odd.drop(connection)
