"""Messages: what is asked and told of them."""

from __future__ import annotations

from crm_common.protocol.office.messages import Messages, MessagesByIds, ReadMessages, UnreadMessages
from crm_common.runtime.entrypoints import rpc
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import messages
from office.views.messages import unread


class MessageOperations(Offering):
    """Messages."""

    @rpc
    def messages(self, query: Messages) -> Raw:
        return self.views.page(query)

    @rpc
    def messages_by_ids(self, query: MessagesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def unread_messages(self, _query: UnreadMessages) -> int:
        return unread(self.host.store, self.context)

    @rpc
    def read_messages(self, command: ReadMessages) -> Raw:
        return self.commands.run(messages.read_messages, command)
