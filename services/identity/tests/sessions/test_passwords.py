"""Passwords, the second factor, and that no secret is left anywhere (IDN-09, 11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from crm_common.context import system_context
from crm_common.errors import CrmError
from founded.house import House
from sessions_of import PASSWORD, attempt, later, login, seller, who


@pytest.fixture
def li(house: House) -> dict[str, Any]:
    """A salesman with a password of his own."""
    return seller(house)


def change(house: House, tokens: dict[str, Any], old: str, new: str) -> str:
    """The rule that refused a change of password, or ``changed``."""
    try:
        house.call(who(house, tokens), "change_my_password", old_password=old, new_password=new)
    except CrmError as refused:
        return refused.rule
    return "changed"


@pytest.mark.usefixtures("li")
def test_idn_11_the_old_password_is_needed_and_the_new_one_works(house: House) -> None:
    here, there = login(house), login(house)

    assert change(house, here, "wrong", "Neues-Wort-2") == "the_password_is_wrong"
    assert change(house, here, PASSWORD, "Neues-Wort-2") == "changed"

    assert attempt(house, login_name="li", password=PASSWORD) == "login_name_or_password_is_wrong"
    assert attempt(house, login_name="li", password="Neues-Wort-2") == "in"
    assert house.as_system("actor_of_session", session_id=here["session_id"]) is not None
    assert house.as_system("actor_of_session", session_id=there["session_id"]) is None


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Short-1", "a_password_has_letters_and_digits"),
        ("only-letters", "a_password_has_letters_and_digits"),
        ("12345678", "a_password_has_letters_and_digits"),
        ("my-LI-is-1234", "a_password_is_not_the_login_name"),
        ("Eight-88", "changed"),
        ("密码密码密码密码1", "changed"),
    ],
)
@pytest.mark.usefixtures("li")
def test_idn_11_a_password_has_eight_characters_letters_and_digits(house: House, password: str, rule: str) -> None:
    assert change(house, login(house), PASSWORD, password) == rule


@pytest.mark.usefixtures("li")
def test_idn_11_none_of_the_last_three_is_taken_again(house: House) -> None:
    tokens = login(house)
    rules = [
        change(house, tokens, old, new)
        for old, new in (
            (PASSWORD, PASSWORD),
            (PASSWORD, "Zweites-2"),
            ("Zweites-2", "Drittes-3"),
            ("Drittes-3", PASSWORD),
            ("Drittes-3", "Zweites-2"),
            ("Drittes-3", "Viertes-4"),
            ("Viertes-4", PASSWORD),
        )
    ]

    used = "a_password_is_not_one_of_the_last"
    assert rules == [used, "changed", "changed", used, used, "changed", "changed"]


def test_idn_09_a_reset_password_is_good_for_one_login_that_demands_another(house: House, li: dict[str, Any]) -> None:
    before = login(house)

    answer = house.call(house.admin, "reset_employee_password", id=li["id"])

    made = answer["temporary_password"]
    assert house.as_system("actor_of_session", session_id=before["session_id"]) is None
    assert attempt(house, login_name="li", password=PASSWORD) == "login_name_or_password_is_wrong"
    assert login(house, password=made)["must_change_password"] is True
    assert [each[1]["changes"] for each in house.events("employee.password_reset")] == [
        {"must_change_password": [False, True]}
    ]


def test_idn_09_a_password_is_reset_by_those_who_may_and_within_their_scope(house: House, li: dict[str, Any]) -> None:
    refused = house.refused(house.actor(li["id"]), "reset_employee_password", id=li["id"])
    assert (refused.code, refused.details) == ("FORBIDDEN", {"permission": "org.employee.reset_password"})

    weak = house.refused(house.admin, "reset_employee_password", id=li["id"], new_password="short")
    assert (weak.code, weak.field) == ("VALIDATION", "new_password")


@pytest.mark.usefixtures("li")
def test_a_second_factor_is_asked_for_once_it_is_confirmed(house: House) -> None:
    tokens = login(house)
    begun = house.call(who(house, tokens), "start_second_factor", password=PASSWORD)["enrolment"]
    totp = pyotp.TOTP(begun["secret"])
    assert attempt(house, login_name="li", password=PASSWORD) == "in"

    codes = house.call(who(house, tokens), "confirm_second_factor", code=totp.at(house.clock.now()))["recovery_codes"]

    later(house, seconds=60)
    code = totp.at(house.clock.now())
    given: list[dict[str, Any]] = [
        {},
        {"code": "000000"},
        {"code": code},
        {"code": code},
        {"code": codes[0]},
        {"code": codes[0]},
    ]
    wrong = "the_second_factor_code_is_wrong"
    assert [attempt(house, login_name="li", password=PASSWORD, **each) for each in given] == [
        "a_second_factor_code_is_needed",
        wrong,
        "in",
        wrong,
        "in",
        wrong,
    ]
    assert attempt(house, login_name="li", password="no", code="000000") == "login_name_or_password_is_wrong"


def test_a_lost_telephone_is_helped_by_an_administrator(house: House, li: dict[str, Any]) -> None:
    tokens = login(house)
    begun = house.call(who(house, tokens), "start_second_factor", password=PASSWORD)["enrolment"]
    code = pyotp.TOTP(begun["secret"]).at(house.clock.now())
    house.call(who(house, tokens), "confirm_second_factor", code=code)

    house.call(house.admin, "reset_employee_second_factor", id=li["id"])

    assert house.as_system("actor_of_session", session_id=tokens["session_id"]) is None
    assert attempt(house, login_name="li", password=PASSWORD) == "in"
    again = house.refused(house.admin, "reset_employee_second_factor", id=li["id"])
    assert (again.code, again.rule) == ("BAD_STATE", "the_second_factor_is_off")


@pytest.mark.usefixtures("li")
def test_one_switches_the_second_factor_off_with_both_factors(house: House) -> None:
    tokens = login(house)
    refused = house.refused(who(house, tokens), "confirm_second_factor", code="123456")
    assert refused.rule == "the_second_factor_was_not_begun"
    begun = house.call(who(house, tokens), "start_second_factor", password=PASSWORD)["enrolment"]
    totp = pyotp.TOTP(begun["secret"])
    house.call(who(house, tokens), "confirm_second_factor", code=totp.at(house.clock.now()))
    later(house, seconds=60)

    with pytest.raises(CrmError) as wrong:
        house.call(who(house, tokens), "disable_second_factor", password=PASSWORD, code="000000")
    assert wrong.value.rule == "the_second_factor_code_is_wrong"
    code = totp.at(house.clock.now())
    off = house.call(who(house, tokens), "disable_second_factor", password=PASSWORD, code=code)

    assert off == {"enabled": False}
    assert attempt(house, login_name="li", password=PASSWORD) == "in"


def test_no_secret_is_left_in_the_database(house: House, li: dict[str, Any]) -> None:
    first = login(house)
    second = house.call(None, "refresh_session", refresh_token=first["refresh_token"], idempotency_key="k1")["tokens"]
    begun = house.call(who(house, second), "start_second_factor", password=PASSWORD)["enrolment"]
    made = house.call(house.admin, "reset_employee_password", id=li["id"], idempotency_key="k2")["temporary_password"]
    assert (
        house.call(house.admin, "reset_employee_password", id=li["id"], idempotency_key="k2")["temporary_password"]
        is None
    )
    secrets = [PASSWORD, made, begun["secret"], first["access_token"], second["access_token"]]
    secrets += [token["refresh_token"].partition(".")[2] for token in (first, second)]

    found = {
        table: secret
        for table in house.rows()
        for secret in secrets
        for (present,) in house.store.rows(
            f'SELECT count(*) FROM "{table}" t WHERE position(%s in t::text) > 0', (secret,)
        )
        if present
    }

    assert found == {}


def test_old_sessions_and_failures_are_forgotten(house: House, li: dict[str, Any]) -> None:
    login(house)
    attempt(house, login_name="nobody", password="no")
    house.clock.moment += timedelta(days=40)
    kept = login(house)

    context = system_context("identity", correlation_id="forget")
    house.service.scheduler.run_now("identity.forget_sessions", context)

    assert [str(row[0]) for row in house.store.rows("SELECT id FROM session")] == [kept["session_id"]]
    assert house.store.rows("SELECT count(*) FROM login_attempt WHERE failures > 0") == [(0,)]
    assert li["id"] == str(who(house, kept).id)
