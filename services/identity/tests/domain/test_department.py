"""Rules of the department tree (IDN-01, 02, 03), without a database."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.identity.departments import CreateDepartment, UpdateDepartment
from identity.domain import department as domain
from identity.domain.department import Contents, Department

ROOT, A, B = UUID(int=1), UUID(int=2), UUID(int=3)


def department(key: UUID, name: str, parent: Department | None = None, *, rank: int = 0) -> Department:
    return Department(
        id=key,
        name=name,
        code=None,
        description=None,
        parent_id=parent.id if parent else None,
        head_id=None,
        path=domain.path_below(parent, key),
        rank=rank,
        version=1,
    )


root = department(ROOT, "root")
a = department(A, "A", root)
b = department(B, "B", a)


def test_a_path_names_every_ancestor_and_the_department_itself() -> None:
    assert b.path == f"/{ROOT}/{A}/{B}/"


def test_idn_01_a_new_department_is_the_last_of_its_siblings() -> None:
    siblings = [replace(a, rank=4), replace(b, rank=2)]

    created, event = domain.create(CreateDepartment(name="C", parent_id=ROOT), UUID(int=9), root, siblings)

    assert (created.rank, created.version, created.path) == (5, 1, f"/{ROOT}/{UUID(int=9)}/")
    assert event.changes["rank"] == (None, 5)


@pytest.mark.parametrize("below", [a, b])
def test_idn_01_no_department_is_above_itself(below: Department) -> None:
    with pytest.raises(CrmError) as refusal:
        domain.update(a, UpdateDepartment(id=A, version=1, parent_id=below.id), below, [])
    assert (refusal.value.code, refusal.value.field) == ("VALIDATION", "parent_id")
    assert refusal.value.message("zh") == "不能将部门“A”移到它自己或其下级部门之下。"
    assert refusal.value.message("en") == "A cannot be placed below itself."


def test_a_department_whose_id_begins_like_another_s_is_not_below_it() -> None:
    # paths are compared between slashes
    alike = replace(b, id=UUID(int=77), path=f"/{ROOT}/{UUID(int=77)}/")

    moved, events = domain.update(a, UpdateDepartment(id=A, version=1, parent_id=alike.id), alike, [])

    assert (moved.parent_id, len(events)) == (alike.id, 1)


def test_idn_01_moving_makes_it_the_last_there_staying_keeps_its_rank() -> None:
    inside = replace(a, rank=3)
    moved, _ = domain.update(inside, UpdateDepartment(id=A, version=1, parent_id=None), None, [replace(root, rank=7)])
    stayed, _ = domain.update(inside, UpdateDepartment(id=A, version=1, name="Z"), root, [replace(b, rank=7)])

    assert (moved.rank, moved.path, stayed.rank, stayed.version) == (8, f"/{A}/", 3, 2)


def test_idn_02_only_departments_whose_rank_changes_have_an_event() -> None:
    siblings = [
        department(UUID(int=key), name, root, rank=rank) for key, name, rank in ((5, "a", 0), (6, "b", 1), (7, "c", 2))
    ]

    moved = domain.reorder(siblings, [UUID(int=6), UUID(int=5), UUID(int=7)])

    assert [(each.name, each.rank, each.version) for each, _ in moved] == [("b", 0, 2), ("a", 1, 2)]


@pytest.mark.parametrize("ids", [(), (5,), (5, 5), (5, 6, 7), (5, 8)])
def test_idn_02_an_order_names_every_sibling_once(ids: tuple[int, ...]) -> None:
    siblings = [department(UUID(int=5), "a", root), department(UUID(int=6), "b", root, rank=1)]

    with pytest.raises(CrmError) as refusal:
        domain.reorder(siblings, [UUID(int=key) for key in ids])
    assert refusal.value.rule == "an_order_names_every_sibling_once"


def test_idn_03_the_same_head_again_is_no_change() -> None:
    headed, events = domain.set_head(a, 1, B, head_is_active=True)
    again, nothing = domain.set_head(headed, 2, B, head_is_active=True)

    assert (headed.head_id, events[0].head_id, events[0].former_head_id) == (B, B, None)
    assert (again, nothing) == (headed, [])


@pytest.mark.parametrize("contents", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_idn_01_a_department_with_anything_left_is_not_deleted(contents: tuple[int, int, int]) -> None:
    departments, positions, employees = contents
    with pytest.raises(CrmError) as refusal:
        domain.delete(a, 1, Contents(departments=departments, positions=positions, employees=employees))
    assert refusal.value.code == "BAD_STATE"


def test_versions_are_looked_at_before_everything_else() -> None:
    with pytest.raises(CrmError) as refusal:
        domain.update(a, UpdateDepartment(id=A, version=2, parent_id=B, name=" "), b, [])
    assert refusal.value.code == "CONFLICT"
