"""Notes as they are shown: to whoever left them and to him for whom they are."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.protocol.office.notes import NoteView
from crm_common.reading import Where, bind
from crm_common.store import Store
from office.tables import note

_NAME = "(SELECT e.name FROM employee_ref e WHERE e.id = {{t}}.{column})"
NOTES = bind(
    NoteView,
    note,
    where="({t}.to_id = {me} OR {t}.from_id = {me})",
    fields={"from_name": _NAME.format(column="from_id"), "to_name": _NAME.format(column="to_id")},
    default_order=[note.c.created_at.desc()],
)
RECEIVED, SENT = Where("{t}.to_id = {me}", selective=True), Where("{t}.from_id = {me}", selective=True)
_UNREAD = "SELECT count(*) FROM note WHERE to_id = %s AND read_at IS NULL"


def unread(store: Store, context: Context) -> int:
    """How many notes to the viewer he has not read."""
    return int(store.rows(_UNREAD, (context.authenticated().id,))[0][0])
