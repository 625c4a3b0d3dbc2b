"""How a call becomes the work of a service and its answer JSON text: one path, whatever carried the call."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec

from crm_common import codec, telemetry
from crm_common.changes import Change
from crm_common.context import Actor, Context, system_context
from crm_common.custom_fields.backfill import jobs as custom_field_jobs
from crm_common.errors import CommonRules, CrmError
from crm_common.jobs import Job, JobRun
from crm_common.journal.envelopes import source_of
from crm_common.projections.declare import Projection
from crm_common.projections.feed import hear
from crm_common.protocol import platform
from crm_common.protocol.declare import Envelope, Event, Operation, services, snake
from crm_common.protocol.runtime_rules import RuntimeRules
from crm_common.runtime.declaration import ServiceDeclaration, Subscription, declaration_of
from crm_common.runtime.entrypoints import Every, Subscribe
from crm_common.runtime.host import ServiceHost, host_of
from crm_common.runtime.raw import Raw
from crm_common.runtime.work import Workshop
from crm_common.store import waiting_until
from crm_common.waiting import NeedsThreadError

Builtin = Callable[[Any, Context], Any]
"""Answers an operation that every service offers (``crm_common.protocol.platform``): argument, context → JSON-able."""

IDENTITY, TOKEN_QUERY = "identity", "actor_of_token"


CHANGING = frozenset(snake(cls.__name__) for cls in (platform.RunJob, platform.RepairProjection, platform.HandOverHere))
"""Operations of every service that a repeated message must not start again."""


class UnknownMethodError(CrmError):
    """``UNAVAILABLE``: the service has no such operation. A plain Nameko caller is told ``MethodNotFound``."""

    def __init__(self, service: str, method: str) -> None:
        rule = RuntimeRules.the_service_failed
        super().__init__(rule.code, rule.name, details={"service": service, "correlation_id": ""})
        self.method = method


class Dispatcher:
    """Answers the calls to one service. ``container`` is Nameko's or the local stand-in, bound to its extensions."""

    def __init__(self, container: Any, entrypoints: Iterable[Any], dependencies: Iterable[Any]) -> None:
        self.host: ServiceHost = host_of(container)
        self.declaration: ServiceDeclaration = declaration_of(container.service_cls, entrypoints)
        self._service = self.declaration.service
        self._workshop = Workshop(container, dependencies)
        self._answering = {
            name: (operation, self._of_method(operation, entrypoint))
            for name, (operation, entrypoint) in self.declaration.operations.items()
        }

        protocol = services()[self._service]
        self._changing = frozenset(protocol.commands) | CHANGING

    def offer(self, builtins: Mapping[str, Builtin]) -> None:
        """Answer operations of every service for which the class has no method of its own."""
        for name, builtin in builtins.items():
            operation = platform.operation(self._service, name)
            if operation is None:
                raise TypeError(f"{name} is no operation that every service offers")
            self._answering.setdefault(name, (operation, _ignoring_headers(builtin)))

    def operation(self, method: str) -> Operation | None:
        """The declared operation behind a method's name."""
        found = self._answering.get(method)
        return found[0] if found else None

    def may_run_twice(self, method: str, fields: Mapping[str, Any]) -> bool:
        """Whether a call that may have been begun before does no harm when it is begun again."""
        return method not in self._changing or bool(fields.get("idempotency_key"))

    def answer(self, method: str, fields: dict[str, Any], headers: Mapping[str, Any]) -> bytes:
        """The JSON text of the result; raises nothing but ``CrmError``. ``headers`` carry the context, unprefixed.

        A call that is late already is not started. Whatever else goes wrong than a refusal is logged here and leaves
        as ``UNAVAILABLE the_service_failed``.
        """
        return self.answer_in(self.context(headers), method, fields, headers)

    def context(self, headers: Mapping[str, Any]) -> Context:
        """The caller's context. A plain Nameko client passes a ``token`` instead of an actor: identity knows whose."""
        context = self.host.seal.from_headers(dict(headers))
        if not context.correlation_id:
            context = replace(context, correlation_id=uuid4().hex)
        token = headers.get("token")
        if token and context.actor is None:
            context = replace(context, actor=self._actor_of(str(token), context))
        return context

    def answer_in(
        self, context: Context, method: str, fields: dict[str, Any], headers: Mapping[str, Any] | None = None
    ) -> bytes:
        """As :meth:`answer`, for a caller whose context is known."""
        found = self._answering.get(method)
        if found is None:
            raise UnknownMethodError(self._service, method)
        operation, run = found
        began, outcome = time.perf_counter(), "ok"
        try:
            with (
                telemetry.bind(context, service=self._service, method=method),
                telemetry.span(f"{self._service}.{method}", context, kind="server") as inner,
                waiting_until(context.deadline),
                telemetry.counted_statements() as statements,
            ):
                answer = self._checked(operation, run, inner, fields, headers)
            telemetry.observe_statements(self._service, method, statements.total)
        except CrmError as refusal:
            outcome = refusal.code.value
            raise
        except NeedsThreadError:
            # it begins anew
            outcome = ""
            raise
        else:
            return answer
        finally:
            if outcome:
                telemetry.observe_rpc(self._service, method, outcome, time.perf_counter() - began)

    def _checked(
        self,
        operation: Operation,
        run: Any,
        context: Context,
        fields: dict[str, Any],
        headers: Mapping[str, Any] | None,
    ) -> bytes:
        if context.remaining() <= 0:
            raise CommonRules.the_service_is_unavailable(service=self._service)
        operation.policy.check(context)
        argument: Any = codec.from_builtins(fields, operation.cls)
        try:
            result = run(argument, context, headers)
            return result if isinstance(result, Raw) else codec.encode(result)
        except CrmError:
            raise
        except Exception as failure:
            telemetry.logger().exception("rpc.failed", service=self._service, method=operation.name)
            correlation_id = context.correlation_id
            raise RuntimeRules.the_service_failed(service=self._service, correlation_id=correlation_id) from failure

    def handlers(self) -> dict[str, Callable[[Change, Envelope], None]]:
        """What the inbox runs, by consumer."""
        return {each.consumer: self._handler(each) for each in self.declaration.subscriptions}

    def wanted(self) -> dict[str, Callable[[Collection[str]], Collection[str]]]:
        """Which types of events consumers wait for that hear all of them, asked whenever some have arrived."""
        hearers = {each.consumer: each.hearer for each in self.declaration.subscriptions}
        return {
            consumer: partial(hearer.only, self.host)
            for consumer, hearer in hearers.items()
            if isinstance(hearer, Subscribe) and hearer.only is not None
        }

    def jobs(self) -> list[Job]:
        """What the scheduler runs."""
        own = [self._job(name, entrypoint) for name, entrypoint in self.declaration.jobs.items()]
        return [*own, *custom_field_jobs(self.host, self._workshop.service_cls)]

    def _of_method(self, operation: Operation, entrypoint: Any) -> Callable[..., Any]:
        workshop = self._workshop

        def run(argument: Any, context: Context, headers: Mapping[str, Any] | None) -> Any:
            return workshop.run(entrypoint, (argument,), context, operation=operation, headers=headers)

        return run

    def _handler(self, subscription: Subscription) -> Callable[[Change, Envelope], None]:
        entrypoint = subscription.hearer
        if isinstance(entrypoint, Projection):
            return hear(entrypoint)
        # a contract's events come as what they are declared as, so that their hearer can tell them apart
        kinds = _kinds_of(entrypoint.event)

        def handle(change: Change, envelope: Envelope) -> None:
            # unlike a call, an event may have more fields than known here: its service may be newer than this one
            kind = kinds.get((envelope.source, envelope.type), entrypoint.event)
            event = envelope if kind is Envelope else msgspec.convert(envelope.data, kind)
            name = f"{self._service}.{subscription.consumer}"
            with telemetry.span(name, change.context, kind="consumer") as context:
                self._workshop.run(entrypoint, (event, change), context)

        return handle

    def _job(self, name: str, entrypoint: Every) -> Job:
        def run(job_run: JobRun) -> None:
            with telemetry.span(name, job_run.context) as context:
                self._workshop.run(entrypoint, (job_run,), context)

        doc = getattr(self._workshop.service_cls, str(entrypoint.method_name)).__doc__ or ""
        return Job(name, entrypoint.schedule, run, doc=" ".join(doc.split()))

    def _actor_of(self, token: str, context: Context) -> Actor | None:
        asking = system_context(self._service, correlation_id=context.correlation_id)
        asking = replace(asking, deadline=context.deadline, traceparent=context.traceparent)
        if self._service == IDENTITY:
            answer = self.answer_in(asking, TOKEN_QUERY, {"token": token})
        else:
            answer = self.host.client.call(IDENTITY, TOKEN_QUERY, {"token": token}, asking)
        actor = msgspec.json.decode(answer, type=Actor | None)
        if actor is None:
            raise CommonRules.a_valid_session_is_needed()
        return actor


def _ignoring_headers(builtin: Builtin) -> Callable[..., Any]:
    def run(argument: Any, context: Context, _headers: Any) -> Any:
        return builtin(argument, context)

    return run


def _kinds_of(heard: type[Event | Envelope]) -> dict[tuple[str, str], type[Event]]:
    """Source and type of each declared event that keeps the contract, with its class; of any other class nothing."""
    if not vars(heard).get("contract"):
        return {}
    return {
        (source_of(protocol.name), event_type): declared
        for protocol in services().values()
        for event_type, declared in protocol.events.items()
        if issubclass(declared, heard)
    }
