"""Comments: what is asked and told of them, by whoever sees the record they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from crm_common.errors import CommonRules
from crm_common.protocol.office.comments import AddComment, Comments, CommentsByIds, DeleteComment, UpdateComment
from crm_common.protocol.office.message_kinds import Subject
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.providers import Peer
from crm_common.runtime.raw import Raw
from crm_common.sight import global_id, subject_of
from office.adapters.colleagues import Colleagues
from office.operations.records import Records
from office.store import comments as store
from office.usecases import comments
from office.views.comments import threads

_NOTHING = UUID(int=0)


class CommentOperations(Records):
    """Comments."""

    identity = Peer("identity")

    @rpc
    def comments(self, query: Comments) -> Raw:
        return self.views.page(query, where=threads(global_id(self.seen(query.subject, field="subject"))))

    @rpc
    def comments_by_ids(self, query: CommentsByIds) -> Raw:
        seen = self._seen(query.ids)
        return self.views.get(replace(query, ids=tuple(each if each in seen else _NOTHING for each in query.ids)))

    @rpc
    def add_comment(self, command: AddComment) -> Raw:
        subject = self.seen(command.subject, field="subject")
        answered = store.author(self.host.store, command.parent_id) if command.parent_id else None
        concerned = {*command.mention_ids, *([answered] if answered else [])}
        return self.commands.run(comments.add_comment(subject, self._seeing(subject, concerned)), command)

    @rpc
    def update_comment(self, command: UpdateComment) -> Raw:
        self._expect_seen(command.id)
        return self.commands.run(comments.update_comment, command)

    @rpc
    def delete_comment(self, command: DeleteComment) -> Raw:
        self._expect_seen(command.id)
        return self.commands.run(comments.delete_comment, command)

    def _expect_seen(self, comment_id: UUID) -> None:
        if not self._seen([comment_id]):
            raise CommonRules.the_record_was_not_found(field="id")

    def _seen(self, comment_ids: Iterable[UUID]) -> set[UUID]:
        """Which of the comments are about records that the caller sees."""
        about = {
            key: subject_of(text, field="id") for key, text in store.subjects(self.host.store, [*comment_ids]).items()
        }
        seen = self.sight.seen(about.values(), self.context)
        return {key for key, subject in about.items() if subject in seen}

    def _seeing(self, subject: Subject, employee_ids: Iterable[UUID]) -> set[UUID]:
        """Who of these sees the record."""
        colleagues = Colleagues(self.identity, self.context)
        actors = [colleagues.actor(each) for each in employee_ids]
        return {
            each.id
            for each in actors
            if each is not None and self.sight.seen([subject], replace(self.context, actor=each))
        }
