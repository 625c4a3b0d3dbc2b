"""Answers GraphQL operations: one call per root field, then rows into the answer. This is all the HTTP layer uses."""

from crm_common.runtime.client import Client, Feed
from gateway.execution.documents import Document
from gateway.execution.follow import subscribe
from gateway.execution.request import Answer, Caller, Follower
from gateway.execution.run import execute

__all__ = ["Answer", "Caller", "Client", "Document", "Feed", "Follower", "execute", "subscribe"]
