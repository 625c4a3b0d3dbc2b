"""What somebody may do with files: owners of the linked records are asked, so never inside of a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from crm_common.context import ActorKind, Context
from crm_common.errors import CommonRules
from crm_common.protocol.documents.files import DocumentRules
from crm_common.protocol.documents.rights import DocumentRight
from crm_common.runtime.host import ServiceHost
from crm_common.sight import Sight, global_id, lookups, subject_of
from documents.adapters.roles import roles_of
from documents.domain.rights import EVERYTHING, NOTHING, rights
from documents.store import rights as store

_MOST_SUBJECTS = 1_000
_WORDS = {
    DocumentRight.VIEW: "view",
    DocumentRight.DOWNLOAD: "download",
    DocumentRight.EDIT: "edit",
    DocumentRight.SHARE: "share",
}


@dataclass(frozen=True, slots=True)
class Access:
    """One caller's rights on files."""

    host: ServiceHost
    context: Context

    @property
    def sight(self) -> Sight:
        """Who sees the records of others."""
        return Sight(self.host.client)

    def record(self, given: str, *, field: str) -> str:
        """The global id of a record of another service that he sees; ``NOT_FOUND`` for one he does not."""
        subject = subject_of(given, field=field)
        if lookups()[subject.type_name].service == self.host.service:
            raise CommonRules.a_value_has_the_wrong_shape(field=field, problem="a file does not belong to this")
        self.sight.expect(subject, self.context, field=field)
        return global_id(subject)

    def of(self, ids: Collection[UUID]) -> dict[UUID, frozenset[DocumentRight]]:
        """What he may do with each of the files that are there."""
        actor = self.context.authenticated()
        found = store.known(self.host.store, ids, actor, self.roles())
        if actor.kind is ActorKind.SYSTEM:
            return dict.fromkeys(found, EVERYTHING)
        seen = self.seen({each for known in found.values() for each in known.subjects})
        return {key: rights(known, seen) for key, known in found.items()}

    def viewed(self, ids: Collection[UUID]) -> set[UUID]:
        """Which of the files he sees."""
        return {key for key, may in self.of(ids).items() if DocumentRight.VIEW in may}

    def expect(self, document_id: UUID, right: DocumentRight, *, field: str = "id") -> frozenset[DocumentRight]:
        """All his rights; ``NOT_FOUND`` for a file he does not see, ``FORBIDDEN`` for one without this right."""
        may = self.of([document_id]).get(document_id, NOTHING)
        if DocumentRight.VIEW not in may:
            raise CommonRules.the_record_was_not_found(field=field)
        if right not in may:
            raise DocumentRules.the_right_on_the_file_is_missing(field=field, right=_WORDS[right])
        return may

    def expect_owner(self, document_id: UUID) -> None:
        """``NOT_FOUND`` for a file he does not see, ``FORBIDDEN`` for one that is not his own."""
        may = self.of([document_id]).get(document_id, NOTHING)
        if DocumentRight.VIEW not in may:
            raise CommonRules.the_record_was_not_found(field="id")
        if not store.is_owner(self.host.store, document_id, self.context.authenticated().id):
            raise DocumentRules.the_right_on_the_file_is_missing(field="id", right="delete")

    def seen(self, subjects: Collection[str]) -> set[str]:
        """Which of the records, by their global ids, he sees."""
        found = self.sight.seen([subject_of(each, field="id") for each in subjects], self.context)
        return {global_id(each) for each in found}

    def seen_of_mine(self) -> list[str]:
        """The records his own files belong to, as far as he sees them."""
        mine = store.subjects_of_mine(self.host.store, self.context.authenticated().id, _MOST_SUBJECTS)
        return sorted(self.seen(mine))

    def roles(self) -> Sequence[UUID]:
        """His roles, where anything hangs on a role."""
        actor = self.context.authenticated()
        if actor.kind is not ActorKind.EMPLOYEE or not store.given_by_roles(self.host.store):
            return ()
        return roles_of(self.host.client, actor.id, self.context)
