"""Subscriptions: an answer per event that the subscriber may see, judged by his rights of that moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, OperationType

from crm_common.protocol.declare import Envelope
from gateway.errors import shown
from gateway.execution.documents import Document
from gateway.execution.plans import Planned
from gateway.execution.request import Answer, Caller, Follower, Heard
from gateway.execution.roots import LiveRoot
from gateway.execution.run import admit, as_error, complete, prepare, refused
from gateway.execution.stock import Stock
from gateway.permissions import refuse_early

if TYPE_CHECKING:
    from gateway.schema import GatewaySchema


async def subscribe(  # noqa: PLR0917 - the order of execute, and the feed
    schema: GatewaySchema,
    document: Document,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    caller: Follower,
    feed: Heard,
) -> Answer | AsyncIterator[Answer]:
    """Start a subscription: a refusal at once, or an iterator with an answer per event the caller may see.

    ``caller.context`` is read anew for every event, so that rights are those of the moment; when it no longer allows
    the subscription the iterator raises the CrmError. What ``feed`` raises ends it too. Close it with ``aclose``.
    """
    first = Caller(caller.context, caller.client, caller.extensions)
    prepared = prepare(schema, document, variables, operation_name, first)
    if isinstance(prepared, Answer):
        return prepared
    plan, values = prepared
    if plan.operation.operation is not OperationType.SUBSCRIPTION:
        return refused([GraphQLError("This is no subscription: execute it.")], first)
    field = plan.fields[0]
    stock = Stock(schema, document, plan, values, first)
    if not isinstance(field.root, LiveRoot):  # only __typename can stand here beside what is generated
        return Answer({field.picked.key: field.picked.parent.name}, [], first.extensions)
    try:
        admit(field, first)
        only = field.root.only(field.arguments(values))
    except Exception as failed:  # noqa: BLE001 - as the executor: the failure is the answer
        refuse_field(field, stock, failed)
        errors = shown(stock.errors, first.context)
        return Answer(None, errors, first.extensions, executed=False)
    return _answers(stock, caller, feed, only)


def refuse_field(field: Planned, stock: Stock, failed: Exception) -> None:
    """Locate a failure at the subscription's field."""
    try:
        stock.fail(field.picked, as_error(failed, stock.caller))
    except GraphQLError as located:
        stock.errors.append(located)


async def _answers(first: Stock, caller: Follower, feed: Heard, only: frozenset[str] | None) -> AsyncIterator[Answer]:
    field = first.plan.fields[0]
    root = field.root
    assert isinstance(root, LiveRoot)
    types = [event.event_type for event in root.live.events]
    async with feed.listen(types, to=root.live.to) as events:
        async for event in events:
            now = Caller(caller.context, caller.client)
            refuse_early(root.live.policy, now.context)
            stock = Stock(first.schema, first.document, first.plan, first.variables, now)
            answer = await _answer(field, root, event, only, stock)
            if answer is not None:
                yield answer


async def _answer(
    field: Planned, root: LiveRoot, event: Envelope, only: frozenset[str] | None, stock: Stock
) -> Answer | None:
    data: dict[str, Any] | None = None
    try:
        value = await root.shown(event, only, stock.caller)
        if value is None:
            return None
        data = {field.picked.key: complete(field, value, stock)}
    except GraphQLError as located:  # the field is never null: its error takes the whole answer
        stock.errors.append(located)
    except Exception as failed:  # noqa: BLE001 - the next event may come through again
        refuse_field(field, stock, failed)
    return Answer(data, shown(stock.errors, stock.caller.context), {})
