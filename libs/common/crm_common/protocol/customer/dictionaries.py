"""Dictionaries (CUS-46): the values that region, industry and other fields may take, in the company's own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code as ErrorCode
from crm_common.errors import Rule, Rules
from crm_common.protocol.customer.service import VERSION_DOC, Version, customer
from crm_common.protocol.declare import Changes, Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.policy import AUTHENTICATED, needs
from crm_common.protocol.views import Ref, shown

EDIT = needs("sys.edit")
EntryCode = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_]*$")]
Label = Annotated[str, Meta(min_length=1, max_length=50)]
EntryId = Annotated[UUID, Ref("DictionaryEntry")]


class Dictionary(StrEnum):
    """A field whose values come from a dictionary."""

    REGION = "REGION"
    """Region (地区)."""
    INDUSTRY = "INDUSTRY"
    """Industry (行业)."""
    NATURE = "NATURE"
    """Nature (性质)."""
    SOURCE = "SOURCE"
    """Source (来源)."""
    LEVEL = "LEVEL"
    """Level (级别)."""
    CUSTOMER_CLASS = "CUSTOMER_CLASS"
    """Class by value (客户分类)."""


class DictionaryRules(Rules):
    """Refusals about dictionaries."""

    an_entry_s_code_is_unique = Rule(
        ErrorCode.DUPLICATE,
        en="The dictionary has an entry with the code {code} already.",
        zh="字典中已有编码为“{code}”的条目。",
    )
    an_entry_s_label_is_unique = Rule(
        ErrorCode.DUPLICATE,
        en="The dictionary has an entry {label} already.",
        zh="字典中已有名称为“{label}”的条目。",
    )
    a_label_is_not_blank = Rule(ErrorCode.VALIDATION, en="Give a label.", zh="请填写名称。")
    an_order_names_every_entry = Rule(
        ErrorCode.VALIDATION,
        en="Name every entry of the dictionary exactly once.",
        zh="排序必须包含该字典的全部条目，且每个仅一次。",
    )


@customer.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class DictionaryEntryView:
    """A value that a field may take. Entries are archived, never deleted: old records keep theirs."""

    id: UUID = shown("The id.", filterable=True)
    dictionary: Dictionary = shown("Which dictionary it is in.", filterable=True)
    code: str = shown("What records keep.", filterable=True, sortable=True)
    label: str = shown("What people read, in Chinese.", filterable=True)
    label_en: str | None = shown("What English readers read.")
    rank: int = shown("Its place in the dictionary, from 1.", sortable=True)
    archived: bool = shown("Whether it can no longer be chosen.", filterable=True)
    version: int = shown("Counts its changes; send it back when editing.")


@customer.query(AUTHENTICATED, returns=DictionaryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntries(ListQuery):
    """The entries of a dictionary, or of all, in their order."""

    dictionary: Dictionary | None = given("Which dictionary; absent: all.", default=None)


@customer.query(AUTHENTICATED, returns=DictionaryEntryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntriesByIds(GetQuery):
    """Entries by id."""


@customer.command(EDIT, returns={"entry": DictionaryEntryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDictionaryEntry(Command):
    """Add an entry, last in its dictionary."""

    dictionary: Dictionary = given("Which dictionary.")
    code: EntryCode = given("What records keep: lower-case letters, digits, underscores. It never changes.")
    label: Label = given("What people read, in Chinese.")
    label_en: Label | None = given("What English readers read.", default=None)


@customer.command(EDIT, returns={"entry": DictionaryEntryView})
@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDictionaryEntry(Command):
    """Give an entry other words, archive it or take it back."""

    id: EntryId = given("The entry.")
    version: Version = given(VERSION_DOC)
    label: Label | UnsetType = given("What people read, in Chinese.", default=UNSET)
    label_en: Label | UnsetType | None = given("What English readers read.", default=UNSET)
    archived: bool | UnsetType = given("Whether it can no longer be chosen.", default=UNSET)


@customer.command(EDIT, returns={"entries": list[DictionaryEntryView]})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderDictionaryEntries(Command):
    """Put the entries of a dictionary in another order."""

    dictionary: Dictionary = given("Which dictionary.")
    ids: tuple[EntryId, ...] = given("All of its entries, archived ones too, in the order wanted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntryEvent(Event):
    """What every event of an entry tells."""

    entry_id: UUID
    dictionary: Dictionary
    code: str
    changes: Changes


@customer.event("dictionary_entry.created", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntryCreated(DictionaryEntryEvent):
    """An entry was added."""


@customer.event("dictionary_entry.updated", subject="entry_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryEntryUpdated(DictionaryEntryEvent):
    """An entry has other words or another place, was archived or taken back."""
