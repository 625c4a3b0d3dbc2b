"""The history of a record as its viewers may read it: who changed what, when and why (AUD-01, BYD-06)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.journal.sealing import unpacked
from crm_common.journal.tables import journal
from crm_common.protocol.declare import ListQuery
from crm_common.protocol.history import HistoryEntryView
from crm_common.protocol.policy import Policy
from crm_common.protocol.selection import names, parse
from crm_common.protocol.views import shape_of
from crm_common.reading import Binding, Reader, Where, bind, packed
from crm_common.reading.access import allowed
from crm_common.reading.selections import everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the history of one type of record is told.

    ``view``: who sees the record through it sees its history; ``aggregates``: what its events are about (the part
    before the slash of their subjects, always with the record's id); ``policy``: asked beside that of the query.
    What the view shows to some only, its history shows to the same; ``renamed`` says under which name events have it.
    """

    view: type
    aggregates: tuple[str, ...]
    policy: Policy | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)

    def hidden(self, context: Context) -> frozenset[str]:
        """The names, in the events, of the fields whose policy the viewer does not meet."""
        fields = shape_of(self.view).fields.values()
        denied = (each.name for each in fields if each.policy is not None and not allowed(each.policy, context.actor))
        return frozenset(self.renamed.get(name, name) for name in denied)


def history_binding(changes: str = "{t}.data -> 'changes'", *, sealed: bool = False) -> Binding:
    """Binds `HistoryEntryView` to the service's journal, the latest first; for the bindings of its ``Views``.

    ``changes`` is SQL over the journal's row ``{t}``: what is shown of ``{field: [before, after]}``, see
    `masked_changes`. Without it everything is shown: for journals whose events carry masks only. ``sealed``: some of
    its events tell of people (`sealing`); these changes are shown as they are.
    """
    told = "journal_told({t}.event_id, {t}.data, '%s')"
    return bind(
        HistoryEntryView,
        journal,
        key=journal.c.event_id,
        fields={
            "id": journal.c.event_id,
            "changes": packed(told % "changes", unpacked) if sealed else changes,
            "employee_id": "CASE WHEN starts_with({t}.actor, 'employee:') THEN substr({t}.actor, 10)::uuid END",
            "reason": packed(told % "reason", unpacked) if sealed else "{t}.data ->> 'reason'",
        },
        default_order=[journal.c.occurred_at.desc(), journal.c.position.desc()],
    )


def masked_changes(masks: Mapping[str, str], source: str = "{t}.data::jsonb -> 'changes'") -> str:
    """SQL of the changes in ``source`` with the values before and after masked.

    ``masks`` maps a changed field to the SQL function text → text that masks it: ``{"phone": "masked_phone"}``.
    """
    found = f"({source})"
    for name, mask in masks.items():
        pair = ", ".join(f"{mask}(({source}) #>> ARRAY['{name}', '{place}'])" for place in (0, 1))
        found = (
            f"CASE WHEN ({source}) ? '{name}'"
            f" THEN jsonb_set({found}, ARRAY['{name}'], jsonb_build_array({pair})) ELSE {found} END"
        )
    return found


def about(aggregates: Collection[str], record: UUID) -> Where:
    """The condition of a list of entries of the journal: those about the record."""
    subjects = [f"{aggregate}/{record}" for aggregate in aggregates]
    return Where("{t}.subject = ANY({subjects})", selective=True, subjects=subjects)


def history_page(
    told: Told, record: UUID, query: ListQuery, reader: Reader, context: Context, *, at: str = "id"
) -> bytes:
    """The page of a record's history that the list query (of `HistoryEntryView`) asks for, as JSON text.

    FORBIDDEN without the policy; NOT_FOUND on ``at`` where the viewer does not see the record (any more).
    """
    if told.policy is not None:
        told.policy.check(context)
    if reader.by_ids(told.view, [record], names("id"), context) == b"[null]":
        raise CommonRules.the_record_was_not_found(field=at)
    page = reader.page(query, context, where=about(told.aggregates, record))
    hidden = told.hidden(context)
    return _without(page, hidden, _keys_of_changes(query)) if hidden else page


def _keys_of_changes(query: ListQuery) -> list[str]:
    selection = parse(query.select) if query.select is not None else everything(shape_of(HistoryEntryView))
    return [selected.key for selected in selection if selected.name == "changes"]


def _without(page: bytes, hidden: Collection[str], keys: Collection[str]) -> bytes:
    answer = codec.decode_json(page)
    for node in answer["nodes"]:
        for key in keys:
            if node[key] is not None:
                node[key] = {name: each for name, each in node[key].items() if name not in hidden}
    return codec.encode(answer)
