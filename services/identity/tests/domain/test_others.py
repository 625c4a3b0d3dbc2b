"""Rules of roles, reviews, handovers and the company, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from crm_common.errors import CrmError
from crm_common.protocol.identity.company import FoundCompany, UpdateCompany, Weekday
from crm_common.protocol.identity.handover import HandOver, HandoverPart
from crm_common.protocol.identity.review import ItemDecision, ReviewDecision
from crm_common.protocol.identity.roles import CreateRole, Scope, ScopeGrant, UpdateRole
from identity.domain import company, handover, review, role
from identity.domain.names import cleaned, folded
from identity.domain.review import Item
from identity.domain.role import Use

A, B, C, D = (UUID(int=number) for number in range(1, 5))
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"), [("Sales", "ＳＡＬＥＳ"), ("a  b", " A\u3000B "), ("Straße", "STRASSE"), ("ﬁne", "FINE")]
)
def test_names_that_look_alike_are_one_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_name_is_kept_as_typed_but_for_its_blanks() -> None:
    assert cleaned("  华信  Ｃo. \n") == "华信 Ｃo."


def test_idn_14_a_role_keeps_its_keys_in_the_catalogue_s_order_and_once() -> None:
    command = CreateRole(name="x", permissions=("opp.view", "org.view", "opp.view"), hidden=("sales", "sales"))

    created, event = role.create(command, A, None)

    assert (created.permissions, created.hidden) == (("org.view", "opp.view"), ("sales",))
    assert event.changes["permissions"] == (None, ["org.view", "opp.view"])


def test_idn_14_changing_nothing_is_no_change() -> None:
    created, _ = role.create(CreateRole(name="x", permissions=("opp.view",), scope=Scope.TEAM), A, None)

    assert role.update(created, UpdateRole(id=A, version=1, name=" x ", permissions=("opp.view",))) == (created, [])


def test_idn_14_lists_are_replaced_as_a_whole() -> None:
    created, _ = role.create(
        CreateRole(name="x", permissions=("opp.view",), scopes=(ScopeGrant(module="sales", scope=Scope.ALL),)), A, None
    )

    changed, (event,) = role.update(created, UpdateRole(id=A, version=1, permissions=(), scopes=()))

    assert (changed.permissions, changed.scopes, changed.version) == ((), (), 2)
    assert event.changes == {"permissions": (["opp.view"], []), "scopes": ([["sales", "ALL"]], [])}


@pytest.mark.parametrize("use", [Use(employees=1, positions=0), Use(employees=0, positions=1)])
def test_idn_14_a_used_role_needs_a_replacement(use: Use) -> None:
    old, _ = role.create(CreateRole(name="old"), A, None)
    new, _ = role.create(CreateRole(name="new"), B, None)

    with pytest.raises(CrmError) as refusal:
        role.delete(old, 1, use, None)
    assert refusal.value.code == "BAD_STATE"
    assert role.delete(old, 1, use, new).replaced_with == B
    assert role.delete(old, 1, Use(employees=0, positions=0), None).replaced_with is None


def test_idn_15_giving_what_he_has_and_taking_what_he_lacks_is_no_change() -> None:
    assert role.assign(A, [B], [B], [C]) == (frozenset([B]), [])


def test_idn_22_ninety_days_are_ninety_times_24_hours() -> None:
    assert review.is_due(NOW + timedelta(days=90), NOW, 90) is True
    assert review.is_due(NOW + timedelta(days=90, microseconds=-1), NOW, 90) is False


def test_idn_22_a_decision_needs_an_open_item_of_the_review() -> None:
    opened, due = review.open_review(A, 2)
    items = {
        B: Item(id=B, review_id=A, employee_id=D, role_id=D, by_position=False, decision=None),
        C: Item(id=C, review_id=D, employee_id=D, role_id=D, by_position=False, decision=None),
    }
    keep = ItemDecision(item_id=B, decision=ReviewDecision.KEEP)

    after, decided, event = review.decide(opened, items, [keep])

    assert (due.item_count, after.version, len(decided), event.decisions) == (2, 2, 1, {str(B): "KEEP"})
    with pytest.raises(CrmError) as foreign:
        review.decide(opened, items, [ItemDecision(item_id=C, decision=ReviewDecision.KEEP)])
    with pytest.raises(CrmError) as twice:
        review.decide(opened, items, [keep, keep])
    assert (foreign.value.rule, twice.value.rule) == (
        "an_item_belongs_to_its_review",
        "a_decided_item_is_not_decided_again",
    )
    assert twice.value.field == "decisions.1.item_id"


def test_idn_22_a_review_closes_when_everything_is_decided() -> None:
    opened, _ = review.open_review(A, 3)

    with pytest.raises(CrmError) as early:
        review.close(opened, ["KEEP", None, None])
    closed, event = review.close(opened, ["KEEP", "REMOVE", "KEEP"])

    assert early.value.details == {"open": 2}
    assert (closed.state, event.kept, event.removed) == ("CLOSED", 2, 1)
    with pytest.raises(CrmError):
        review.close(closed, [])


def test_idn_23_records_are_shared_evenly_and_in_turn() -> None:
    shares = handover.shares(range(7), [A, B, C])

    assert [receiver for _, receiver in shares] == [A, B, C, A, B, C, A]


def test_idn_23_a_kind_may_go_to_others_and_kinds_without_records_to_nobody() -> None:
    command = HandOver(from_id=D, to_ids=(A, B), parts=(HandoverPart(kind="ticket", to_ids=(C,)),))

    assert handover.receivers(command) == {A, B, C}
    assert handover.by_receivers(command, {"ticket": 2, "customer": 3, "lead": 0, "task": 1}) == {
        (A, B): ["customer", "task"],
        (C,): ["ticket"],
    }


def test_idn_24_working_days_come_in_the_week_s_order() -> None:
    founded, _ = company.found(FoundCompany(name="华信"), A)

    changed, _ = company.update(founded, UpdateCompany(version=1, working_days=(Weekday.SUNDAY, Weekday.MONDAY)))

    assert changed.working_days == ("MONDAY", "SUNDAY")


@pytest.mark.parametrize("name", ["", "Mars", "../../etc/passwd", "Asia", "/etc/localtime", "Asia/Shanghai\x00"])
def test_idn_24_a_zone_is_one_of_the_tz_database(name: str) -> None:
    with pytest.raises(CrmError) as refusal:
        company.zone(name)
    assert refusal.value.rule == "a_zone_is_in_the_tz_database"
