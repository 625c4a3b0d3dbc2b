"""Dictionaries, collaborators and stages as they are shown."""

from __future__ import annotations

from crm_common.protocol.customer.course import StageChangeView
from crm_common.protocol.customer.dictionaries import DictionaryEntries, DictionaryEntryView
from crm_common.protocol.customer.sharing import CollaboratorView
from crm_common.reading import Where, bind
from customer.tables import customer_share, dictionary_entry, stage_change

_NAME = "SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{column}"

ENTRIES = bind(
    DictionaryEntryView,
    dictionary_entry,
    default_order=[dictionary_entry.c.dictionary, dictionary_entry.c.rank],
)
COLLABORATORS = bind(
    CollaboratorView,
    customer_share,
    fields={"employee_name": _NAME.format(column="employee_id")},
    default_order=[customer_share.c.shared_at],
)
STAGES = bind(
    StageChangeView,
    stage_change,
    fields={"changed_by_name": _NAME.format(column="changed_by")},
    default_order=[stage_change.c.changed_at.desc()],
)


def entries_of(query: DictionaryEntries) -> Where | None:
    """The entries of the dictionary that is asked for."""
    if query.dictionary is None:
        return None
    return Where("{t}.dictionary = {dictionary}", selective=True, dictionary=query.dictionary.value)
