"""What several roles give together (features §2): union of keys, widest scope, hidden only where nobody opens."""

from __future__ import annotations

import pytest

from crm_common.context import SCOPES
from identity.domain.rights import RoleRights, effective


def role(*permissions: str, hidden: tuple[str, ...] = (), scope: str = "SELF", **scopes: str) -> RoleRights:
    return RoleRights(permissions=frozenset(permissions), hidden=frozenset(hidden), scope=scope, scopes=scopes)


def test_nobody_without_roles_may_anything() -> None:
    rights = effective([])

    assert (rights.permissions, rights.hidden, rights.scopes, rights.modules()) == (frozenset(), frozenset(), {}, ())


def test_idn_17_the_keys_of_several_roles_are_united() -> None:
    rights = effective([role("customer.view"), role("opp.view", "customer.edit")])

    assert rights.permissions == {"customer.view", "customer.edit", "opp.view"}
    assert rights.modules() == ("customer", "sales")


def test_a_key_that_the_product_no_longer_has_gives_nothing() -> None:
    assert effective([role("customer.fly", "customer.view")]).permissions == {"customer.view"}


def test_idn_16_a_hidden_module_closes_all_of_its_sections() -> None:
    rights = effective([role("opp.view", "quote.view", "customer.view", hidden=("sales",))])

    assert (rights.permissions, rights.modules()) == (frozenset({"customer.view"}), ("customer",))
    assert {"opp", "quote", "order", "product", "performance"} <= rights.hidden
    assert "customer" not in rights.hidden


def test_idn_16_one_section_can_be_hidden_also_where_a_module_has_its_name() -> None:
    rights = effective([role("customer.view", "pool.view", "lead.view", hidden=("customer.*",))])

    assert (rights.permissions, rights.hidden) == (frozenset({"pool.view", "lead.view"}), frozenset({"customer"}))
    assert effective([role("customer.view", "pool.view", hidden=("customer",))]).permissions == frozenset()


def test_idn_16_what_one_role_hides_another_may_open() -> None:
    rights = effective([role("opp.view", "customer.view", hidden=("sales",)), role("opp.edit")])

    assert rights.permissions == {"customer.view", "opp.edit"}
    assert ("opp" in rights.hidden, "quote" in rights.hidden) == (False, True)


def test_idn_16_a_role_that_says_nothing_of_a_module_does_not_open_it() -> None:
    rights = effective([role("customer.view", hidden=("sales",)), role("ticket.view")])

    assert "opp" in rights.hidden


@pytest.mark.parametrize("wide", SCOPES)
@pytest.mark.parametrize("narrow", SCOPES)
def test_idn_19_the_widest_scope_counts(narrow: str, wide: str) -> None:
    expected = max(narrow, wide, key=SCOPES.index)

    rights = effective([role("customer.view", scope=narrow), role("customer.edit", scope=wide)])

    assert rights.scopes.get("customer", "SELF") == expected


def test_idn_19_a_role_widens_only_where_it_opens_something() -> None:
    rights = effective([role("customer.view"), role("receivable.view", scope="ALL")])

    assert rights.scopes == {"receivable": "ALL"}


def test_idn_19_a_scope_that_is_named_counts_without_a_key_too() -> None:
    rights = effective([role("customer.view"), role("receivable.view", customer="DEPT")])

    assert (rights.scopes["customer"], rights.scopes["pool"]) == ("DEPT", "DEPT")


def test_idn_19_a_section_is_nearer_than_its_module_and_that_than_the_role() -> None:
    of_module = role("opp.view", "quote.view", scope="ALL", sales="DEPT")
    of_section = role("opp.view", "quote.view", scope="ALL", sales="DEPT", opp="TEAM")

    assert effective([of_module]).scopes["opp"] == "DEPT"
    assert (effective([of_section]).scopes["opp"], effective([of_section]).scopes["quote"]) == ("TEAM", "DEPT")


def test_idn_19_what_is_hidden_has_no_scope() -> None:
    assert effective([role("opp.view", scope="ALL", hidden=("sales",))]).scopes == {}


def test_an_administrator_edits_and_assigns_roles() -> None:
    assert effective([role("role.edit"), role("role.assign")]).administers() is True
    assert effective([role("role.edit", "role.assign", hidden=("role.assign",))]).administers() is False
    assert effective([role("role.edit")]).administers() is False
