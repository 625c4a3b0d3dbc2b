"""Answers GraphQL operations: one call per root field, then rows into the answer. This is all the HTTP layer uses."""

from crm_common.runtime.client import Client
from gateway.execution.documents import Document
from gateway.execution.follow import subscribe
from gateway.execution.request import Answer, Caller, Follower, Heard
from gateway.execution.run import execute

__all__ = ["Answer", "Caller", "Client", "Document", "Follower", "Heard", "execute", "subscribe"]
