"""The gateway's configuration from the environment: read once, every fault of it reported at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

Network = IPv4Network | IPv6Network


class Profile(StrEnum):
    """How much the gateway tells about itself."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Misconfigured(Exception):
    """The environment holds values that cannot be used; ``faults`` names each of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may ask for. Each is inclusive: the number itself passes, one more is refused."""

    body: int = 262_144
    """Bytes of a request's body, of a GET's query string and of one message on a socket."""
    tokens: int = 2_000
    depth: int = 15
    aliases: int = 50
    root_fields: int = 20
    directives: int = 50
    fragments: int = 100
    """Fragment definitions, spreads and inline fragments together."""
    repeats: int = 10_000
    """Pairs of fields with the same response name: checking that they can be merged is quadratic."""
    introspection_depth: int = 20
    cost: int = 20_000
    """Values the answer may hold, were every list full (see docs/frontend.md)."""
    value_depth: int = 20
    """Nesting of a variable or a literal argument."""
    values: int = 5_000
    """Values in all variables together."""
    seconds: float = 15.0
    at_once: int = 20
    """Requests of one actor that run at the same time."""
    subscriptions: int = 50
    """Subscriptions of one socket."""
    sockets: int = 20
    """Sockets and event streams of one actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Token buckets: so many a second in the long run, so many at once. An address may stand for a whole office."""

    actor: float = 50.0
    actor_burst: int = 300
    address: float = 200.0
    address_burst: int = 1_000
    login: float = 2.0
    """Operations that need no session (login, refresh), per address; each root field counts."""
    login_burst: int = 60
    unknown_document: int = 5
    """What a document that was not seen before costs instead of 1: it must be parsed and validated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Sockets and event streams; times in seconds."""

    init_timeout: float = 5.0
    ping_interval: float = 20.0
    send_timeout: float = 10.0
    """A peer that takes no byte for so long is cut off."""
    queue: int = 256
    """Events that wait for one subscription before it is ended as too slow."""
    keep_alive: float = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Everything the gateway is told from outside."""

    profile: Profile = Profile.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = 8000
    metrics_port: int | None = None
    """A port of its own for /metrics; without one it is served beside /graphql, in development only."""
    trusted_proxies: tuple[Network, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    trusted_documents: Path | None = None
    only_trusted_documents: bool = False
    kept_persisted_bytes: int = 8_388_608
    drain_seconds: int = 25
    actor_seconds: float = 30.0
    amqp_url: str | None = None
    cluster_secret: bytes = field(default=b"", repr=False)
    limits: Limits = Limits()
    rates: Rates = Rates()
    live: Live = Live()

    @property
    def development(self) -> bool:
        """Whether GraphiQL, introspection, suggestions and GET with a document are open."""
        return self.profile is Profile.DEVELOPMENT


def from_environment(environment: Mapping[str, str]) -> GatewaySettings:
    """The settings in ``GATEWAY_*`` (limits: ``GATEWAY_LIMIT_DEPTH``, rates: ``GATEWAY_RATE_LOGIN``, live:
    ``GATEWAY_LIVE_QUEUE``); Misconfigured with every fault at once, unknown names included."""
    faults: list[str] = []
    rest = {name: text for name, text in environment.items() if name.startswith("GATEWAY_")}
    found = {
        group: _group(shape, f"GATEWAY_{prefix}_", rest, faults)
        for group, shape, prefix in (("limits", Limits, "LIMIT"), ("rates", Rates, "RATE"), ("live", Live, "LIVE"))
    }
    for name, read in _READERS.items():
        text = rest.pop(f"GATEWAY_{name.upper()}", None)
        if text is None:
            continue
        try:
            found[name] = read(text)
        except (ValueError, OSError) as fault:
            faults.append(f"GATEWAY_{name.upper()}: {fault}")
    faults += [f"{name}: there is no such setting" for name in sorted(rest)]
    if faults:
        raise Misconfigured(faults)
    return replace(GatewaySettings(), **found)


def _group(shape: type[Any], prefix: str, rest: dict[str, str], faults: list[str]) -> Any:
    values: dict[str, int | float] = {}
    for known in fields(shape):
        text = rest.pop(prefix + known.name.upper(), None)
        if text is None:
            continue
        number = float if known.type == "float" else int
        try:
            values[known.name] = number(text)
            if not values[known.name] > 0:
                raise ValueError
        except ValueError:
            faults.append(f"{prefix}{known.name.upper()}: {text!r} is not a positive {number.__name__}")
    return shape(**values)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(f"{number} is not a port")
    return number


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or not host or "/" in host or "*" in host:
            raise ValueError(f"{origin!r} is not an origin such as https://crm.example.com")
    return origins


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"{text!r} is neither 0 nor 1")
    return text == "1"


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError(f"there is no file {text}")
    return path


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError(f"{number} is not positive")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 30:
        raise ValueError("an actor is kept for at most 30 s")
    return number


def _secret(text: str) -> bytes:
    if len(text.encode()) < 32:
        raise ValueError("the cluster secret needs at least 32 bytes")
    return text.encode()


_READERS: dict[str, Callable[[str], Any]] = {
    "profile": Profile,
    "host": str,
    "port": _port,
    "metrics_port": _port,
    "trusted_proxies": _networks,
    "allowed_origins": _origins,
    "trusted_documents": _file,
    "only_trusted_documents": _flag,
    "kept_persisted_bytes": _positive,
    "drain_seconds": _positive,
    "actor_seconds": _seconds,
    "amqp_url": str,
    "cluster_secret": _secret,
}
