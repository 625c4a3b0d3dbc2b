"""What a service's providers find around them, the same in both modes: ``container.config["crm"]``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from crm_common.clock import Clock
from crm_common.context import Seal
from crm_common.ids import Ids
from crm_common.runtime.client import PeerClient

if TYPE_CHECKING:
    from crm_common.settings import SettingsReader
    from crm_common.store import Store

# The key of the host in a container's configuration.
CONFIG_KEY = "crm"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHost:
    """One service's surroundings. Made by the runtime (or by a test), shared by all workers of the service."""

    service: str
    store: Store
    seal: Seal
    clock: Clock
    ids: Ids
    settings: SettingsReader
    client: PeerClient
    mode: Literal["broker", "local"]
    environment: Any = None
    """The service's own settings from the environment, an instance of its ``settings`` class."""


def host_of(container: Any) -> ServiceHost:
    """The host that a (real or local) container carries; LookupError when it runs outside of our runtime."""
    try:
        host: ServiceHost = container.config[CONFIG_KEY]
    except KeyError as missing:
        raise LookupError(f"{container.service_name} is not run by crm_common.runtime: there is no host") from missing
    return host
