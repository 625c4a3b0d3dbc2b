"""The context crosses the seam whole, and nobody can forge an actor."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from crm_common.context import Actor, ActorKind, Context, Seal, system_context
from crm_common.errors import Code, CrmError

ACTOR = Actor(
    kind=ActorKind.EMPLOYEE,
    id=UUID(int=7),
    name="李雷",
    session_id=UUID(int=8),
    permissions=frozenset({"org.edit", "org.view"}),
    scopes={"org": "DEPT_TREE"},
    hidden=frozenset({"finance"}),
)
SEAL = Seal(b"k" * 32)


def context(actor: Actor | None = ACTOR) -> Context:
    return Context(actor=actor, correlation_id="c-1", deadline=1_900_000_000.125, language="zh", address="127.0.0.1")


def test_a_context_survives_the_headers() -> None:
    assert SEAL.from_headers(SEAL.to_headers(context())) == context()


def test_without_an_actor_nobody_is_authenticated() -> None:
    back = SEAL.from_headers(SEAL.to_headers(context(None)))

    with pytest.raises(CrmError) as refused:
        back.authenticated()
    assert refused.value.code is Code.UNAUTHENTICATED


@pytest.mark.parametrize(
    "spoil", [lambda s: s.replace("org.view", "sys.edit"), lambda s: "0" * 64 + s[64:], lambda s: s[65:], lambda s: "."]
)
def test_a_forged_actor_is_unauthenticated(spoil: Callable[[str], str]) -> None:
    headers = SEAL.to_headers(context())

    with pytest.raises(CrmError) as refused:
        SEAL.from_headers({**headers, "actor": spoil(headers["actor"])})
    assert refused.value.code is Code.UNAUTHENTICATED


def test_another_cluster_s_actor_is_unauthenticated() -> None:
    with pytest.raises(CrmError) as refused:
        Seal(b"x" * 32).from_headers(SEAL.to_headers(context()))
    assert refused.value.code is Code.UNAUTHENTICATED


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Seal(b"short")


def test_a_missing_deadline_starts_now() -> None:
    before = time.time()
    assert before + 5 <= SEAL.from_headers({}).deadline <= time.time() + 5


def test_a_hidden_module_closes_keys_that_are_held() -> None:
    actor = Actor(
        kind=ActorKind.EMPLOYEE,
        id=UUID(int=1),
        name="x",
        permissions=frozenset({"finance.report"}),
        hidden=frozenset({"finance"}),
    )

    assert not actor.may("finance.report")
    assert ACTOR.may("org.edit")
    assert not ACTOR.may("org.delete")
    assert (ACTOR.scope("org"), ACTOR.scope("customer")) == ("DEPT_TREE", "SELF")


def test_a_service_acts_under_one_fixed_id() -> None:
    first = system_context("identity", correlation_id="a").authenticated()
    second = system_context("identity", correlation_id="b").authenticated()

    assert (first.id, first.name, first.kind) == (second.id, "system:identity", ActorKind.SYSTEM)
