"""The acceptance lines of logins, passwords and locks (IDN-09, 11, 12, 13) through GraphQL alone, in both modes."""

from __future__ import annotations

from itertools import count

import pytest

from standing.person import Person
from standing.systems import System
from walking.company import FIRST, OWN, Company, Refusal, do, mutation, refused, refuses, said, until

pytestmark = pytest.mark.infra

LOGIN = mutation("login", "tokens { accessToken mustChangePassword }")
REFRESH = "tokens { accessToken refreshToken sessionId }"
WRONG = {
    "en": ("VALIDATION", None, "The login name or the password is wrong."),
    "zh-CN": ("VALIDATION", None, "用户名或密码错误。"),
}
NO_SESSION = Refusal("UNAUTHENTICATED", None, "Please log in.", "请先登录。")
_number = count()


@pytest.fixture(scope="module")
def company(system: System) -> Company:
    return Company(system)


@pytest.fixture
def newcomer(company: Company) -> tuple[str, str]:
    """The id and the login name of somebody who has the password OWN and may look at departments."""
    login = f"person{next(_number)}"
    role = company.role(login, "org.view")
    employee = company.employee(login, company.position("岗", company.department(login)), role)
    company.first_login(login)
    return employee, login


def attempt(company: Company, login: str, password: str, language: str = "en") -> tuple[str, str | None, str]:
    person = company.system.person(language=language)
    return said(person.send(LOGIN, **{"in": {"loginName": login, "password": password}}))


def test_idn_09_a_reset_ends_old_sessions_and_asks_for_another_password(
    company: Company, newcomer: tuple[str, str]
) -> None:
    employee, login = newcomer
    old = company.system.person()
    old.log_in(login, OWN)
    answer = do(company.admin, "resetEmployeePassword", "temporaryPassword", id=employee, newPassword="Reset-pass-3")
    assert answer["temporaryPassword"] is None
    until(lambda: "errors" in old.send("{ me { name } }"), "the end of the session", seconds=1)
    assert refused(old, "{ me { name } }") == NO_SESSION
    assert attempt(company, login, OWN) == WRONG["en"]
    person = company.system.person()
    assert person.log_in(login, "Reset-pass-3")["mustChangePassword"] is True
    answer = do(company.admin, "resetEmployeePassword", "temporaryPassword", id=employee)
    assert company.system.person().log_in(login, answer["temporaryPassword"])["mustChangePassword"] is True


def test_idn_11_the_old_password_is_asked_for_and_the_new_one_has_rules(
    company: Company, newcomer: tuple[str, str]
) -> None:
    _, login = newcomer
    person = company.system.person()
    person.log_in(login, OWN)
    assert refuses(person, "changeMyPassword", oldPassword="wrong", newPassword="Third-pass-3") == Refusal(
        "VALIDATION", "oldPassword", "The password is wrong.", "密码错误。"
    )
    too_plain = Refusal(
        "VALIDATION",
        "newPassword",
        "A password has at least 8 characters, letters and digits among them.",
        "密码至少 8 位，且须同时包含字母和数字。",
    )
    for plain in ("Short-1", "no-digits-here", "1234567890"):
        assert refuses(person, "changeMyPassword", oldPassword=OWN, newPassword=plain) == too_plain
    assert refuses(person, "changeMyPassword", oldPassword=OWN, newPassword=FIRST) == Refusal(
        "VALIDATION",
        "newPassword",
        "Choose a password that is none of your last 3.",
        "新密码不能与最近 3 次使用的密码相同。",
    )
    do(person, "changeMyPassword", oldPassword=OWN, newPassword="Third-pass-3")
    assert attempt(company, login, OWN) == WRONG["en"]
    company.system.person().log_in(login, "Third-pass-3")


def test_idn_12_unknown_names_and_wrong_passwords_are_told_alike(company: Company, newcomer: tuple[str, str]) -> None:
    _, login = newcomer
    for language, wrong in WRONG.items():
        assert attempt(company, login, "wrong-pass-1", language) == wrong
        assert attempt(company, f"{login}-nobody", "wrong-pass-1", language) == wrong


def test_idn_12_the_sixth_try_fails_even_with_the_right_password(company: Company, newcomer: tuple[str, str]) -> None:
    _, login = newcomer
    for _ in range(5):
        assert attempt(company, login, "wrong-pass-1") == WRONG["en"]
    locked = ("LIMIT_EXCEEDED", None, "Too many failed attempts. Try again in 15 minutes.")
    assert attempt(company, login, OWN) == locked
    assert attempt(company, login, OWN, "zh-CN") == ("LIMIT_EXCEEDED", None, "失败次数过多，请在 15 分钟后重试。")


def test_idn_12_a_session_is_refreshed_and_ends_with_the_logout(company: Company, newcomer: tuple[str, str]) -> None:
    _, login = newcomer
    person = company.system.person()
    first = person.log_in(login, OWN)
    stranger = Person(company.system.url)
    second = do(stranger, "refreshSession", REFRESH, refreshToken=first["refreshToken"])["tokens"]
    assert second["sessionId"] == first["sessionId"]
    assert second["refreshToken"] != first["refreshToken"]
    person.token = second["accessToken"]
    assert person.ask("{ me { loginName } }") == {"loginName": login}
    do(person, "logout", "ended")
    until(lambda: "errors" in person.send("{ me { name } }"), "the end of the session", seconds=1)
    assert refused(person, "{ me { name } }") == NO_SESSION
    assert refuses(stranger, "refreshSession", refreshToken=second["refreshToken"]) == Refusal(
        "UNAUTHENTICATED", None, "The session has ended. Please log in again.", "会话已结束，请重新登录。"
    )


def test_idn_12_a_refresh_token_opens_nothing_by_itself(company: Company, newcomer: tuple[str, str]) -> None:
    _, login = newcomer
    person = company.system.person()
    tokens = person.log_in(login, OWN)
    person.token = tokens["refreshToken"]
    assert refused(person, "{ me { name } }") == NO_SESSION
    person.token = None
    assert refuses(person, "refreshSession", refreshToken=tokens["accessToken"]).code == "UNAUTHENTICATED"


def test_idn_13_a_locked_session_answers_nothing_until_the_password_comes(
    company: Company, newcomer: tuple[str, str]
) -> None:
    _, login = newcomer
    person, elsewhere = company.system.person(), company.system.person()
    person.log_in(login, OWN)
    elsewhere.log_in(login, OWN)
    asked = "{ departments(first: 1) { nodes { name } } }"
    seen = {"nodes": [{"name": "我的公司"}]}
    assert person.ask(asked) == seen
    assert do(person, "lockSession", "locked")["locked"] is True
    locked = Refusal(
        "SESSION_LOCKED", None, "This session is locked; unlock it with your password.", "系统已锁定，请输入密码解锁。"
    )
    until(lambda: "errors" in person.send(asked), "the lock", seconds=1)
    assert refused(person, asked) == locked
    assert refuses(person, "changeMyPassword", oldPassword=OWN, newPassword="Third-pass-3") == locked
    assert person.ask("{ me { locked } }") == {"locked": True}
    assert elsewhere.ask(asked) == seen
    assert refuses(person, "unlockSession", password="wrong") == Refusal(
        "VALIDATION", "password", "The password is wrong.", "密码错误。"
    )
    assert do(person, "unlockSession", "locked", password=OWN)["locked"] is False
    until(lambda: person.send(asked).get("data") == {"departments": seen}, "the end of the lock", seconds=1)
