"""Programs that call the API (IDN-25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from crm_common.context import Actor, ActorKind
from crm_common.errors import CrmError
from founded.house import House
from sessions_of import later


def create(house: House, *permissions: str, **more: Any) -> dict[str, Any]:
    """A new API client and its secret."""
    given = {"name": "ERP", "permissions": permissions or ("org.view",)} | more
    made: dict[str, Any] = house.call(house.admin, "create_api_client", **given)
    return made


def tokens_of(house: House, made: dict[str, Any]) -> dict[str, Any]:
    """What it gets for key and secret."""
    key = made["api_client"]["key"]
    tokens: dict[str, Any] = house.call(None, "login_api_client", key=key, secret=made["secret"])["tokens"]
    return tokens


def actor_of(house: House, tokens: dict[str, Any]) -> Actor | None:
    """As whom it acts."""
    found = house.as_system("actor_of_session", session_id=tokens["session_id"])
    return msgspec.convert(found, Actor) if found else None


def test_idn_25_a_program_acts_within_its_listed_permissions(house: House) -> None:
    tokens = tokens_of(house, create(house, "org.view"))

    actor = actor_of(house, tokens)
    assert actor is not None
    assert (actor.kind, actor.permissions) == (ActorKind.API_CLIENT, frozenset({"org.view"}))
    assert actor.scopes == {"org": "ALL"}
    assert tokens["refresh_token"] is None
    assert len(house.call(actor, "departments")["nodes"]) == 1
    assert house.refused(actor, "create_department", name="x").code == "FORBIDDEN"
    assert house.refused(actor, "lock_session").rule == "only_a_session_can_do_this"


def test_idn_25_a_revoked_key_is_dead_at_once(house: House) -> None:
    made = create(house)
    tokens = tokens_of(house, made)

    client = house.call(house.admin, "revoke_api_client", id=made["api_client"]["id"], version=1)["api_client"]

    assert (client["active"], client["version"]) == (False, 2)
    assert actor_of(house, tokens) is None
    refused = house.refused(None, "login_api_client", key=client["key"], secret=made["secret"])
    assert (refused.code, refused.rule) == ("VALIDATION", "key_or_secret_is_wrong")
    again = house.refused(house.admin, "revoke_api_client", id=client["id"], version=2)
    assert again.rule == "a_revoked_api_client_stays_revoked"
    assert create(house)["api_client"]["name"] == "ERP"


def test_idn_25_a_program_ends_by_itself(house: House) -> None:
    end = house.clock.now() + timedelta(minutes=10)
    made = create(house, expires_at=end.isoformat())
    tokens = tokens_of(house, made)
    assert tokens["access_expires_at"] == "2026-11-23T09:10:00Z"

    later(house, minutes=10)

    assert actor_of(house, tokens) is None
    refused = house.refused(None, "login_api_client", key=made["api_client"]["key"], secret=made["secret"])
    assert refused.rule == "key_or_secret_is_wrong"


def test_idn_25_a_new_secret_ends_what_the_old_one_began(house: House) -> None:
    made = create(house)
    tokens = tokens_of(house, made)

    renewed = house.call(house.admin, "renew_api_client_secret", id=made["api_client"]["id"], version=1)

    assert actor_of(house, tokens) is None
    with pytest.raises(CrmError):
        tokens_of(house, made)
    assert tokens_of(house, renewed)["access_token"]


def test_idn_25_nobody_gives_a_program_more_than_he_has(house: House) -> None:
    role = house.role("接口", "api_client.edit", "org.view", scope="ALL")
    wang = house.employee("wang", house.position("运维", house.root), role["id"])

    refused = house.refused(house.actor(wang["id"]), "create_api_client", name="x", permissions=["org.edit"])
    assert (refused.rule, refused.details) == ("one_gives_only_what_one_holds", {"permission": "org.edit"})
    made = house.call(house.actor(wang["id"]), "create_api_client", name="x", permissions=["org.view"])
    client = made["api_client"]
    more = house.refused(
        house.actor(wang["id"]), "update_api_client", id=client["id"], version=1, permissions=["org.view", "org.edit"]
    )
    assert more.rule == "one_gives_only_what_one_holds"


@pytest.mark.parametrize(
    ("given", "code", "rule"),
    [
        ({"permissions": []}, "VALIDATION", "an_api_client_needs_a_permission"),
        ({"permissions": ["no.such"]}, "VALIDATION", "one_gives_only_what_one_holds"),
        ({"expires_at": "2026-11-23T09:00:00Z"}, "VALIDATION", "an_api_client_ends_in_the_future"),
        ({"name": " "}, "VALIDATION", "a_name_is_not_blank"),
        ({"name": "ｅｒｐ"}, "DUPLICATE", "an_api_client_name_is_unique"),
    ],
)
def test_idn_25_what_makes_no_sense_is_refused(house: House, given: dict[str, Any], code: str, rule: str) -> None:
    create(house)

    payload = {"name": "另一个", "permissions": ["org.view"]} | given
    refused = house.refused(house.admin, "create_api_client", **payload)

    assert (refused.code, refused.rule) == (code, rule)


def test_idn_25_a_program_sees_no_more_than_its_maker(house: House) -> None:
    role = house.role("接口", "api_client.edit", "org.view", scope="SELF")
    wang = house.employee("wang", house.position("运维", house.root), role["id"])

    refused = house.refused(house.actor(wang["id"]), "create_api_client", name="x", permissions=["org.view"])

    assert (refused.code, refused.rule) == ("VALIDATION", "a_program_sees_no_more_than_its_maker")


def test_an_employee_is_described_with_his_rights_of_now_until_he_is_disabled(house: House) -> None:
    department = house.department(f"销售部 {uuid4().hex[:6]}")
    role = house.role(f"客服 {uuid4().hex[:6]}", "ticket.view", scope="DEPT")
    made = house.employee(f"li.{uuid4().hex[:6]}", house.position("专员", department), role["id"])
    found = house.as_system("actor_of_employee", employee_id=made["id"])
    assert (found["kind"], found["id"], found["session_id"]) == ("EMPLOYEE", made["id"], None)
    assert (found["permissions"], found["scopes"]["ticket"]) == (["ticket.view"], "DEPT")
    assert house.refused(house.admin, "actor_of_employee", employee_id=made["id"]).code == "FORBIDDEN"
    house.call(house.admin, "disable_employee", id=made["id"], version=made["version"])
    assert house.as_system("actor_of_employee", employee_id=made["id"]) is None
