"""Settings as data (SYS-01): declared in protocols, stored by identity, effective at once in every process."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid5

import msgspec
import psycopg

from crm_common import codec
from crm_common.errors import CommonRules
from crm_common.protocol.declare import Setting
from crm_common.store import DatabaseLostError, Store

if TYPE_CHECKING:
    from crm_common.changes import Change

# Fixed, so that a setting has the same id in every database.
_NAMESPACE = UUID("0e0b62c6-9c1a-5a52-8f0b-5d7a4b8f7c11")
# How long a change of this process is looked for in the database, until it is told of by the database itself.
_EXPECTED = 5.0
_UNWATCHED = 1.0
_UNHEARD = 10.0


class SettingsReader(Protocol):
    """Gives the present value of a setting."""

    def get(self, setting: Setting) -> Any:
        """The value in force, of the setting's type: what the company chose, or the default."""
        ...


class GivenSettings:
    """Settings of a process without a company: the defaults, and what was given by key."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values = dict(values or {})

    def get(self, setting: Setting) -> Any:
        return self.values.get(setting.key, setting.default)


def setting_id(key: str) -> UUID:
    """The id under which a setting's changes are told and copied."""
    return uuid5(_NAMESPACE, key)


def setting_catalogue() -> dict[str, tuple[str, Setting]]:
    """Every declared setting by key, with the service that declares it."""
    from crm_common.protocol.declare import services

    found = ((name, setting) for name, service in services().items() for setting in service.settings.values())
    return {setting.key: (name, setting) for name, setting in sorted(found, key=lambda each: each[1].key)}


def text_of(value: Any) -> str:
    """A setting's value as the JSON text that is stored and told."""
    return codec.encode(value).decode()


def value_of(setting: Setting, text: str) -> Any:
    """The value in a JSON text; ValueError says in a few words why it is none that the setting takes."""
    try:
        value: Any = msgspec.json.decode(text, type=setting.type)
    except msgspec.DecodeError as broken:
        raise ValueError(str(broken)) from broken
    if setting.choices and any(part not in setting.choices for part in _parts(value)):
        raise ValueError(f"choose from {', '.join(text_of(choice) for choice in setting.choices)}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("not a number")
    measured = value if isinstance(value, int | float | Decimal) else len(value)
    if setting.minimum is not None and measured < setting.minimum:
        raise ValueError(f"at least {setting.minimum}")
    if setting.maximum is not None and measured > setting.maximum:
        raise ValueError(f"at most {setting.maximum}")
    return value


def _parts(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


@dataclass(frozen=True, slots=True)
class SettingChange:
    """What became of a setting: JSON texts, and the version that counts its changes."""

    setting_id: UUID
    key: str
    before: str
    value: str
    version: int

    @property
    def changed(self) -> bool:
        """False when the value was in force already: then nothing was written and nothing is to be told."""
        return self.before != self.value


def store_setting(change: Change, setting: Setting, value: Any, *, version: int | None = None) -> SettingChange:
    """Store the setting's value (checked before, see `value_of`) in identity's database, under the row's lock.

    ``version`` is the one the editor saw: another one is ``CONFLICT``. Whoever calls this records the event
    ``setting.changed`` exactly when the result says ``changed``: the version is the event's place among the setting's.
    """
    key, record = setting.key, setting_id(setting.key)
    run = change.connection.exec_driver_sql
    default = text_of(setting.default)
    # id and key are unique by turns: of two who come first at once, either may be what the other meets
    run("INSERT INTO setting_value VALUES (%s, 0, %s, %s) ON CONFLICT DO NOTHING", (record, key, default))
    seen, before = run("SELECT seq, value FROM setting_value WHERE id = %s FOR UPDATE", (record,)).one()
    if version is not None and version != seen:
        raise CommonRules.the_record_was_changed_meanwhile(field="version", current=seen)
    text = text_of(value)
    if text == before:
        return SettingChange(record, key, before, text, seen)
    run("UPDATE setting_value SET seq = seq + 1, value = %s WHERE id = %s", (text, record))
    if isinstance(change.settings, StoredSettings):
        change.settings.expect(key, seen + 1)
    return SettingChange(record, key, before, text, seen + 1)


def stored_settings(store: Store) -> dict[str, tuple[int, str]]:
    """``key → (version, JSON text)`` of every setting that was ever changed."""
    found = store.rows("SELECT key, seq, value FROM setting_value")
    return {key: (seq, value) for key, seq, value in found}


class StoredSettings:
    """The company's settings as the service's own database knows them, kept in this process.

    While :meth:`watch` runs, reading one is a look into memory: the database tells of every change, within
    milliseconds of its commit. Without it, what is older than a second is read again.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._texts: dict[str, tuple[int, str]] = {}
        self._values: dict[str, tuple[Setting, str, Any]] = {}
        self._expected: dict[str, tuple[int, float]] = {}
        self._read_at = float("-inf")
        self._watched = False
        self._reading = threading.Lock()

    def get(self, setting: Setting) -> Any:
        """The value in force. One that a newer release does not take any more counts as not chosen."""
        if self._expected or not self._watched:
            self._refresh()
        _, text = self._texts.get(setting.key, (0, ""))
        if not text:
            return setting.default
        of, known, value = self._values.get(setting.key, (None, "", None))
        if of is not setting or known != text:
            value = _value_or_default(setting, text)
            self._values[setting.key] = (setting, text, value)
        return value

    def expect(self, key: str, version: int) -> None:
        """A change of this process is about to be committed: until it is seen, readers look into the database."""
        self._expected[key] = (version, time.monotonic() + _EXPECTED)

    def watch(self, stop: threading.Event) -> None:
        """Hear from the database of every change until ``stop`` is set (noticed within a second). Give it a thread."""
        while not stop.is_set():
            try:
                with self._store.dedicated() as connection:
                    connection.execute("LISTEN setting_value")
                    self._read()
                    self._watched = True
                    self._hear(connection, stop)
            except (DatabaseLostError, psycopg.OperationalError):
                self._watched = False
                stop.wait(1.0)
            finally:
                self._watched = False

    def _hear(self, connection: psycopg.Connection, stop: threading.Event) -> None:
        while not stop.is_set():
            told = any(True for _ in connection.notifies(timeout=1.0, stop_after=1))
            # a connection may be gone without anybody noticing for a while
            if told or time.monotonic() - self._read_at >= _UNHEARD:
                self._read()

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._expected or now - self._read_at >= _UNWATCHED:
            self._read()
        for key, (version, until) in list(self._expected.items()):
            if self._texts.get(key, (0, ""))[0] >= version or now >= until:
                self._expected.pop(key, None)

    def _read(self) -> None:
        with self._reading:
            began = time.monotonic()
            self._texts = stored_settings(self._store)
            self._read_at = began


def _value_or_default(setting: Setting, text: str) -> Any:
    try:
        return value_of(setting, text)
    except ValueError:
        return setting.default
