"""Answers GraphQL operations: one call per root field, then rows into the answer. This is all the HTTP layer uses."""

from gateway.execution.documents import Document
from gateway.execution.request import Answer, Caller, Client, Feed
from gateway.execution.run import execute

__all__ = ["Answer", "Caller", "Client", "Document", "Feed", "execute"]
