"""What a caller may change: records of those in his data scope of a section."""

from __future__ import annotations

from uuid import UUID

from crm_common.changes import Change
from crm_common.errors import CommonRules
from finance.store import reach


def expect_in_reach(change: Change, section: str, owner_id: UUID, *, field: str = "id") -> None:
    """Refuse, as if it did not exist, what belongs to somebody outside of the caller's data scope of ``section``."""
    if not reach.in_reach(change.connection, change.context.authenticated(), section, owner_id):
        raise CommonRules.the_record_was_not_found(field=field)
