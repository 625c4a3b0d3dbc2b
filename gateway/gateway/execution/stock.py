"""The stock executor over rows that are already there: what the compiled selection cannot or must not do itself."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, default_field_resolver
from graphql.execution import default_type_resolver
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gateway.execution.documents import Document
from gateway.execution.plans import Plan
from gateway.execution.request import Caller
from gateway.selection import Picked

if TYPE_CHECKING:
    from gateway.schema import GatewaySchema


class Stock:
    """One operation's stock executor, made when it is first needed (``used``); ``errors`` are the whole operation's."""

    def __init__(
        self, schema: GatewaySchema, document: Document, plan: Plan, variables: VariableValues, caller: Caller
    ) -> None:
        self.schema = schema
        self.document = document
        self.plan = plan
        self.variables = variables
        self.caller = caller
        self._own_errors: list[GraphQLError] = []
        self.used = False

    @property
    def errors(self) -> list[GraphQLError]:
        """Errors with their places, in the order in which they came about."""
        return self.executor.collected_errors.errors if self.used else self._own_errors

    @cached_property
    def executor(self) -> StrawberryGraphQLCoreExecutionContext:
        """The executor that Strawberry would use."""
        self.used = True
        fragments = self.document.fragments
        made: StrawberryGraphQLCoreExecutionContext = StrawberryGraphQLCoreExecutionContext(
            self.schema.graphql,
            {name: found.definition for name, found in fragments.items()},
            fragments,
            None,
            self.caller,
            self.plan.operation,
            self.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            hide_suggestions=not self.schema.options.suggestions,
        )
        return made

    def complete(self, picked: Picked, value: Any) -> Any:
        """The completed value of a root field whose value is there already."""
        return self._execute(picked, {picked.key: value})

    def fail(self, picked: Picked, error: GraphQLError) -> None:
        """Let a root field have failed: its resolver is not run. Raises the located error where null may not stand."""
        path = Path(None, picked.key, self.plan.type.name)
        self.executor.handle_field_error(error, picked.field.type, picked.details, path)

    async def resolve(self, picked: Picked) -> Any:
        """The completed value of a root field with a resolver of its own."""
        found = self._execute(picked, None)
        return (await found) if self.executor.is_awaitable(found) else found

    def _execute(self, picked: Picked, source: Any) -> Any:
        executor = self.executor
        found: Any = executor.execute_fields(self.plan.type, source, None, {picked.key: picked.details}, None)
        if not executor.is_awaitable(found):
            return found[picked.key]

        async def settled() -> Any:
            return (await found)[picked.key]

        return settled()
