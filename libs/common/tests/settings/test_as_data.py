"""Settings as data (SYS-01): typed, with default and range, and in force at once in every process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from crm_common.changes import Change, changing
from crm_common.errors import CrmError
from crm_common.protocol.declare import Setting
from crm_common.provision import Provisioned
from crm_common.settings_data import (
    GivenSettings,
    SettingChange,
    StoredSettings,
    setting_catalogue,
    setting_id,
    store_setting,
    text_of,
    value_of,
)
from crm_common.store import Store
from ledger.host import LedgerHost, caller
from ledger.waiting import until

CLAIM_MAX = Setting("pool.claim_max", int, 10, "How many at once.", minimum=1, maximum=100)


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (CLAIM_MAX, "1", 1),
        (CLAIM_MAX, "100", 100),
        (Setting("a", bool, False, "A."), "true", True),
        (Setting("a", float, 0.0, "A.", maximum=1), "0.5", 0.5),
        (Setting("a", Decimal, Decimal(0), "A.", minimum=0), '"12.50"', Decimal("12.50")),
        (Setting("a", str, "", "A.", minimum=2, maximum=4), '"四个字呢"', "四个字呢"),
        (Setting("a", str, "x", "A.", choices=("x", "y")), '"y"', "y"),
        (Setting("a", list[int], [], "A.", maximum=2), "[1,2]", [1, 2]),
        (Setting("a", list[str], [], "A.", choices=("x", "y")), '["y","x"]', ["y", "x"]),
    ],
)
def test_a_value_of_the_settings_type_and_range_is_taken(setting: Setting, text: str, value: Any) -> None:
    assert value_of(setting, text) == value
    assert value_of(setting, text_of(value)) == value


@pytest.mark.parametrize(
    ("setting", "text", "problem"),
    [
        (CLAIM_MAX, "0", "at least 1"),
        (CLAIM_MAX, "101", "at most 100"),
        (CLAIM_MAX, '"10"', "Expected `int`, got `str`"),
        (CLAIM_MAX, "true", "Expected `int`, got `bool`"),
        (CLAIM_MAX, "null", "Expected `int`, got `null`"),
        (CLAIM_MAX, "10 apples", "malformed"),
        (CLAIM_MAX, "", "truncated"),
        (Setting("a", bool, False, "A."), "1", "Expected `bool`, got `int`"),
        (Setting("a", str, "x", "A.", choices=("x", "y")), '"z"', 'choose from "x", "y"'),
        (Setting("a", list[str], [], "A.", choices=("x", "y")), '["x","z"]', 'choose from "x", "y"'),
        (Setting("a", Decimal, Decimal(0), "A.", minimum=0), '"NaN"', "not a number"),
        (Setting("a", str, "", "A.", maximum=2), '"abc"', "at most 2"),
    ],
)
def test_any_other_value_is_refused_in_a_few_words(setting: Setting, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        value_of(setting, text)


@contextmanager
def watched(database: Provisioned) -> Iterator[StoredSettings]:
    """Settings as another process of the service knows them."""
    store, stop = Store(database.url, service="ledger", size=2), threading.Event()
    settings = StoredSettings(store)
    thread = threading.Thread(target=settings.watch, args=(stop,))
    thread.start()
    try:
        until(lambda: settings._watched, "the watch to begin")
        yield settings
    finally:
        stop.set()
        thread.join(10)
        store.close()
        assert not thread.is_alive()


def give(store: Store, settings: StoredSettings, value: Any, **options: Any) -> SettingChange:
    with changing(LedgerHost(store, settings=settings), caller()) as change:
        return store_setting(change, CLAIM_MAX, value, **options)


def test_a_change_is_in_force_at_once_where_it_was_made(store: Store, database: Provisioned) -> None:
    """Claim_max=5 → the very next claim of 6 is refused."""
    with watched(database) as settings:
        assert settings.get(CLAIM_MAX) == 10
        for value in range(1, 30):
            give(store, settings, value)
            assert settings.get(CLAIM_MAX) == value


def test_before_the_commit_the_old_value_is_in_force(store: Store, database: Provisioned) -> None:
    with watched(database) as settings:
        with changing(LedgerHost(store, settings=settings), caller()) as change:
            store_setting(change, CLAIM_MAX, 5)
            assert settings.get(CLAIM_MAX) == 10
        assert settings.get(CLAIM_MAX) == 5


def test_a_refused_change_leaves_the_old_value_in_force(store: Store, database: Provisioned) -> None:
    def refuse(change: Change) -> None:
        store_setting(change, CLAIM_MAX, 5)
        raise ZeroDivisionError

    with watched(database) as settings:
        with pytest.raises(ZeroDivisionError), changing(LedgerHost(store, settings=settings), caller()) as change:
            refuse(change)
        assert settings.get(CLAIM_MAX) == 10


def test_a_change_is_in_force_in_every_process_without_being_asked_for(store: Store, database: Provisioned) -> None:
    with watched(database) as here, watched(database) as there:
        give(store, here, 5)
        until(lambda: there.get(CLAIM_MAX) == 5, "the other process to know")


def test_reading_a_watched_setting_asks_no_database(database: Provisioned) -> None:
    with watched(database) as settings:
        settings._store.close()
        settings._store._take = None  # type: ignore[assignment, method-assign]
        assert [settings.get(CLAIM_MAX) for _ in range(1000)] == [10] * 1000


def test_the_watch_survives_a_lost_connection(store: Store, database: Provisioned) -> None:
    with watched(database) as settings:
        with psycopg.connect(database.url, autocommit=True) as other:
            listening = "query LIKE 'LISTEN setting_value%' AND datname = current_database()"
            ended = other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {listening}")
            assert ended.fetchall() == [(True,)]
        until(lambda: not settings._watched, "the watch to notice")
        give(store, settings, 7)
        assert settings.get(CLAIM_MAX) == 7
        until(lambda: settings._watched, "the watch to begin again")
        give(store, settings, 8)
        assert settings.get(CLAIM_MAX) == 8


def test_without_a_watch_a_value_is_at_most_a_second_old(store: Store) -> None:
    reading = StoredSettings(store)
    assert reading.get(CLAIM_MAX) == 10
    give(store, StoredSettings(store), 3)
    until(lambda: reading.get(CLAIM_MAX) == 3, "the value to be read again", seconds=1.5)


def test_an_older_version_is_a_conflict_and_changes_nothing(store: Store) -> None:
    settings = StoredSettings(store)
    assert give(store, settings, 5, version=0).version == 1
    with pytest.raises(CrmError, match="CONFLICT the_record_was_changed_meanwhile") as refused:
        give(store, settings, 6, version=0)
    assert refused.value.details == {"current": 1}
    assert settings.get(CLAIM_MAX) == 5
    assert give(store, settings, 6, version=1) == SettingChange(
        setting_id("pool.claim_max"), CLAIM_MAX.key, "5", "6", 2
    )


def test_the_same_value_again_is_no_change(store: Store) -> None:
    settings = StoredSettings(store)
    assert not give(store, settings, 10).changed
    assert give(store, settings, 5).changed
    again = give(store, settings, 5)
    assert (again.changed, again.version, again.before, again.value) == (False, 1, "5", "5")


def test_changes_at_the_same_time_are_counted_one_by_one(store: Store) -> None:
    settings = StoredSettings(store)
    versions: list[int] = []
    threads = [
        threading.Thread(target=lambda value=value: versions.append(give(store, settings, value).version))
        for value in range(20, 28)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == list(range(1, 9))


def test_a_value_that_a_newer_release_refuses_counts_as_not_chosen(store: Store) -> None:
    settings = StoredSettings(store)
    give(store, settings, 50)
    narrower = Setting("pool.claim_max", int, 10, "How many at once.", minimum=1, maximum=20)
    assert settings.get(narrower) == 10
    assert settings.get(CLAIM_MAX) == 50


def test_a_settings_id_is_the_same_everywhere() -> None:
    assert str(setting_id("sys.timezone")) == str(setting_id("sys.timezone"))
    assert setting_id("sys.timezone") != setting_id("sys.allow_time_travel")


def test_settings_of_all_services_are_listed_by_key() -> None:
    catalogue = setting_catalogue()
    assert list(catalogue) == sorted(catalogue)
    assert {"sys.timezone", "sys.allow_time_travel"} <= catalogue.keys()
    for service, setting in catalogue.values():
        assert value_of(setting, text_of(setting.default)) == setting.default, (service, setting.key)


def test_given_settings_are_defaults_and_what_was_given() -> None:
    assert GivenSettings().get(CLAIM_MAX) == 10
    assert GivenSettings({"pool.claim_max": 5}).get(CLAIM_MAX) == 5
