"""Fills the customer service's database: customers of everybody, the viewer's own, and a full pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from bench.customers import Customer, customers
from crm_common.reading.masks import sealed_place
from crm_common.text_order import pinyin_key
from crm_common.vault import Vault
from customer.adapters.phones import PURPOSE
from customer.domain.names import folded, terms
from customer.domain.phone import mask

OWN = 1_000
OWN_REGION, POOL_REGION = "own", "pool"
"""No region of the others: what the viewer owns he reads in full, which the yardstick cannot."""
_CUSTOMER = (
    "id", "kind", "name", "name_fold", "name_key", "name_terms", "phone_cipher", "phone_mask", "phone_index", "holding",
    "owner_id", "pool_id", "stage", "region", "level", "source", "address", "email", "owned_since", "anchor_at",
    "last_follow_up_at", "pool_entered_at", "created_by", "created_at", "updated_at", "version",
)  # fmt: skip
_CONTACT = ("id", "customer_id", "name", "name_key", "title", "created_at", "updated_at", "version", "social")
_PHONE = ("id", "contact_id", "customer_id", "place", "number_cipher", "number_mask", "number_index")
_FOLLOW_UP = ("id", "customer_id", "author_id", "type", "content", "created_at", "updated_at", "version")


@dataclass(frozen=True, slots=True)
class Filled:
    """What there is: ids of customers whom the viewer sees (not his own), of his own, of the pool's."""

    seen: list[UUID]
    own: list[UUID]
    pool: list[UUID]


class Filling:
    """Rows for the customer service's tables. ``detailed``: how many of the first have contacts and 20 follow-ups."""

    def __init__(self, key_secret: str, viewer: UUID, default_pool: UUID, *, detailed: int = 2_000) -> None:
        self._vault = Vault(key_secret.encode(), PURPOSE)
        self._viewer = viewer
        self._pool = default_pool
        self._detailed = detailed

    def write(self, owner: psycopg.Connection, people: Sequence[UUID], seen: set[UUID], count: int) -> Filled:
        """Fill the empty tables: ``count`` customers of everybody's, as many in the pool."""
        all_of_them = list(customers(people, count=2 * count + OWN))
        others, own, pool = all_of_them[:count], all_of_them[count : count + OWN], all_of_them[count + OWN :]
        rows = (
            [self._owned(each, each.owner_id, each.region) for each in others]
            + [self._owned(each, self._viewer, OWN_REGION) for each in own]
            + [self._pooled(each) for each in pool]
        )
        _copy(owner, "customer", _CUSTOMER, rows)
        visible = [each for each in others if each.owner_id in seen]
        detailed = visible[: self._detailed]
        _copy(owner, "follow_up", _FOLLOW_UP, self._follow_ups(others, {each.id for each in detailed}))
        contacts = [(_uuid(each.id, number), each, number) for each in detailed for number in range(3)]
        _copy(owner, "contact", _CONTACT, [_contact(*each) for each in contacts])
        _copy(owner, "contact_phone", _PHONE, [self._phone(*each) for each in contacts])
        return Filled([each.id for each in detailed], [each.id for each in own], [each.id for each in pool])

    def _owned(self, each: Customer, owner_id: UUID, region: str) -> tuple[Any, ...]:
        latest = each.follow_ups[-1][3]
        place = ("OWNED", owner_id, None)
        return self._row(each, place, region, owned_since=each.created_at, anchor=latest, entered=None)

    def _pooled(self, each: Customer) -> tuple[Any, ...]:
        place = ("POOL", None, self._pool)
        return self._row(each, place, POOL_REGION, owned_since=None, anchor=None, entered=each.created_at)

    def _row(
        self, each: Customer, place: tuple[Any, ...], region: str, *, owned_since: Any, anchor: Any, entered: Any
    ) -> tuple[Any, ...]:
        holding, owner_id, pool_id = place
        # one number for one customer, whatever chance said: phone and name are unique together
        name = f"{each.name}{each.id.hex[:4]}"
        cipher = self._vault.seal(each.phone.encode(), sealed_place("customer", each.id, "phone"))
        index = self._vault.fingerprint(each.phone.encode())
        return (
            each.id, "COMPANY", name, folded(name), pinyin_key(name), terms(name), cipher, mask(each.phone), index,
            holding, owner_id, pool_id, "POTENTIAL", region, each.level, "web", f"{region}中山路 8 号",
            f"{each.id.hex[:8]}@example.com", owned_since, anchor, anchor, entered, self._viewer,
            each.created_at, each.created_at, 1,
        )  # fmt: skip

    def _follow_ups(self, others: Iterable[Customer], detailed: set[UUID]) -> Iterator[tuple[Any, ...]]:
        for each in others:
            times = 7 if each.id in detailed else 1
            for turn in range(times):
                for number, (key, way, words, when) in enumerate(each.follow_ups):
                    identifier = key if turn == 0 else _uuid(each.id, 100 + turn * 10 + number)
                    at = when - timedelta(days=100 * turn)
                    yield identifier, each.id, each.owner_id, way, words, at, at, 1

    def _phone(self, contact_id: UUID, of: Customer, number: int) -> tuple[Any, ...]:
        identifier, phone = _uuid(of.id, 50 + number), f"137{of.id.int % 10**7:07}{number}"
        cipher = self._vault.seal(phone.encode(), sealed_place("contact_phone", identifier, "number"))
        index = self._vault.fingerprint(phone.encode())
        return identifier, contact_id, of.id, 0, cipher, mask(phone), index


def _contact(identifier: UUID, of: Customer, number: int) -> tuple[Any, ...]:
    name = f"联系人{number + 1}"
    at = of.created_at + timedelta(minutes=number)
    return identifier, of.id, name, pinyin_key(name), "经理", at, at, 1, []


def _uuid(of: UUID, number: int) -> UUID:
    return UUID(int=(of.int + (number + 1) * 2**70) % 2**128)


def _copy(owner: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with owner.cursor().copy(into) as copy:
        for row in rows:
            copy.write_row(row)
