"""Rules of employees (IDN-05 … 10) and of what may be done to whom, without a database."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from crm_common.context import Actor, ActorKind
from crm_common.errors import CrmError
from crm_common.protocol.identity.employees import CreateEmployee, MoveEmployee, UpdateEmployee, UpdateMyProfile
from identity.domain import employee as domain
from identity.domain.employee import Seat
from identity.domain.line import Place
from identity.domain.visibility import sees

ME, BOSS, SALES, TEAM, SELLER, AGENT = (UUID(int=number) for number in range(1, 7))
SEAT = Seat(
    position_id=SELLER, department_id=SALES, department_name="销售", department_path=f"/{SALES}/", heads=(BOSS,)
)
PLACE = SEAT.place_of(ME)
employee, created = domain.create(CreateEmployee(name="李", login_name="li", position_id=SELLER), ME, SEAT)


def test_idn_05_position_before_employee() -> None:
    for position_id, department_id, seat, rule in (
        (None, None, None, "an_employee_needs_a_position"),
        (SELLER, None, None, "the_position_does_not_exist"),
        (SELLER, TEAM, SEAT, "a_position_must_belong_to_the_department"),
    ):
        with pytest.raises(CrmError) as refusal:
            domain.chosen_seat(position_id, department_id, seat)
        assert (refusal.value.code, refusal.value.rule) == ("VALIDATION", rule)
    assert domain.chosen_seat(SELLER, SALES, SEAT) is SEAT


def test_idn_05_the_event_tells_where_he_stands() -> None:
    assert (created.department_id, created.department_name, created.line, created.active) == (
        SALES,
        "销售",
        (BOSS,),
        True,
    )
    assert "login_name" in created.changes


@pytest.mark.parametrize(("typed", "kept"), [(" li ", "li"), ("李雷", "李雷"), ("a" * 64, "a" * 64)])
def test_a_login_name_is_kept_as_typed(typed: str, kept: str) -> None:
    assert domain.login_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "x", "a b", "a\u200bb", "a\nb", "a" * 65])
def test_a_login_name_that_could_not_be_typed_again_is_refused(typed: str) -> None:
    with pytest.raises(CrmError) as refusal:
        domain.login_name(typed)
    assert refusal.value.rule == "a_login_name_has_no_spaces"


def test_idn_07_moving_to_the_same_position_is_no_change() -> None:
    assert domain.move(employee, MoveEmployee(id=ME, version=1, position_id=SELLER), SEAT) == (employee, [])


def test_idn_07_moving_tells_from_where_to_where() -> None:
    other = replace(SEAT, position_id=AGENT, department_id=TEAM)

    moved, (event,) = domain.move(employee, MoveEmployee(id=ME, version=1, position_id=AGENT), other)

    assert (moved.department_id, moved.position_id, moved.version) == (TEAM, AGENT, 2)
    assert (event.position_id, event.former_position_id, event.former_department_id) == (AGENT, SELLER, SALES)


def test_idn_08_disabling_and_enabling_take_turns() -> None:
    disabled, event = domain.disable(employee, 1, PLACE, reason="离职", by=BOSS)
    enabled, _ = domain.enable(disabled, 2, PLACE)

    assert (disabled.active, event.active, event.reason, enabled.active, enabled.version) == (
        False,
        False,
        "离职",
        True,
        3,
    )
    with pytest.raises(CrmError) as again:
        domain.disable(disabled, 2, PLACE, reason=None, by=BOSS)
    with pytest.raises(CrmError) as active:
        domain.enable(employee, 1, PLACE)
    with pytest.raises(CrmError) as himself:
        domain.disable(employee, 1, PLACE, reason=None, by=ME)
    assert {error.value.code for error in (again, active, himself)} == {"BAD_STATE"}


def test_idn_10_a_profile_holds_only_what_is_one_s_own() -> None:
    command = UpdateMyProfile(version=1, phone="8001", email=" li@huaxin.cn ", bio="", avatar_url=None)

    changed, (event,) = domain.update_profile(employee, command, PLACE)

    assert (changed.phone, changed.email, changed.bio) == ("8001", "li@huaxin.cn", None)
    assert event.changes == {"phone": (None, "8001"), "email": (None, "li@huaxin.cn")}
    assert replace(changed, phone=None, email=None, version=1) == employee


def test_a_stale_version_is_refused_before_anything_else() -> None:
    for change in (
        lambda: domain.update(employee, UpdateEmployee(id=ME, version=2, name=" "), PLACE),
        lambda: domain.disable(employee, 2, PLACE, reason=None, by=ME),
        lambda: domain.enable(employee, 2, PLACE),
    ):
        with pytest.raises(CrmError) as refusal:
            change()
        assert refusal.value.code == "CONFLICT"


@pytest.mark.parametrize(
    ("scope", "seen"),
    [("SELF", "me"), ("TEAM", "me report"), ("DEPT", "me report peer"), ("DEPT_TREE", "me report peer below"),
     ("ALL", "me report peer below other")],
)  # fmt: skip
def test_idn_19_a_scope_opens_the_people_it_names(scope: str, seen: str) -> None:
    actor = Actor(
        kind=ActorKind.EMPLOYEE, id=ME, name="me", department_id=SALES, scopes={"org": scope} if scope != "SELF" else {}
    )

    def place(department: UUID, path: str, *line: UUID) -> Place:
        return Place(department_id=department, department_name="", department_path=path, line=line)

    people = {
        "me": (ME, place(SALES, f"/{SALES}/")),
        "report": (UUID(int=21), place(SALES, f"/{SALES}/", ME)),
        "peer": (UUID(int=22), place(SALES, f"/{SALES}/")),
        "below": (UUID(int=23), place(TEAM, f"/{SALES}/{TEAM}/")),
        "other": (UUID(int=24), place(AGENT, f"/{AGENT}/")),
    }
    assert " ".join(name for name, (key, where) in people.items() if sees(actor, key, where)) == seen
