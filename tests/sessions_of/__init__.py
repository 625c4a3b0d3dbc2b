"""People who log in: what the tests of sessions share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from crm_common.context import Actor
from crm_common.errors import CrmError
from founded.house import House

PASSWORD = "Pass-word-1"


def seller(house: House) -> dict[str, Any]:
    """A salesman with an account that has its own password already."""
    position = house.position("销售", house.root)
    created = house.employee("li", position, house.preset("SALES")["id"])
    with house.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE employee SET must_change_password = false WHERE login_name = 'li'")
    return created


def login(house: House, name: str = "li", password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    """The tokens of a new session."""
    tokens: dict[str, Any] = house.call(None, "login", login_name=name, password=password, **more)["tokens"]
    return tokens


def actor_of(house: House, tokens: dict[str, Any]) -> Actor | None:
    """Who acts with these tokens, as the gateway learns it."""
    found = house.as_system("actor_of_session", session_id=tokens["session_id"])
    return msgspec.convert(found, Actor) if found else None


def who(house: House, tokens: dict[str, Any]) -> Actor:
    """The same, of a session that goes on."""
    actor = actor_of(house, tokens)
    assert actor is not None
    return actor


def attempt(house: House, **payload: Any) -> str:
    """The rule that refused a login, or ``in``."""
    try:
        house.call(None, "login", **payload)
    except CrmError as refused:
        return refused.rule
    return "in"


def later(house: House, **passed: float) -> None:
    """Let time pass."""
    house.clock.moment += timedelta(**passed)
