"""Parsed and validated documents, kept by their text in a bounded cache per schema revision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode


@dataclass(slots=True, eq=False)
class Document:
    """A document of one schema revision. With ``errors`` it cannot be executed (``ast`` is None when it did not parse).

    ``notes`` is free for what others derive from the document once (limits keep their static analysis there).
    """

    text: str
    ast: DocumentNode | None
    errors: list[GraphQLError]
    notes: dict[str, Any] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to execute: the one named, or the only one; None when that is ambiguous or missing."""
        raise NotImplementedError
