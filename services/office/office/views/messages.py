"""Messages as they are shown: to their receivers, in the reader's language."""

from __future__ import annotations

from crm_common.context import Context
from crm_common.protocol.office.messages import MessageView
from crm_common.reading import bind
from crm_common.store import Store
from office.tables import message

MESSAGES = bind(
    MessageView,
    message,
    where="{t}.receiver_id = {me}",
    fields={
        "title": "CASE {language} WHEN 'zh' THEN {t}.title_zh ELSE {t}.title_en END",
        "text": "CASE {language} WHEN 'zh' THEN {t}.text_zh ELSE {t}.text_en END",
    },
    default_order=[message.c.is_read, message.c.created_at.desc()],
)

_UNREAD = "SELECT count(*) FROM message WHERE receiver_id = %s AND NOT is_read"


def unread(store: Store, context: Context) -> int:
    """How many messages the viewer has not read."""
    return int(store.rows(_UNREAD, (context.authenticated().id,))[0][0])
