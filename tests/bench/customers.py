"""The data set that read paths are compared on: 100,000 customers with 300,000 follow-ups, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.company import GIVEN, SURNAMES

CUSTOMERS = 100_000
FOLLOW_UPS = 3
REGIONS = (
    "北京", "上海", "广东", "江苏", "浙江", "山东", "四川", "湖北", "湖南", "福建",
    "河南", "河北", "陕西", "辽宁", "重庆", "天津", "安徽", "江西", "云南", "广西",
)  # fmt: skip
LEVELS = ("A", "B", "C", "D")
WAYS = ("PHONE", "VISIT", "EMAIL", "MEETING", "CHAT")
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer, in words that no service's table depends on."""

    id: UUID
    name: str
    phone: str
    region: str
    level: str
    owner_id: UUID
    created_at: datetime
    follow_ups: tuple[tuple[UUID, str, str, datetime], ...]
    """(id, way, words, when), oldest first."""


def customers(owners: Sequence[UUID], *, count: int = CUSTOMERS, each: int = FOLLOW_UPS) -> Iterator[Customer]:
    """``count`` customers with ``each`` follow-ups, owned in turn by chance; equal owners give equal customers."""
    chance = random.Random(100_000)
    for index in range(count):
        created = BEGUN + timedelta(seconds=index * 300)
        yield Customer(
            id=UUID(int=chance.getrandbits(128), version=4),
            name=chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2)))),
            phone=f"13{chance.randrange(10**9):09}",
            region=chance.choice(REGIONS),
            level=chance.choices(LEVELS, weights=(1, 2, 4, 3))[0],
            owner_id=chance.choice(owners),
            created_at=created,
            follow_ups=tuple(
                (
                    UUID(int=chance.getrandbits(128), version=4),
                    chance.choice(WAYS),
                    f"第{number + 1}次沟通",
                    created + timedelta(days=number + 1),
                )
                for number in range(each)
            ),
        )
