"""One operation from its parameters to its answer, for HTTP, event streams and sockets: who, how often, how much."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from crm_common.context import Context
from crm_common.errors import Code, CommonRules, CrmError
from crm_common.limits import within
from crm_common.runtime.client import Client
from crm_common.telemetry import span
from gateway.authentication import Actors, Session
from gateway.context import Arrival
from gateway.errors import extensions_of, request_error
from gateway.execution import Answer, Caller, Document
from gateway.http.incoming import Params
from gateway.limits import CostPlan, check_variables, cost_plan, refusal_in
from gateway.persisted import PersistedDocuments, UnknownDocumentError, hash_in
from gateway.ratelimit import AtOnce, Buckets, CrowdedError, ThrottledError, address_key
from gateway.rules import EdgeRules
from gateway.settings import GatewaySettings

OF_CALLS = 0.9
"""The part of an operation's time that its calls have: a dead service blanks its part, and the rest is answered."""


class Schema(Protocol):
    """What is used of a built schema."""

    graphql: GraphQLSchema

    def document(self, text: str) -> Document:
        """The parsed and validated document."""
        ...


class Holder(Protocol):
    """Gives the schema that new requests use."""

    @property
    def current(self) -> Schema:
        """The newest schema."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """The schema and what runs operations against it: ``gateway.execution`` as the rest of this package uses it."""

    holder: Holder
    execute: Callable[..., Awaitable[Answer]]
    subscribe: Callable[..., Awaitable[Answer | AsyncIterator[Answer]]]
    strict_fields: frozenset[str] = frozenset()
    """Root fields that answer without a session and count against the stricter rate (login)."""
    own_fields: frozenset[str] = frozenset()
    """Root fields by which a caller changes what he himself may do from then on (changeMyPassword, unlockSession)."""


class RefusedError(Exception):
    """An operation that is not executed. ``errors`` are GraphQL errors as they are sent.

    ``status`` is HTTP's; where ``plain`` is set it is used for ``application/json`` as well, which otherwise says 200.
    """

    def __init__(
        self,
        status: int,
        errors: list[Any],
        *,
        plain: bool = False,
        headers: Mapping[bytes, bytes] | None = None,
    ) -> None:
        super().__init__(status, errors)
        self.status = status
        self.errors = errors
        self.plain = plain
        self.headers = headers or {}

    @classmethod
    def by(cls, error: CrmError, arrival: Arrival, status: int = 400, **more: Any) -> RefusedError:
        """The refusal with the error's words in the caller's language."""
        return cls(status, [error_of(error, arrival)], **more)

    @classmethod
    def crowded(cls, crowded: CrowdedError, arrival: Arrival) -> RefusedError:
        """The refusal of a caller who has too many of something open."""
        return cls.by(crowded.refusal, arrival, 429, plain=True, headers={b"retry-after": b"1"})


def error_of(error: CrmError, arrival: Arrival) -> dict[str, Any]:
    """A GraphQL error for something that was refused before there was an operation."""
    context = arrival.context(None, 0.0)
    return {"message": error.message(arrival.language), "extensions": extensions_of(error, context)}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is derived once from an operation of a document."""

    operation: OperationDefinitionNode
    kind: OperationType
    plan: CostPlan
    strict: int
    own: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run."""

    schema: Schema
    document: Document
    kind: OperationType
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any]
    key: str
    arrival: Arrival
    session: Session | None
    changes_caller: bool = False


class Operations:
    """Admits, prepares and runs operations. One per gateway process."""

    def __init__(
        self, settings: GatewaySettings, engine: Engine, client: Client, actors: Actors, persisted: PersistedDocuments
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.client = client
        self.actors = actors
        self.persisted = persisted
        rates = settings.rates
        self._by_address = Buckets(rates.address, rates.address_burst)
        self._by_actor = Buckets(rates.actor, rates.actor_burst)
        self._logins = Buckets(rates.login, rates.login_burst)
        self.at_once = AtOnce(settings.limits.at_once)

    async def authenticate(self, arrival: Arrival) -> Session | None:
        """The caller; None without a token. RefusedError: 401 for a token that is not good, 503 without identity."""
        if arrival.token is None:
            return None
        try:
            return await self.actors.session(arrival.token)
        except CrmError as error:
            if error.code is Code.UNAVAILABLE:
                raise RefusedError.by(error, arrival, 503) from error
            headers = {b"www-authenticate": b"Bearer"}
            raise RefusedError.by(CommonRules.a_valid_session_is_needed(), arrival, 401, headers=headers) from error

    def admit_address(self, arrival: Arrival) -> None:
        """Count a request against its address, before anything is done for it."""
        self._take(self._by_address, address_key(arrival.address), 1, arrival)

    def admit_actor(self, arrival: Arrival, session: Session | None) -> str:
        """Count an operation against its actor; answers the key that stands for the caller."""
        if session is None:
            return f"address:{address_key(arrival.address)}"
        key = str(session.actor.id)
        self._take(self._by_actor, key, 1, arrival)
        return key

    def prepare(self, params: Params, arrival: Arrival, session: Session | None, *, by_get: bool = False) -> Prepared:
        """The operation, found, valid and within all limits; or RefusedError."""
        key = self.admit_actor(arrival, session)
        try:
            return self._prepare(params, arrival, session, key, by_get=by_get)
        except CrmError as error:
            raise RefusedError.by(error, arrival) from error
        except UnknownDocumentError as unknown:
            known = CommonRules.the_record_was_not_found()
            told = {"message": unknown.message, "extensions": extensions_of(known, arrival.context(None, 0.0))}
            raise RefusedError(200, [told]) from unknown

    def _prepare(
        self, params: Params, arrival: Arrival, session: Session | None, key: str, *, by_get: bool
    ) -> Prepared:
        hash_ = hash_in(params.extensions, params.document_id)
        if by_get and hash_ is None and not self.settings.development:
            raise EdgeRules.only_persisted_documents_by_get()
        text = self.persisted.find(hash_) if hash_ is not None and params.query is None else params.query
        assert text is not None  # incoming.params_of has seen to it that there is one or the other
        if params.query is not None:
            self.persisted.check(text, hash_)
        schema = self.engine.holder.current
        document = self._document(schema, text, key, session is not None, arrival)
        facts = self._facts(schema, document, params.operation_name)
        if by_get and facts.kind is not OperationType.QUERY:
            refused = EdgeRules.this_needs_another_method()
            raise RefusedError.by(refused, arrival, 405, plain=True, headers={b"allow": b"POST"})
        if facts.strict:
            self._take(self._logins, address_key(arrival.address), facts.strict, arrival)
        extensions = self._within_limits(facts, params.variables)
        if hash_ is not None and params.query is not None:
            self.persisted.keep(hash_, text)
        return Prepared(
            schema, document, facts.kind, params.operation_name, params.variables, extensions, key, arrival, session,
            facts.own and facts.kind is OperationType.MUTATION,
        )  # fmt: skip

    def _document(self, schema: Schema, text: str, key: str, known: bool, arrival: Arrival) -> Document:
        document = schema.document(text)
        if "facts" not in document.notes:
            document.notes["facts"] = {}
            # parsing and validating is the dearest thing to ask for: whoever sends ever new documents has fewer
            bucket, whose = (self._by_actor, key) if known else (self._by_address, key.removeprefix("address:"))
            bucket.charge(whose, self.settings.rates.unknown_document - 1, time.monotonic())
        if document.errors:
            refusal = refusal_in(document.errors)
            if refusal is not None:
                raise refusal
            context = arrival.context(None, 0.0)
            raise RefusedError(400, [request_error(error, context).formatted for error in document.errors])
        return document

    def _facts(self, schema: Schema, document: Document, name: str | None) -> _Facts:
        known: dict[str | None, _Facts] = document.notes["facts"]
        facts = known.get(name)
        if facts is None:
            operation = document.operation(name)
            if operation is None or document.ast is None:
                raise EdgeRules.the_operation_cannot_be_chosen(field="operationName")
            plan = cost_plan(schema.graphql, document.ast, operation)
            strict = _count_roots(operation.selection_set, document.ast, self.engine.strict_fields)
            own = bool(_count_roots(operation.selection_set, document.ast, self.engine.own_fields))
            facts = known[name] = _Facts(operation, operation.operation, plan, strict, own)
        return facts

    def _within_limits(self, facts: _Facts, variables: dict[str, Any] | None) -> dict[str, Any]:
        limits = self.settings.limits
        check_variables(variables, limits)
        cost = facts.plan.cost(variables)
        if cost > limits.cost:
            raise EdgeRules.a_limit_is_exceeded(what="cost", limit=limits.cost, found=cost)
        return {"cost": {"requested": cost, "limit": limits.cost}}

    async def run(self, prepared: Prepared) -> Answer:
        """Execute a query or mutation within its time; RefusedError (429) when its caller has too many running."""
        arrival, seconds = prepared.arrival, self.settings.limits.seconds
        context = arrival.context(prepared.session, seconds * OF_CALLS)
        name = f"graphql {prepared.kind.value}"
        operation = prepared.operation_name or ""
        try:
            with (
                self.at_once.place(prepared.key),
                span(name, context, kind="server", operation=operation) as context,
            ):
                caller = Caller(context, self.client, prepared.extensions)
                with within(seconds):
                    answer = await self.engine.execute(
                        prepared.schema, prepared.document, prepared.variables, prepared.operation_name, caller
                    )
                if prepared.changes_caller and prepared.session is not None:
                    # the event comes too, but his next request may be here before it
                    self.actors.changed_itself(prepared.session.claims.session_id)
                return answer
        except CrowdedError as crowded:
            raise RefusedError.crowded(crowded, arrival) from crowded
        except TimeoutError:
            return Answer(None, [self._too_late(prepared, context)], prepared.extensions)

    def _too_late(self, prepared: Prepared, context: Context) -> GraphQLError:
        # a change that was cut off may have happened: the caller must ask again with the same key
        if prepared.kind is OperationType.MUTATION:
            error = CommonRules.the_service_is_unavailable(service="gateway")
        else:
            error = EdgeRules.the_answer_takes_too_long(limit=f"{self.settings.limits.seconds:g}")
        return GraphQLError(error.message(context.language), extensions=extensions_of(error, context))

    def _take(self, buckets: Buckets, key: str, number: int, arrival: Arrival) -> None:
        try:
            buckets.take(key, number, time.monotonic())
        except ThrottledError as throttled:
            headers = {b"retry-after": str(throttled.seconds).encode()}
            raise RefusedError.by(throttled.refusal, arrival, 429, plain=True, headers=headers) from throttled


def _count_roots(selection: SelectionSetNode, document: DocumentNode, names: frozenset[str]) -> int:
    """How often these root fields are selected, aliases and fragments included (a limit has bounded their number)."""
    count = 0
    for part in selection.selections:
        if isinstance(part, FieldNode):
            count += part.name.value in names
        elif isinstance(part, FragmentSpreadNode):
            found = next(
                each for each in document.definitions
                if isinstance(each, FragmentDefinitionNode) and each.name.value == part.name.value
            )  # fmt: skip
            count += _count_roots(found.selection_set, document, names)
        else:
            count += _count_roots(part.selection_set, document, names)  # type: ignore[attr-defined]
    return count
