"""One piece of work of a service: a fresh instance with its dependencies, and what Nameko's providers see of it."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from nameko.containers import WorkerContext
from nameko.extensions import DependencyProvider, Entrypoint

from crm_common.context import Context
from crm_common.protocol.declare import Operation
from crm_common.runtime.host import host_of


class Work(WorkerContext):
    """Nameko's worker context with ours: who asks, and which operation is answered (None for events and jobs)."""

    def __init__(  # noqa: PLR0917 - one call, on the way of every request
        self,
        container: Any,
        service: Any,
        entrypoint: Entrypoint,
        arguments: tuple[Any, ...],
        context: Context,
        operation: Operation | None,
        headers: Mapping[str, Any] | None,
    ) -> None:
        super().__init__(container, service, entrypoint, arguments, data=dict(headers or {}))
        self.context = context
        self.operation = operation


def context_of(worker_ctx: Any) -> Context:
    """The context of a piece of work, also of one that a stock Nameko entrypoint began."""
    if isinstance(worker_ctx, Work):
        return worker_ctx.context
    return host_of(worker_ctx.container).seal.from_headers(worker_ctx.data)


class Workshop:
    """Runs a service's methods with Nameko's lifecycle of a worker, in both modes."""

    def __init__(self, container: Any, dependencies: Iterable[DependencyProvider]) -> None:
        self._container = container
        self.service_cls: type = container.service_cls
        self._dependencies = tuple(dependencies)
        # most providers leave most of Nameko's hooks alone: calls to empty methods are saved
        self._setup = self._overriding("worker_setup")
        self._result = self._overriding("worker_result")
        self._teardown = self._overriding("worker_teardown")

    def run(
        self,
        entrypoint: Entrypoint,
        arguments: tuple[Any, ...],
        context: Context,
        *,
        operation: Operation | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> Any:
        """What the entrypoint's method returns on a new instance; its exceptions pass through."""
        service = self.service_cls()
        work = Work(self._container, service, entrypoint, arguments, context, operation, headers)
        for provider in self._dependencies:
            setattr(service, str(provider.attr_name), provider.get_dependency(work))
        for provider in self._setup:
            provider.worker_setup(work)
        try:
            result = getattr(service, str(entrypoint.method_name))(*arguments)
        except Exception:
            self._finish(work, None, sys.exc_info())
            raise
        self._finish(work, result, None)
        return result

    def _finish(self, work: Work, result: Any, exc_info: Any) -> None:
        for provider in self._result:
            provider.worker_result(work, result, exc_info)
        for provider in self._teardown:
            provider.worker_teardown(work)

    def _overriding(self, hook: str) -> tuple[DependencyProvider, ...]:
        stock = getattr(DependencyProvider, hook)
        return tuple(each for each in self._dependencies if getattr(type(each), hook) is not stock)
