"""Commands about dictionaries (CUS-46), and the check of values that must be entries of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_common.changes import Change
from crm_common.editing import chosen, difference, expect_version
from crm_common.errors import CommonRules
from crm_common.protocol.customer.dictionaries import (
    CreateDictionaryEntry,
    Dictionary,
    DictionaryEntryCreated,
    DictionaryEntryUpdated,
    DictionaryRules,
    ReorderDictionaryEntries,
    UpdateDictionaryEntry,
)
from crm_common.protocol.customer.rules import CustomerRules
from customer.domain.dictionary import OF_FIELD
from customer.store import dictionaries
from customer.store.dictionaries import Entry

_FIXED = ("id", "version", "dictionary", "code")


def expect_entries(change: Change, values: Mapping[str, str], of_field: Mapping[str, Dictionary] = OF_FIELD) -> None:
    """Refuse values (by field) that their dictionaries do not have; all of them at once."""
    missing = dictionaries.unknown(change.connection, {of_field[name]: value for name, value in values.items()})
    refusals = [
        CustomerRules.a_value_is_not_in_its_dictionary(field=name, value=value, dictionary=of_field[name].value)
        for name, value in values.items()
        if of_field[name] in missing
    ]
    if refusals:
        refusals[0].also = tuple(refusals[1:])
        raise refusals[0]


def create_dictionary_entry(change: Change, command: CreateDictionaryEntry) -> dict[str, Any]:
    """A new entry, last in its dictionary."""
    there = dictionaries.of(change.connection, command.dictionary)
    if any(each.code == command.code for each in there):
        raise DictionaryRules.an_entry_s_code_is_unique(field="code", code=command.code)
    entry = Entry(
        id=change.new_id(),
        dictionary=command.dictionary,
        code=command.code,
        label=_label(command.label),
        label_en=command.label_en,
        rank=max((each.rank for each in there), default=0) + 1,
        archived=False,
        version=1,
    )
    _expect_new_label(change, entry)
    dictionaries.insert(change.connection, entry, change.now)
    changes = difference(None, entry, without=_FIXED)
    told = DictionaryEntryCreated(entry_id=entry.id, dictionary=entry.dictionary, code=entry.code, changes=changes)
    change.record(told)
    return {"entry": entry.id}


def update_dictionary_entry(change: Change, command: UpdateDictionaryEntry) -> dict[str, Any]:
    """Other words for an entry; archived, or taken back."""
    before = dictionaries.get(change.connection, command.id)
    if before is None:
        raise CommonRules.the_record_was_not_found(field="id")
    expect_version(before.version, command.version)
    after = replace(
        before,
        label=_label(chosen(command.label, before.label)),
        label_en=chosen(command.label_en, before.label_en),
        archived=chosen(command.archived, before.archived),
    )
    if after.label != before.label:
        _expect_new_label(change, after)
    _save(change, before, after)
    return {"entry": after.id}


def reorder_dictionary_entries(change: Change, command: ReorderDictionaryEntries) -> dict[str, Any]:
    """Another order of a dictionary."""
    there = {each.id: each for each in dictionaries.of(change.connection, command.dictionary)}
    if len(command.ids) != len(there) or set(command.ids) != there.keys():
        raise DictionaryRules.an_order_names_every_entry(field="ids")
    for rank, entry_id in enumerate(command.ids, 1):
        _save(change, there[entry_id], replace(there[entry_id], rank=rank))
    return {"entries": list(command.ids)}


def _save(change: Change, before: Entry, after: Entry) -> None:
    changes = difference(before, after, without=_FIXED)
    if not changes:
        return
    dictionaries.save(change.connection, replace(after, version=before.version + 1), change.now)
    told = DictionaryEntryUpdated(entry_id=after.id, dictionary=after.dictionary, code=after.code, changes=changes)
    change.record(told)


def _label(typed: str) -> str:
    label = " ".join(typed.split())
    if not label:
        raise DictionaryRules.a_label_is_not_blank(field="label")
    return label


def _expect_new_label(change: Change, entry: Entry) -> None:
    if dictionaries.has_label(change.connection, entry.dictionary, entry.label):
        raise DictionaryRules.an_entry_s_label_is_unique(field="label", label=entry.label)
