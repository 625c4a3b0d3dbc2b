"""Logging in, going on, leaving (IDN-08, 12, 13)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from crm_common.clock import FixedClock
from crm_common.context import ActorKind
from crm_common.errors import CrmError
from founded.house import NOW, House
from sessions_of import PASSWORD, actor_of, attempt, later, login, seller, who


@pytest.fixture
def li(house: House) -> dict[str, Any]:
    """A salesman with a password of his own."""
    return seller(house)


def test_idn_12_a_login_gives_tokens_for_the_one_who_logged_in(house: House, li: dict[str, Any]) -> None:
    tokens = login(house, " ＬＩ ", client="mobile")

    keys = house.as_system("signing_keys")["keys"]
    kid = jwt.get_unverified_header(tokens["access_token"])["kid"]
    [key] = [jwt.PyJWK(each) for each in keys if each["kid"] == kid]
    claims = jwt.decode(
        tokens["access_token"], key, algorithms=["EdDSA"], options={"verify_exp": False, "verify_iat": False}
    )
    assert claims == {
        "sub": li["id"],
        "sid": tokens["session_id"],
        "client": "mobile",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=15)).timestamp()),
    }
    actor = who(house, tokens)
    assert (actor.kind, str(actor.id), actor.restricted) == (ActorKind.EMPLOYEE, li["id"], None)
    assert actor.permissions == house.actor(li["id"]).permissions
    assert house.events("session.started")[-1][1]["client"] == "mobile"


def test_idn_05_the_first_login_demands_a_new_password(house: House) -> None:
    house.employee("wang", house.position("销售", house.root))
    tokens = login(house, "wang")

    assert tokens["must_change_password"] is True
    refused = house.refused(who(house, tokens), "my_sessions")
    assert (refused.code, refused.rule) == ("FORBIDDEN", "the_password_must_be_changed_first")

    changed = house.call(who(house, tokens), "change_my_password", old_password=PASSWORD, new_password="Neues-Wort-2")

    assert changed == {"changed": True}
    assert len(house.call(who(house, tokens), "my_sessions")["nodes"]) == 1


@pytest.mark.usefixtures("li")
def test_idn_12_unknown_name_and_wrong_password_are_refused_alike(house: House) -> None:
    wrong = [attempt(house, login_name=name, password="no") for name in ("li", "nobody") for _ in range(7)]

    expected = ["login_name_or_password_is_wrong"] * 5 + ["too_many_logins_have_failed"] * 2
    assert wrong == expected * 2


@pytest.mark.usefixtures("li")
def test_idn_12_the_sixth_try_fails_with_the_right_password_within_15_minutes(house: House) -> None:
    for _ in range(5):
        attempt(house, login_name="li", password="no")

    assert attempt(house, login_name="LI", password=PASSWORD) == "too_many_logins_have_failed"
    later(house, minutes=14, seconds=59)
    assert attempt(house, login_name="li", password=PASSWORD) == "too_many_logins_have_failed"
    later(house, seconds=1)
    assert attempt(house, login_name="li", password=PASSWORD) == "in"
    failed = house.events("session.failed")
    assert [event[1]["failures"] for event in failed] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("li")
def test_idn_12_a_successful_login_forgets_the_failures_before_it(house: House) -> None:
    for _ in range(2):
        for _ in range(4):
            attempt(house, login_name="li", password="no")
        assert attempt(house, login_name="li", password=PASSWORD) == "in"


@pytest.mark.usefixtures("li")
def test_idn_12_parallel_failures_are_counted_one_by_one(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        rules = list(pool.map(lambda _: attempt(house, login_name="li", password="no"), range(12)))

    assert sorted(rules) == ["login_name_or_password_is_wrong"] * 5 + ["too_many_logins_have_failed"] * 7


@pytest.mark.usefixtures("li")
def test_idn_12_a_refresh_token_is_changed_for_new_tokens(house: House) -> None:
    first = login(house)
    later(house, days=6)
    second = house.call(None, "refresh_session", refresh_token=first["refresh_token"])["tokens"]

    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    later(house, days=6)
    assert house.call(None, "refresh_session", refresh_token=second["refresh_token"])["tokens"]


@pytest.mark.usefixtures("li")
def test_idn_12_a_session_ends_after_7_days_without_use(house: House) -> None:
    tokens = login(house)
    later(house, days=7)

    refused = house.refused(None, "refresh_session", refresh_token=tokens["refresh_token"])
    assert (refused.code, refused.rule) == ("UNAUTHENTICATED", "the_refresh_token_is_not_valid")
    assert actor_of(house, tokens) is None


@pytest.mark.usefixtures("li")
def test_idn_12_a_lost_answer_costs_nobody_the_session(house: House) -> None:
    first = login(house)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda _: house.call(None, "refresh_session", refresh_token=first["refresh_token"])["tokens"], range(20)
        )
        tokens = {answer["refresh_token"] for answer in answers}

    assert len(tokens) == 1
    assert house.call(None, "refresh_session", refresh_token=tokens.pop())["tokens"]


@pytest.mark.usefixtures("li")
def test_idn_12_an_old_refresh_token_ends_the_session_for_thief_and_owner(house: House) -> None:
    first = login(house)
    second = house.call(None, "refresh_session", refresh_token=first["refresh_token"])["tokens"]
    later(house, seconds=61)

    with pytest.raises(CrmError) as refused:
        house.call(None, "refresh_session", refresh_token=first["refresh_token"])

    assert refused.value.rule == "the_refresh_token_is_not_valid"
    assert actor_of(house, second) is None
    again = house.refused(None, "refresh_session", refresh_token=second["refresh_token"])
    assert again.rule == "the_refresh_token_is_not_valid"
    assert house.events("session.ended")[-1][1]["reason"] == "token_reused"


@pytest.mark.parametrize("token", ["x", "x.y", f"{UUID(int=5)}.y", f"{UUID(int=5)}.", "."])
def test_idn_12_what_is_no_refresh_token_is_unauthenticated(house: House, token: str) -> None:
    house.as_system("signing_keys")  # the first caller ever makes the key
    refused = house.refused(None, "refresh_session", refresh_token=token)

    assert (refused.code, refused.rule) == ("UNAUTHENTICATED", "the_refresh_token_is_not_valid")


@pytest.mark.usefixtures("li")
def test_idn_12_logout_ends_this_session_only(house: House) -> None:
    here, there = login(house), login(house)

    assert house.call(who(house, here), "logout") == {"ended": True}
    assert actor_of(house, here) is None
    assert actor_of(house, there) is not None
    assert house.refused(None, "refresh_session", refresh_token=here["refresh_token"]).code == "UNAUTHENTICATED"


@pytest.mark.usefixtures("li")
def test_idn_12_one_ends_another_session_of_one_s_own_but_nobody_else_s(house: House) -> None:
    here, there = login(house), login(house)
    house.employee("wang", house.position("助理", house.root))
    stranger = house.actor(house.store.rows("SELECT id FROM employee WHERE login_name = 'wang'")[0][0])

    assert house.refused(stranger, "end_session", id=there["session_id"]).code == "NOT_FOUND"
    assert house.call(who(house, here), "end_session", id=there["session_id"]) == {"ended": True}
    assert actor_of(house, there) is None


def test_idn_08_disabling_ends_all_sessions_and_refuses_the_login(house: House, li: dict[str, Any]) -> None:
    tokens = [login(house), login(house)]

    house.call(house.admin, "disable_employee", id=li["id"], version=house.get("employees", li["id"])["version"])

    assert [actor_of(house, each) for each in tokens] == [None, None]
    assert attempt(house, login_name="li", password=PASSWORD) == "login_name_or_password_is_wrong"
    house.call(house.admin, "enable_employee", id=li["id"], version=house.get("employees", li["id"])["version"])
    assert [actor_of(house, each) for each in tokens] == [None, None]
    assert attempt(house, login_name="li", password=PASSWORD) == "in"


@pytest.mark.usefixtures("li")
def test_idn_13_a_locked_session_is_opened_by_the_password_only(house: House) -> None:
    tokens = login(house)
    assert house.call(who(house, tokens), "lock_session") == {"locked": True}

    locked = house.refused(who(house, tokens), "my_sessions")
    assert (locked.code, locked.rule) == ("SESSION_LOCKED", "the_session_is_locked")
    with pytest.raises(CrmError) as wrong:
        house.call(who(house, tokens), "unlock_session", password="no")
    assert (wrong.value.rule, wrong.value.field) == ("the_password_is_wrong", "password")
    assert house.refused(who(house, tokens), "my_sessions").code == "SESSION_LOCKED"

    assert house.call(who(house, tokens), "unlock_session", password=PASSWORD) == {"locked": False}
    assert len(house.call(who(house, tokens), "my_sessions")["nodes"]) == 1


@pytest.mark.usefixtures("li")
def test_idn_13_guessing_at_a_locked_screen_locks_the_name(house: House) -> None:
    tokens = login(house)
    house.call(who(house, tokens), "lock_session")
    for _ in range(5):
        with pytest.raises(CrmError):
            house.call(who(house, tokens), "unlock_session", password="no")

    with pytest.raises(CrmError) as refused:
        house.call(who(house, tokens), "unlock_session", password=PASSWORD)
    assert refused.value.rule == "too_many_logins_have_failed"


@pytest.mark.usefixtures("li")
def test_tokens_of_a_retired_key_stay_valid_and_a_forged_one_never_is(house: House) -> None:
    # a token's own end is judged by the machine's clock, as PyJWT does
    house.clock.moment = FixedClock(house.clock.moment).now().replace(year=2035)
    tokens = login(house)
    rotated = house.as_system("rotate_signing_key")

    assert house.as_system("actor_of_token", token=tokens["access_token"])["name"] == "li"
    assert jwt.get_unverified_header(login(house)["access_token"])["kid"] == rotated["kid"]
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    for forged in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": rotated["kid"]}),
        tokens["access_token"][:-4] + "AAAA",
        tokens["refresh_token"],
        "",
    ):
        assert house.as_system("actor_of_token", token=forged) is None
