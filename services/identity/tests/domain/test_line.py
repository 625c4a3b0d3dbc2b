"""Who is somebody's superior, by the heads above him."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from identity.domain.line import superiors

A, B, C, ME = (UUID(int=number) for number in (1, 2, 3, 9))
people = st.sampled_from([A, B, C, ME])


def test_the_heads_from_below_upwards_are_the_line() -> None:
    assert superiors(ME, [A, B, C]) == (A, B, C)


def test_nobody_is_his_own_superior_nor_under_those_below_him() -> None:
    assert superiors(ME, [ME, A]) == (A,)
    assert superiors(ME, [A, ME, B]) == (B,)
    assert superiors(ME, [ME, A, ME]) == ()


def test_who_heads_several_departments_above_is_named_once_where_he_is_nearest() -> None:
    assert superiors(ME, [A, B, A, C]) == (A, B, C)


@given(st.lists(people, max_size=12))
def test_a_line_never_holds_the_person_and_nobody_twice(heads: list[UUID]) -> None:
    line = superiors(ME, heads)

    assert ME not in line
    assert len(set(line)) == len(line)
    assert set(line) <= set(heads)


@given(st.lists(people, max_size=12))
def test_everybody_above_the_highest_own_department_is_in_the_line(heads: list[UUID]) -> None:
    last = max((place for place, head in enumerate(heads) if head == ME), default=-1)

    assert set(superiors(ME, heads)) == set(heads[last + 1 :])
