"""Settings from the environment: typed, declared per process, every fault reported at once, secrets never shown."""

from __future__ import annotations

import dataclasses
import difflib
import hmac
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from crm_common.settings_data import SettingsReader

__all__ = [
    "Misconfigured",
    "ObjectsSettings",
    "ProcessSettings",
    "Secret",
    "ServiceSettings",
    "SettingsReader",
    "load",
    "section",
    "variable",
]

T = TypeVar("T")
_MISSING = dataclasses.MISSING
# Read by tests and installation, not by a process of the product.
_OTHERS = ("CRM_TEST_", "CRM_REQUIRE_INFRA", "CRM_CACHE_DIR")


class Secret:
    """A value that is never shown: printing, logging and dumping give ``***``. ``reveal()`` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __deepcopy__(self, _memo: Any) -> Secret:
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled")


class Misconfigured(Exception):  # noqa: N818 - read as a sentence by the person who started the process
    """The environment cannot be used; ``faults`` names everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        heading = (
            "The configuration has a fault:" if len(faults) == 1 else f"The configuration has {len(faults)} faults:"
        )
        super().__init__("\n".join([heading, *(f"- {fault}" for fault in faults)]))


@dataclass(frozen=True, slots=True)
class _Variable:
    doc: str
    minimum: float | None = None
    maximum: float | None = None
    least_length: int = 0


def variable(
    doc: str,
    *,
    default: Any = _MISSING,
    minimum: float | None = None,
    maximum: float | None = None,
    least_length: int = 0,
) -> Any:
    """A field read from ``<PREFIX><FIELD>``; a `Secret` also from the file that ``<PREFIX><FIELD>_FILE`` names.

    Types: str, int, float, bool (1/0, true/false, yes/no, on/off), Path, Secret, an Enum or Literal, a tuple of these
    (comma-separated), each also ``| None``. Limits are inclusive; ``least_length`` counts bytes of a text.
    """
    return dataclasses.field(default=default, metadata={"variable": _Variable(doc, minimum, maximum, least_length)})


def section(prefix: str) -> Any:
    """A field that is a declaration of its own under its own prefix: ``process: ProcessSettings = section("CRM_")``."""
    return dataclasses.field(metadata={"section": prefix})


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsSettings:
    """Where files lie (``CRM_OBJECTS_…``): in any S3, or in a folder that gateway and services share."""

    url: str | None = variable("S3: http://host:port; absent: files in CRM_OBJECTS_FOLDER.", default=None)
    public_url: str | None = variable("The same as clients reach it; absent: as services do.", default=None)
    access_key: Secret | None = variable("S3's access key.", default=None)
    secret_key: Secret | None = variable("S3's secret key.", default=None)
    bucket: str = variable("S3's bucket; made when it is missing.", default="crm")
    region: str = variable("S3's region.", default="us-east-1")
    folder: Path | None = variable("Folder for files where there is no S3.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """What every process of the full system is told (``CRM_…``)."""

    amqp_url: Secret | None = variable("RabbitMQ: amqp://user:password@host:port/vhost.", default=None)
    search_url: Secret | None = variable(
        "Elasticsearch: http://user:password@host:port; absent: search in each service's database.", default=None
    )
    cluster_secret: Secret = variable("Seals the actor between processes; one for all.", least_length=32)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = variable(
        "The least level that is logged.", default="INFO"
    )
    metrics_port: int | None = variable(
        "Port of /metrics and /health; absent: none.", default=None, minimum=0, maximum=65_535
    )
    listen_address: str = variable("Address on which /metrics and /health are served.", default="127.0.0.1")
    traces_endpoint: str | None = variable("OTLP/HTTP address for traces; absent: no tracing.", default=None)
    traces_ratio: float = variable("Share of traces that is kept.", default=1.0, minimum=0, maximum=1)
    drain_seconds: float = variable(
        "How long running work may go on after SIGTERM.", default=25.0, minimum=0, maximum=300
    )
    objects: ObjectsSettings = dataclasses.field(default=ObjectsSettings(), metadata={"section": "CRM_OBJECTS_"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What every service process is told (``<SERVICE>_…``); a service adds its own fields in a subclass."""

    database_url: Secret = variable("The service's database, as its runtime role.")
    owner_database_url: Secret | None = variable("The same as its owner; needed to migrate.", default=None)
    pool_size: int = variable("Connections to the database.", default=10, minimum=1, maximum=200)
    workers: int = variable("Calls answered at once.", default=10, minimum=1, maximum=200)
    process: ProcessSettings = section("CRM_")


def load(
    cls: type[T],
    prefix: str,
    environ: Mapping[str, str],
    *,
    warn: Callable[[str], None] | None = None,
) -> T:
    """The settings declared by ``cls``, read from ``environ`` under ``prefix`` (``IDENTITY_``, or ``service-desk``).

    :class:`Misconfigured` names every fault at once. A variable under one of our prefixes that nothing declares is
    told to ``warn`` (absent: to standard error) with the nearest known name. An empty variable counts as absent.
    Secrets appear in no message.
    """
    reading = _Reading(environ)
    warn = warn or partial(print, file=sys.stderr)
    settings = reading.read(cls, prefix.upper().replace("-", "_").rstrip("_") + "_")
    for unknown in reading.unknown():
        near = difflib.get_close_matches(unknown, sorted(reading.known), 1)
        warn(f"{unknown} is not a setting" + (f"; did you mean {near[0]}?" if near else ""))
    if reading.faults:
        raise Misconfigured(reading.faults)
    return settings  # type: ignore[no-any-return]


class _Reading:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = {name: text for name, text in environ.items() if text.strip()}
        self.prefixes: set[str] = set()
        self.known: set[str] = set()
        self.faults: list[str] = []

    def read(self, cls: type, prefix: str) -> Any:
        self.prefixes.add(prefix)
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for declared in dataclasses.fields(cls):
            if "section" in declared.metadata:
                values[declared.name] = self.read(hints[declared.name], declared.metadata["section"])
            else:
                values[declared.name] = self._value(declared, hints[declared.name], prefix + declared.name.upper())
        # an incomplete declaration is never handed out: load() raises when there are faults
        return None if self.faults else cls(**values)

    def unknown(self) -> Iterator[str]:
        for name in sorted(self.environ):
            if name.startswith(tuple(self.prefixes)) and name not in self.known and not name.startswith(_OTHERS):
                yield name

    def _value(self, declared: dataclasses.Field[Any], hint: Any, name: str) -> Any:
        about: _Variable = declared.metadata["variable"]
        kind = _without_none(hint)
        told = len(self.faults)
        text = self._text(name, secret=kind is Secret)
        if text is None:
            if declared.default is _MISSING and len(self.faults) == told:
                self.faults.append(f"{name} is missing: {about.doc}")
            return declared.default
        try:
            value = _parse(text, kind)
            _check(value, about)
        except ValueError as problem:
            shown = "" if kind is Secret else f"={text if len(text) <= 60 else text[:60] + '…'}"
            self.faults.append(f"{name}{shown} {problem}")
            return None
        return value

    def _text(self, name: str, *, secret: bool) -> str | None:
        self.known.add(name)
        text = self.environ.get(name)
        if not secret:
            return text
        self.known.add(f"{name}_FILE")
        path = self.environ.get(f"{name}_FILE")
        if path is None:
            return text
        if text is not None:
            self.faults.append(f"{name} and {name}_FILE are both set: keep one of them")
            return None
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
            self.faults.append(f"{name}_FILE={path} cannot be read: {reason}")
            return None


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    return hint


_WORDS = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)


