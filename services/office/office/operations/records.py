"""What methods need that concern records of other services."""

from __future__ import annotations

from crm_common.protocol.office.message_kinds import Subject
from crm_common.sight import Sight, global_id, subject_of
from office.operations.offering import Offering


class Records(Offering):
    """Finds out whether the caller sees a record, before any transaction."""

    @property
    def sight(self) -> Sight:
        """Who sees what."""
        return Sight(self.host.client, self.views.reader, "office")

    def seen(self, given: str, *, field: str) -> Subject:
        """The record of a global id that the caller sees; else ``NOT_FOUND``."""
        subject = subject_of(given, field=field)
        self.sight.expect(subject, self.context, field=field)
        return subject

    def about(self, given: str | None) -> str | None:
        """The global id of the record a thing is about, if one is named; the caller sees it."""
        return None if given is None else global_id(self.seen(given, field="about"))
