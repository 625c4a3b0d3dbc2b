"""The commands of a service's process: ``python -m <service> run | migrate | reindex``."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any


def main(service: str, settings: str, *, arguments: Sequence[str] | None = None, **options: str) -> int:
    """Run a command of the service and answer the exit code.

    ``service`` and ``settings`` name the classes (``identity.service:IdentityService``), which are imported only after
    the process is green; ``options`` name those of ``broker.BrokerService`` in the same way.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = given[0] if len(given) == 1 else ""
    if command not in _commands():
        print(f"usage: python -m {service.partition('.')[0]} run | migrate | reindex", file=sys.stderr)  # noqa: T201
        return 2
    if command == "run":
        from crm_common.runtime.green import patch

        patch()
    from crm_common.settings import Misconfigured

    try:
        return _commands()[command](service, settings, {name: _named(path) for name, path in options.items()})
    except Misconfigured as faults:
        print(faults, file=sys.stderr)  # noqa: T201
        return 2


def _commands() -> dict[str, Callable[[str, str, dict[str, Any]], int]]:
    return {"run": _run, "migrate": _migrate, "reindex": _reindex}


def _run(service: str, settings: str, options: dict[str, Any]) -> int:
    from crm_common import telemetry
    from crm_common.runtime import broker

    cls, loaded = _loaded(service, settings)
    process = loaded.process
    telemetry.configure_logging(cls.name, level=process.log_level)
    telemetry.configure_tracing(cls.name, endpoint=process.traces_endpoint, ratio=process.traces_ratio)
    try:
        return broker.run(cls, loaded, **options)
    finally:
        telemetry.stop_tracing()


def _migrate(service: str, settings: str, _options: dict[str, Any]) -> int:
    from crm_common import migrations
    from crm_common.runtime.declaration import declared_subscriptions
    from crm_common.runtime.topology import declare_all
    from crm_common.settings import Misconfigured

    cls, loaded = _loaded(service, settings)
    if loaded.owner_database_url is None:
        raise Misconfigured([f"{cls.name.upper()}_OWNER_DATABASE_URL is missing: only the owner migrates"])
    revision = migrations.run(loaded.owner_database_url.reveal(), service.partition(".")[0])
    print(f"{cls.name}: the database is at {revision}")  # noqa: T201
    if loaded.process.amqp_url is not None:
        declare_all(loaded.process.amqp_url.reveal(), cls.name, declared_subscriptions(cls))
        print(f"{cls.name}: queues and exchanges are declared")  # noqa: T201
    return 0


def _reindex(service: str, settings: str, _options: dict[str, Any]) -> int:
    from crm_common.search import state
    from crm_common.store import Store

    cls, loaded = _loaded(service, settings)
    store = Store(loaded.database_url.reveal(), service=cls.name, size=1)
    try:
        state.ask(store)
    finally:
        store.close()
    print(f"{cls.name}: the running service builds its search index anew, and searches the old one until then")  # noqa: T201
    return 0


def _loaded(service: str, settings: str) -> tuple[Any, Any]:
    from crm_common.settings import load

    cls = _named(service)
    return cls, load(_named(settings), cls.name, os.environ)


def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
