"""Executes an operation: asks the services, completes what they answered, falls back to the stock executor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution.values import VariableValues
from prometheus_client import Counter

from crm_common.telemetry import REGISTRY
from gateway.errors import request_error, shown, to_graphql
from gateway.execution.documents import Document
from gateway.execution.plans import Plan, Planned, Plans
from gateway.execution.request import Answer, Caller
from gateway.execution.stock import Stock
from gateway.execution.variables import coerced
from gateway.permissions import refuse_early

if TYPE_CHECKING:
    from gateway.schema import GatewaySchema


DEVIATIONS = Counter(
    "crm_gateway_deviations_total",
    "Answers that were not exactly as declared, or lacked a neighbour, and were completed by the stock executor.",
    ["field"],
    registry=REGISTRY,
)


async def execute(
    schema: GatewaySchema,
    document: Document,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    caller: Caller,
) -> Answer:
    """Run a query or mutation to its end. Never raises for what a client or a service does wrong."""
    prepared = prepare(schema, document, variables, operation_name, caller)
    if isinstance(prepared, Answer):
        return prepared
    plan, values = prepared
    if plan.operation.operation is OperationType.SUBSCRIPTION:
        return refused([GraphQLError("A subscription is not executed once: subscribe to it.")], caller)
    stock = Stock(schema, document, plan, values, caller)
    data = await run(stock)
    return Answer(data, shown(stock.errors, caller.context), caller.extensions)


def prepare(
    schema: GatewaySchema,
    document: Document,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    caller: Caller,
) -> tuple[Plan, VariableValues] | Answer:
    """The plan and the coerced variables, or the answer to a malformed request."""
    if document.errors:
        return refused(document.errors, caller)
    operation = document.operation(operation_name)
    if operation is None:
        return refused([_no_operation(document, operation_name)], caller)
    values = coerced(schema, document, operation, variables or {})
    if isinstance(values, list):
        return refused(values, caller)
    try:
        return Plans(schema).of(document, operation, values), values
    except GraphQLError as error:
        return refused([error], caller)


async def run(stock: Stock) -> dict[str, Any] | None:
    """The data of a prepared query or mutation; its errors, with the words of the inside, are ``stock.errors``."""
    fields = stock.plan.fields
    try:
        if stock.plan.operation.operation is OperationType.MUTATION or len(fields) == 1:
            return {field.picked.key: await _field(field, stock) for field in fields}
        values = await asyncio.gather(*(_field(field, stock) for field in fields))
    except GraphQLError as error:  # a root field that may not be null: only one written by hand can be so
        stock.errors.append(error)
        return None
    return {field.picked.key: value for field, value in zip(fields, values, strict=True)}


async def _field(field: Planned, stock: Stock) -> Any:
    caller = stock.caller
    try:
        admit(field, caller)
        value = await field.root.fetch(field.arguments(stock.variables), caller) if field.root else None
    except Exception as failed:  # noqa: BLE001 - one root field's failure is its own error and nobody else's
        return stock.fail(field.picked, as_error(failed, caller))
    if field.root is not None:
        return complete(field, value, stock)
    if field.picked.is_typename:
        return field.picked.parent.name
    return _told(field, stock) if field.is_introspection else await stock.resolve(field.picked)


def _told(field: Planned, stock: Stock) -> Any:
    """What the schema says of itself: worked out once per plan, as it takes long."""
    if field.told is None or field.fixed is None:
        field.told = stock.complete(field.picked, None)
    return field.told


def admit(field: Planned, caller: Caller) -> None:
    """Raise what keeps the field from being asked at all."""
    if field.refusal is not None:
        raise field.refusal
    if field.policy is not None:
        refuse_early(field.policy, caller.context)


def complete(field: Planned, value: Any, stock: Stock) -> Any:
    """The completed value of a root field, compiled where the rows are exactly as declared."""
    if field.root is not None and field.root.complete is not None and stock.schema.options.compiled:
        try:
            return field.root.complete(value)
        except Exception:  # noqa: BLE001 - not exactly as declared: the stock executor says what it is
            DEVIATIONS.labels(field.picked.field_name).inc()
    return stock.complete(field.picked, value)


def as_error(failed: Exception, caller: Caller) -> GraphQLError:
    """What stands in a field's place when it failed; an argument that cannot be coerced is the client's own fault."""
    if isinstance(failed, GraphQLError) and "code" not in (failed.extensions or {}):
        return request_error(failed, caller.context)
    return to_graphql(failed, caller.context)


def refused(errors: list[GraphQLError], caller: Caller) -> Answer:
    """The answer to a malformed request: errors without data."""
    return Answer(None, [request_error(error, caller.context) for error in errors], caller.extensions, executed=False)


def _no_operation(document: Document, name: str | None) -> GraphQLError:
    if name is not None:
        return GraphQLError(f"Unknown operation named '{name}'.")
    operations: list[OperationDefinitionNode] = document.operations
    if operations:
        return GraphQLError("Must provide operation name if query contains multiple operations.")
    return GraphQLError("Must provide an operation.")
