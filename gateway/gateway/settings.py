"""The gateway's configuration from the environment: profile, addresses, limits, rates; every fault reported at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from crm_common.settings import Misconfigured, ProcessSettings, load, section, variable

Network = IPv4Network | IPv6Network


class Profile(StrEnum):
    """How much the gateway tells about itself."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may ask for. Each is inclusive: the number itself passes, one more is refused."""

    body: int = variable("Bytes of a body, a query string, a message on a socket.", default=262_144, minimum=1)
    head_seconds: float = variable("Time for a request's head to arrive.", default=10.0, minimum=0.05)
    body_seconds: float = variable("Time for its body.", default=15.0, minimum=0.05)
    tokens: int = variable("Tokens of a document.", default=2_000, minimum=1)
    depth: int = variable("Nesting of fields.", default=15, minimum=1)
    aliases: int = variable("Aliases of an operation.", default=50, minimum=0)
    root_fields: int = variable("Root fields of an operation.", default=20, minimum=1)
    directives: int = variable("Directives of an operation.", default=50, minimum=0)
    fragments: int = variable("Fragment definitions, spreads and inline fragments together.", default=100, minimum=0)
    repeats: int = variable(
        "Pairs of fields with the same response name: to check that they can be merged is quadratic.",
        default=5_000,
        minimum=0,
    )
    introspection_depth: int = variable("Nesting below __schema and __type.", default=20, minimum=1)
    cost: int = variable("Values the answer may hold, were every list full.", default=20_000, minimum=1)
    value_depth: int = variable("Nesting of a variable or a literal.", default=20, minimum=0)
    values: int = variable("Values in all variables together.", default=5_000, minimum=0)
    seconds: float = variable("Time for one operation.", default=15.0, minimum=0.05, maximum=300)
    at_once: int = variable("Requests of one actor that run at the same time.", default=20, minimum=1)
    subscriptions: int = variable("Operations that run on one socket.", default=50, minimum=1)
    sockets: int = variable("Sockets and event streams of one actor.", default=20, minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Token buckets: so many a second in the long run, so many at once. One address may stand for a whole office."""

    actor: float = variable("Operations of one actor a second.", default=50.0, minimum=0.01)
    actor_burst: int = variable("Operations of one actor at once.", default=300, minimum=1)
    address: float = variable("Requests from one address a second.", default=200.0, minimum=0.01)
    address_burst: int = variable("Requests from one address at once.", default=1_000, minimum=1)
    login: float = variable(
        "Changes that need no session (login) from one address a second; each root field counts.",
        default=2.0,
        minimum=0.01,
    )
    login_burst: int = variable("The same at once.", default=60, minimum=1)
    unknown_document: int = variable(
        "What a document counts, instead of 1, that must first be parsed and validated.", default=5, minimum=1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Sockets and event streams; times in seconds."""

    init_timeout: float = variable("Time for connection_init.", default=5.0, minimum=0.05)
    ping_interval: float = variable("Between pings on a socket, and for their answer.", default=20.0, minimum=0.05)
    send_timeout: float = variable("A peer that takes no byte for so long is cut off.", default=10.0, minimum=0.05)
    queue: int = variable(
        "Events that wait for one subscription before it is ended as too slow.", default=256, minimum=1
    )
    keep_alive: float = variable("Between signs of life on a quiet event stream.", default=12.0, minimum=0.05)


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """Everything the gateway is told from outside (``GATEWAY_…``)."""

    profile: Profile = variable(
        "production: no introspection, suggestions, GraphiQL; by GET persisted documents only.",
        default=Profile.DEVELOPMENT,
    )
    host: str = variable("Address to listen on.", default="127.0.0.1")
    port: int = variable("Port to listen on.", default=8000, minimum=0, maximum=65_535)
    trusted_proxies: tuple[str, ...] = variable("Networks whose X-Forwarded-For is believed.", default=())
    allowed_origins: tuple[str, ...] = variable("Origins whose pages may read answers.", default=())
    trusted_documents: Path | None = variable("File of documents by SHA-256, given beforehand.", default=None)
    only_trusted_documents: bool = variable("Whether no other documents are answered.", default=False)
    kept_persisted_bytes: int = variable("Text of persisted documents that is kept.", default=8_388_608, minimum=1)
    actor_seconds: float = variable("How long an actor is kept.", default=30.0, minimum=0.001, maximum=30)
    drain_seconds: int = variable("Time for running requests after SIGTERM.", default=25, minimum=1, maximum=300)
    limits: Limits = dataclasses.field(default=Limits(), metadata={"section": "GATEWAY_LIMIT_"})
    rates: Rates = dataclasses.field(default=Rates(), metadata={"section": "GATEWAY_RATE_"})
    live: Live = dataclasses.field(default=Live(), metadata={"section": "GATEWAY_LIVE_"})

    @property
    def development(self) -> bool:
        """Whether GraphiQL, introspection, suggestions and GET with a document are open."""
        return self.profile is Profile.DEVELOPMENT

    @cached_property
    def proxies(self) -> tuple[Network, ...]:
        """``trusted_proxies`` as networks."""
        return tuple(ip_network(text, strict=False) for text in self.trusted_proxies)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessOfGateway:
    """What a gateway process of the full system is told."""

    gateway: GatewaySettings = section("GATEWAY_")
    process: ProcessSettings = section("CRM_")


def from_environment(environ: Mapping[str, str]) -> ProcessOfGateway:
    """The settings of a gateway process; Misconfigured with every fault at once."""
    faults = [*_network_faults(environ), *_origin_faults(environ), *_file_faults(environ)]
    try:
        found = load(ProcessOfGateway, "GATEWAY_", environ)
    except Misconfigured as wrong:
        raise Misconfigured([*wrong.faults, *faults]) from None
    if faults:
        raise Misconfigured(faults)
    return found


def _listed(environ: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in environ.get(name, "").split(",") if part.strip()]


def _network_faults(environ: Mapping[str, str]) -> list[str]:
    faults = []
    for text in _listed(environ, "GATEWAY_TRUSTED_PROXIES"):
        try:
            ip_network(text, strict=False)
        except ValueError:
            faults.append(f"GATEWAY_TRUSTED_PROXIES: {text} is not a network such as 10.0.0.0/8")
    return faults


def _origin_faults(environ: Mapping[str, str]) -> list[str]:
    faults = []
    for text in _listed(environ, "GATEWAY_ALLOWED_ORIGINS"):
        scheme, _, host = text.partition("://")
        if scheme not in ("http", "https") or not host or "/" in host or "*" in host:
            faults.append(f"GATEWAY_ALLOWED_ORIGINS: {text} is not an origin such as https://crm.example.com")
    return faults


def _file_faults(environ: Mapping[str, str]) -> list[str]:
    text = environ.get("GATEWAY_TRUSTED_DOCUMENTS", "").strip()
    return [f"GATEWAY_TRUSTED_DOCUMENTS: there is no file {text}"] if text and not Path(text).is_file() else []
