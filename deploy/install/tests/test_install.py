"""`make install` on a copy of the build files: builds the environment once, then finds it right at once."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DISTRIBUTION = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "crm-probe"
version = "1"

[tool.hatch.build.targets.wheel]
packages = ["probe"]
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What an installation needs of the repository, with one distribution of its own."""
    shutil.copytree(ROOT / "deploy" / "install", tmp_path / "deploy" / "install")
    for name in ("Makefile", "requirements.in", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    add_distribution(tmp_path, "libs/probe")
    return tmp_path


def add_distribution(root: Path, folder: str) -> None:
    (root / folder / "probe").mkdir(parents=True)
    (root / folder / "probe" / "__init__.py").write_text("HERE = __file__\n")
    (root / folder / "pyproject.toml").write_text(DISTRIBUTION)


def make(root: Path, *targets: str, **environment: str) -> subprocess.CompletedProcess[str]:
    seen = {**os.environ, **environment}
    return subprocess.run(["make", *targets], cwd=root, env=seen, capture_output=True, text=True, check=False)


@pytest.mark.infra  # asks the package index for uv, and for what uv's cache does not have
@pytest.mark.timeout(300)
def test_install_builds_the_locked_environment_once_and_keeps_strangers_out(copy: Path) -> None:
    first = make(copy, "install")
    assert first.returncode == 0, first.stderr
    python = copy / ".venv" / "bin" / "python"
    asked = [str(python), "-c", "import nameko, psycopg, probe; print(probe.HERE)"]
    assert subprocess.check_output(asked, text=True).strip() == str(copy / "libs" / "probe" / "probe" / "__init__.py")

    again = make(copy, "install", UV_OFFLINE="1")
    assert (again.stdout, again.stderr) == ("", "")

    # A distribution that went, and a package that nobody asked for, are taken out again.
    shutil.rmtree(copy / "libs" / "probe")
    stranger = copy / ".venv" / "lib" / first_folder(copy / ".venv" / "lib") / "site-packages" / "stranger-1.dist-info"
    stranger.mkdir()
    (stranger / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1\n")
    (stranger / "RECORD").write_text("stranger-1.dist-info/METADATA,,\nstranger-1.dist-info/RECORD,,\n")
    second = make(copy, "install", UV_OFFLINE="1")
    assert second.returncode == 0, second.stderr
    assert subprocess.run([python, "-c", "import probe"], capture_output=True, check=False).returncode == 1
    assert not stranger.exists()


def first_folder(path: Path) -> str:
    return next(each.name for each in path.iterdir() if each.is_dir())


def test_an_old_python_gets_one_line(copy: Path) -> None:
    tools = copy / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "make"):
        (tools / name).symlink_to(str(shutil.which(name)))
    old = tools / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.6 && exit\nexit 1\n')
    old.chmod(0o755)
    refused = make(copy, "install", PATH=str(tools))
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == (
        "Python 3.11 or newer is needed; python3 here is: Python 3.9.6. 需要 Python 3.11 或更高版本。"
    )


def test_help_is_the_default_and_names_every_target_by_section(copy: Path) -> None:
    told = make(copy).stdout
    assert [line for line in told.splitlines() if line and line[0] != " "] == ["Run", "Test", "Change", "Build"]
    everyday = ["run", "up", "test", "unit", "faults", "bench", "lint"]
    for target in [*everyday, "new-service", "schema", "install", "lock", "images"]:
        assert f"make {target} " in told
