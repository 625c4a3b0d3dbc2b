"""``make new-service``: the new service has the house's shape, passes its tests, and runs in the product."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.postgres import SharedPostgres
from new_service.names import Names, NotAName

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(400)
PARTS = ("pyproject.toml", "conftest.py", "libs", "services", "gateway", "tests", "deploy")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository in another place, with a new service."""
    folder = tmp_path_factory.mktemp("house")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, folder / part)
    made = run(folder, "-m", "new_service", "field-work")
    assert made.returncode == 0, made.stderr
    return folder


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python in the copied repository: its packages come before the installed ones."""
    places = [folder / "libs/common", folder / "gateway", folder / "tests"]
    places += [folder / "deploy" / part for part in ("embedded", "servers", "full")]
    places += sorted(path for path in (folder / "services").iterdir() if path.is_dir())
    path = os.pathsep.join(str(place) for place in places)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("name", ["Warehouse", "1st", "a_b", "a b", "-a", "a-", "class", "json", "", "x" * 41])
def test_what_cannot_be_a_service_s_name_is_refused(name: str) -> None:
    with pytest.raises(NotAName):
        Names.of(name)


def test_a_name_gives_folder_package_class_and_prefix() -> None:
    names = Names.of("service-desk")

    assert (names.folder, names.package, names.camel, names.upper) == (
        "service-desk",
        "service_desk",
        "ServiceDesk",
        "SERVICE_DESK",
    )


def test_the_new_service_passes_its_own_tests(copied: Path, postgres_server: SharedPostgres) -> None:
    tests = run(
        copied,
        "-m",
        "pytest",
        "services/field-work",
        "-q",
        "-p",
        "no:cacheprovider",
        CRM_TEST_POSTGRES_URL=postgres_server.url,
    )

    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert "6 passed" in tests.stdout


def test_the_new_service_has_the_shape_of_the_house(copied: Path) -> None:
    shape = run(
        copied,
        "-m",
        "pytest",
        "tests/architecture/test_service_shape.py",
        "-k",
        "a_service",
        "-q",
        "-p",
        "no:cacheprovider",
    )
    types = run(copied, "-m", "mypy", "services/field-work/field_work", "deploy/embedded/crm_embedded")
    style = run(copied, "-m", "ruff", "check", "services/field-work", "libs/common/crm_common/protocol")
    form = run(copied, "-m", "ruff", "format", "--check", "services/field-work", "libs/common/crm_common/protocol")
    linter = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    rules = run(copied, "-c", linter)

    for step in (shape, types, style, form, rules):
        assert step.returncode == 0, step.stdout + step.stderr


def test_the_new_service_is_in_the_schema_and_in_the_product(copied: Path) -> None:
    printed = run(copied, "-c", "from gateway.schema import build_schema; from graphql import print_schema;"
                  "print(print_schema(build_schema().graphql))")  # fmt: skip
    rooms = run(copied, "-c", "from crm_embedded.rooms import ROOMS; print([room.package for room in ROOMS])")

    assert "createFieldWorkItem(" in printed.stdout, printed.stderr
    assert rooms.stdout.strip().endswith(", 'field_work']"), rooms.stderr


def test_a_second_service_of_the_name_is_refused_and_changes_nothing(copied: Path) -> None:
    before = (copied / "pyproject.toml").read_text()

    again = run(copied, "-m", "new_service", "field-work")

    assert (again.returncode, again.stderr.strip()) == (2, "There is a service field-work already.")
    assert (copied / "pyproject.toml").read_text() == before