def _flag(text: str) -> bool:
    return _WORDS[text.lower()]


_PLAIN: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "a text"),
    int: (int, "a whole number"),
    float: (float, "a number"),
    bool: (_flag, "one of 1, 0, true, false, yes, no, on, off"),
    Path: (Path, "a path"),
    Secret: (Secret, "a text"),
}


def _parse(text: str, kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return tuple(_parse(part.strip(), get_args(kind)[0]) for part in text.split(",") if part.strip())
    choices = _choices(kind)
    if choices is not None:
        if text not in choices:
            raise ValueError(f"is not one of {', '.join(choices)}")
        return choices[text]
    read, expected = _PLAIN[kind]
    try:
        return read(text)
    except (ValueError, KeyError) as wrong:
        raise ValueError(f"is not {expected}") from wrong


def _choices(kind: Any) -> dict[str, Any] | None:
    if get_origin(kind) is Literal:
        return {str(choice): choice for choice in get_args(kind)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {str(member.value): member for member in kind}
    return None


def _check(value: Any, about: _Variable) -> None:
    for part in value if isinstance(value, tuple) else (value,):
        # written so that "nan", which compares with nothing, is refused too
        if about.minimum is not None and not part >= about.minimum:
            raise ValueError(f"is less than {about.minimum:g}")
        if about.maximum is not None and not part <= about.maximum:
            raise ValueError(f"is more than {about.maximum:g}")
        if (
            about.least_length
            and len(str(part.reveal() if isinstance(part, Secret) else part).encode()) < about.least_length
        ):
            raise ValueError(f"is shorter than {about.least_length} bytes")


def variables(cls: type, prefix: str) -> Iterator[tuple[str, str, str]]:
    """``(name, default, description)`` of every variable that ``load(cls, prefix, …)`` reads: the operators' list."""
    hints = get_type_hints(cls)
    for declared in dataclasses.fields(cls):
        if "section" in declared.metadata and is_dataclass(hints[declared.name]):
            yield from variables(hints[declared.name], declared.metadata["section"])
        else:
            default = (
                "required"
                if declared.default is _MISSING
                else ""
                if declared.default is None
                else str(declared.default)
            )
            yield prefix + declared.name.upper(), default, declared.metadata["variable"].doc
