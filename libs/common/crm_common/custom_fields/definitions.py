"""What a custom field is: its definition, the names it may have, and what each type allows. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from crm_common.protocol.custom_fields import CustomFieldRules, CustomFieldType, CustomOption
from crm_common.protocol.declare import snake

T = CustomFieldType
LONGEST_LINE = 500
"""Of a text that may be indexed: a row of a B-tree has room for no more."""
LONGEST: dict[CustomFieldType, int] = {
    T.TEXT: LONGEST_LINE, T.MULTILINE: 20_000, T.EMAIL: 254, T.URL: LONGEST_LINE,
}  # fmt: skip
CHOICES = frozenset({T.OPTION, T.MULTI_OPTION})
UNIQUE = frozenset({T.TEXT, T.NUMBER, T.EMAIL, T.URL, T.DATE, T.PERSON})
SORTABLE = frozenset({T.TEXT, T.EMAIL, T.URL, T.NUMBER, T.MONEY, T.DATE, T.DATETIME, T.OPTION, T.YES_NO})
SEARCHABLE = SORTABLE | {T.MULTI_OPTION, T.PERSON}
MOST_FIELDS = 200
MOST_OPTIONS = 200
RESERVED = frozenset({"json", "filled", "and", "or", "not", "id"})
"""Names that the types of GraphQL have of their own."""
_KEY = re.compile(r"[a-z][a-zA-Z0-9]{0,39}")


class IndexState(StrEnum):
    """Where the index of a field stands. Who writes keeps it up in every state but ``NONE``; only ``READY`` is read."""

    NONE = "NONE"
    BUILDING = "BUILDING"
    READY = "READY"
    DROPPING = "DROPPING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One custom field of one kind of record."""

    id: UUID
    record: str
    key: str
    type: CustomFieldType
    name: str
    name_en: str | None = None
    description: str | None = None
    max_length: int | None = None
    required: bool = False
    unique: bool = False
    searchable: bool = False
    sortable: bool = False
    in_list: bool = False
    options: tuple[CustomOption, ...] = ()
    position: int = 0
    index_state: IndexState = IndexState.NONE
    archived_at: datetime | None = None
    version: int = 1

    @property
    def wants_index(self) -> bool:
        """Whether its settings ask for rows in ``custom_value``."""
        return self.archived_at is None and (self.unique or self.searchable or self.sortable)

    @property
    def is_written(self) -> bool:
        """Whether writers keep its rows in ``custom_value`` up to date."""
        return self.index_state is not IndexState.NONE

    @property
    def is_indexed(self) -> bool:
        """Whether readers may rely on its rows in ``custom_value``."""
        return self.index_state is IndexState.READY and self.archived_at is None

    @property
    def longest(self) -> int | None:
        """The greatest number of characters, for types of text."""
        most = LONGEST.get(self.type)
        return most if most is None or self.max_length is None else min(most, self.max_length)

    def option(self, key: str) -> CustomOption | None:
        """The option of this key."""
        return next((each for each in self.options if each.key == key), None)


class Definitions:
    """All fields of one kind of record at one revision; iterates over those in use, in their order."""

    def __init__(self, record: str, revision: int, every: Sequence[Definition]) -> None:
        self.record = record
        self.revision = revision
        self.every = tuple(every)

    @cached_property
    def active(self) -> tuple[Definition, ...]:
        """Those in use, in their order."""
        return tuple(sorted((each for each in self.every if each.archived_at is None), key=lambda d: d.position))

    @cached_property
    def by_key(self) -> Mapping[str, Definition]:
        """Those in use, by key."""
        return {each.key: each for each in self.active}

    @cached_property
    def written(self) -> tuple[Definition, ...]:
        """Those whose rows writers keep up, archived ones on their way out included."""
        return tuple(each for each in self.every if each.is_written)

    def __iter__(self) -> Any:
        return iter(self.active)

    def __len__(self) -> int:
        return len(self.active)

    def find(self, field_id: UUID) -> Definition | None:
        """The field of this id, in use or not."""
        return next((each for each in self.every if each.id == field_id), None)


def outside_key(given: str, taken: Sequence[str]) -> str:
    """The key under which a new field stands in GraphQL, from what somebody typed (``tax_no`` becomes ``taxNo``).

    VALIDATION when it is no name (``__x``), reserved, or one that another field has or had, however written.
    """
    first, *rest = given.strip().split("_") if not given.startswith("_") else [given]
    key = first + "".join(part[:1].upper() + part[1:] for part in rest)
    if not _KEY.fullmatch(key) or "" in rest:
        raise CustomFieldRules.a_key_is_a_name(field="key", key=given)
    if key in RESERVED:
        raise CustomFieldRules.a_key_is_reserved(field="key", key=key)
    # orders are named in capitals, so names that differ in those only would meet there
    if order_name(key) in {order_name(each) for each in taken} or key.lower() in {each.lower() for each in taken}:
        raise CustomFieldRules.a_key_is_used_once(field="key", key=key)
    return key


def order_name(key: str) -> str:
    """``taxNo`` → ``CUSTOM_TAX_NO``: the field's name among those a list can be ordered by."""
    return f"CUSTOM_{snake(key).upper()}"
