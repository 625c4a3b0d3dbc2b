"""Policies at the gateway: nothing without one is built, and who may not call is refused before a service is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter

from crm_common.context import Context
from crm_common.protocol.policy import Policy

POLICY = "policy"


class PolicyMissingError(TypeError):
    """Something public was declared without saying who may use it."""


@dataclass(frozen=True, slots=True)
class HandWritten:
    """Strawberry types whose root fields stand beside the generated ones; each field is ``guarded`` by its policy."""

    query: type | None = None
    mutation: type | None = None


def together(*parts: HandWritten) -> HandWritten:
    """The root fields of all of them."""
    queries = tuple(part.query for part in parts if part.query)
    mutations = tuple(part.mutation for part in parts if part.mutation)
    return HandWritten(
        query=type("HandWrittenQuery", queries, {}) if queries else None,
        mutation=type("HandWrittenMutation", mutations, {}) if mutations else None,
    )


def declared_policy(policy: Any, what: str) -> Policy:
    """The policy, or a PolicyMissingError that names ``what``."""
    if not isinstance(policy, Policy):
        raise PolicyMissingError(f"{what} has no declared policy: say who may use it")
    return policy


def guarded(policy: Policy) -> dict[str, Policy]:
    """Strawberry metadata for a hand-written root field: ``strawberry.field(metadata=guarded(needs("org.edit")))``."""
    return {POLICY: policy}


def policy_of(field: GraphQLField) -> Policy | None:
    """The policy a hand-written root field was given."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    found = declared.metadata.get(POLICY) if declared is not None else None
    return found if isinstance(found, Policy) else None


def refuse_early(policy: Policy, context: Context) -> None:
    """Raise what the service would raise; it decides again by itself."""
    policy.check(context)


def check_hand_written(schema: GraphQLSchema, generated: Any) -> None:
    """Every root field that was not generated names its policy."""
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        for name, field in root.fields.items() if isinstance(root, GraphQLObjectType) else ():
            if not generated(field):
                declared_policy(policy_of(field), f"{root}.{name}")
