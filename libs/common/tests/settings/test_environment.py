"""Settings from the environment: everything wrong is said at once, nothing secret is said at all."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from crm_common.settings import Misconfigured, Secret, ServiceSettings, load, section, variable, variables

SECRET = "a-secret-of-at-least-thirty-two-bytes"


class Profile(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    cluster_secret: Secret = variable("Seals the actor.", least_length=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    database_url: Secret = variable("The database.")
    pool_size: int = variable("Connections.", default=10, minimum=1, maximum=200)
    ratio: float = variable("Share kept.", default=0.5, minimum=0, maximum=1)
    profile: Profile = variable("What it tells.", default=Profile.DEVELOPMENT)
    level: Literal["INFO", "DEBUG"] = variable("Least level.", default="INFO")
    open_door: bool = variable("Whether to let in.", default=False)
    folder: Path | None = variable("Where files are.", default=None)
    ports: tuple[int, ...] = variable("Modems.", default=(), minimum=1)
    crm: Common = section("CRM_")


def desk(environ: dict[str, str], warnings: list[str] | None = None) -> Desk:
    warned: list[str] = [] if warnings is None else warnings
    return load(Desk, "service-desk", environ, warn=warned.append)


GOOD = {"SERVICE_DESK_DATABASE_URL": "postgresql://u:p@h/db", "CRM_CLUSTER_SECRET": SECRET}


def test_absent_variables_take_their_defaults() -> None:
    assert desk(GOOD) == Desk(database_url=Secret("postgresql://u:p@h/db"), crm=Common(cluster_secret=Secret(SECRET)))


def test_every_type_is_read() -> None:
    given = GOOD | {
        "SERVICE_DESK_POOL_SIZE": "200",
        "SERVICE_DESK_RATIO": "0.25",
        "SERVICE_DESK_PROFILE": "production",
        "SERVICE_DESK_LEVEL": "DEBUG",
        "SERVICE_DESK_OPEN_DOOR": "Yes",
        "SERVICE_DESK_FOLDER": "/var/lib/crm",
        "SERVICE_DESK_PORTS": "1, 2,3",
    }
    found = desk(given)
    assert (found.pool_size, found.ratio, found.profile, found.level) == (200, 0.25, Profile.PRODUCTION, "DEBUG")
    assert (found.open_door, found.folder, found.ports) == (True, Path("/var/lib/crm"), (1, 2, 3))


def test_every_fault_is_reported_at_once_in_one_message() -> None:
    given = {
        "SERVICE_DESK_POOL_SIZE": "many",
        "SERVICE_DESK_RATIO": "1.5",
        "SERVICE_DESK_PROFILE": "staging",
        "SERVICE_DESK_OPEN_DOOR": "perhaps",
        "SERVICE_DESK_PORTS": "1,0",
        "CRM_CLUSTER_SECRET": "short-but-secret",
    }
    with pytest.raises(Misconfigured) as caught:
        desk(given)
    assert str(caught.value).splitlines() == [
        "The configuration has 7 faults:",
        "- SERVICE_DESK_DATABASE_URL is missing: The database.",
        "- SERVICE_DESK_POOL_SIZE=many is not a whole number",
        "- SERVICE_DESK_RATIO=1.5 is more than 1",
        "- SERVICE_DESK_PROFILE=staging is not one of development, production",
        "- SERVICE_DESK_OPEN_DOOR=perhaps is not one of 1, 0, true, false, yes, no, on, off",
        "- SERVICE_DESK_PORTS=1,0 is less than 1",
        "- CRM_CLUSTER_SECRET is shorter than 32 bytes",
    ]


@pytest.mark.parametrize("text", ["nan", "-0.001", "1.001", "inf"])
def test_a_number_out_of_range_is_refused_at_the_boundary(text: str) -> None:
    with pytest.raises(Misconfigured, match="SERVICE_DESK_RATIO"):
        desk(GOOD | {"SERVICE_DESK_RATIO": text})
    assert desk(GOOD | {"SERVICE_DESK_RATIO": "1"}).ratio == 1
    assert desk(GOOD | {"SERVICE_DESK_RATIO": "0"}).ratio == 0


def test_an_unknown_variable_with_our_prefix_is_a_warning_that_names_the_nearest() -> None:
    warnings: list[str] = []
    desk(GOOD | {"SERVICE_DESK_POOLSIZE": "3", "CRM_XYZ": "1", "CRM_TEST_AMQP_URL": "x", "HOME": "/"}, warnings)
    assert warnings == [
        "CRM_XYZ is not a setting",
        "SERVICE_DESK_POOLSIZE is not a setting; did you mean SERVICE_DESK_POOL_SIZE?",
    ]


def test_an_empty_variable_counts_as_absent() -> None:
    assert desk(GOOD | {"SERVICE_DESK_POOL_SIZE": " "}).pool_size == 10


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    found = desk(
        {"SERVICE_DESK_DATABASE_URL": "postgresql://h/db", "CRM_CLUSTER_SECRET_FILE": str(tmp_path / "secret")}
    )
    assert found.crm.cluster_secret.reveal() == SECRET


def test_faults_of_secret_files_are_told_without_the_secret(tmp_path: Path) -> None:
    given = {
        "SERVICE_DESK_DATABASE_URL_FILE": str(tmp_path / "absent"),
        "CRM_CLUSTER_SECRET": SECRET,
        "CRM_CLUSTER_SECRET_FILE": str(tmp_path / "secret"),
    }
    with pytest.raises(Misconfigured) as caught:
        desk(given)
    assert caught.value.faults == (
        f"SERVICE_DESK_DATABASE_URL_FILE={tmp_path / 'absent'} cannot be read: No such file or directory",
        "CRM_CLUSTER_SECRET and CRM_CLUSTER_SECRET_FILE are both set: keep one of them",
    )


def test_a_secret_is_shown_by_nothing() -> None:
    found = desk(GOOD)
    shown = [
        repr(found),
        str(found),
        f"{found.database_url}",
        f"{found.database_url!r}",
        str(dataclasses.asdict(found)),
    ]
    shown.append(logging.LogRecord("x", 20, "x", 1, "%s", (found.database_url,), None).getMessage())
    shown.append(json.dumps({"url": found.database_url}, default=str))
    assert all(SECRET not in text and "p@h" not in text and "***" in text for text in shown)
    assert copy.deepcopy(found.database_url).reveal() == "postgresql://u:p@h/db"
    with pytest.raises(TypeError):
        pickle.dumps(found.database_url)
    with pytest.raises(TypeError):
        msgspec.json.encode(found)


def test_the_variables_of_a_service_are_listed_for_operators() -> None:
    listed = {name: default for name, default, _ in variables(ServiceSettings, "IDENTITY_")}
    assert listed["IDENTITY_DATABASE_URL"] == "required"
    assert listed["IDENTITY_POOL_SIZE"] == "10"
    assert listed["CRM_CLUSTER_SECRET"] == "required"
    assert listed["CRM_AMQP_URL"] == ""
