"""Parsed and validated documents, kept by their text in a bounded cache per schema revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails

from gateway.execution.kept import Kept

MOST_ERRORS = 20


@dataclass(eq=False)
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
        if name is not None:
            return next((each for each in self.operations if each.name and each.name.value == name), None)
        return self.operations[0] if len(self.operations) == 1 else None

    @cached_property
    def operations(self) -> list[OperationDefinitionNode]:
        """Every operation, in order."""
        definitions = self.ast.definitions if self.ast else ()
        return [each for each in definitions if isinstance(each, OperationDefinitionNode)]

    @cached_property
    def fragments(self) -> dict[str, FragmentDetails]:
        """Every fragment by name, as the executor wants them."""
        definitions = self.ast.definitions if self.ast else ()
        found = (each for each in definitions if isinstance(each, FragmentDefinitionNode))
        return {each.name.value: FragmentDetails(each, None) for each in found}


class Documents:
    """Makes documents for one schema and keeps the valid ones; ``capacity`` is in characters of text."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        rules: Sequence[type[ASTValidationRule]] = (),
        max_tokens: int | None = None,
        suggestions: bool = True,
        capacity: int = 1_000_000,
    ) -> None:
        self.schema = schema
        # these run first and alone: they bound what the others have to walk
        self.own_rules = list(rules)
        self.max_tokens = max_tokens
        self.suggestions = suggestions
        self.kept: Kept[str, Document] = Kept(capacity)

    def load(self, text: str) -> Document:
        """The document; parsed and validated at most once while it is kept. Invalid ones are not kept."""
        found = self.kept.get(text)
        if found is None:
            found = self._make(text)
            if not found.errors:
                self.kept.put(text, found, len(text))
        return found

    def _make(self, text: str) -> Document:
        try:
            ast = parse(text, max_lexical_tokens=self.max_tokens, max_comments=self.max_tokens)
        except GraphQLError as error:
            return Document(text, None, [error])
        except RecursionError:
            return Document(text, None, [GraphQLError("The document is nested too deeply.")])
        return Document(text, ast, self._faults(ast))

    def _faults(self, ast: DocumentNode) -> list[GraphQLError]:
        hidden = not self.suggestions
        try:
            if self.own_rules:
                faults = validate(self.schema, ast, self.own_rules, max_errors=MOST_ERRORS, hide_suggestions=hidden)
                if faults:
                    return faults
            return validate(self.schema, ast, specified_rules, max_errors=MOST_ERRORS, hide_suggestions=hidden)
        except RecursionError:
            return [GraphQLError("The document is nested too deeply.")]
