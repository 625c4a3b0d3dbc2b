"""The lock is the lock of requirements.in, pins everything with hashes and names no address."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

INSTALL = Path(__file__).resolve().parents[1]
ROOT = INSTALL.parents[1]


def script(name: str) -> ModuleType:
    """The scripts run before anything is installed, so they belong to no package."""
    spec = importlib.util.spec_from_file_location(f"install_{name}", INSTALL / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lock = script("lock")
environment = script("environment")

SOURCE = b"one\n"
GOOD = lock.first_line(SOURCE) + "one==1.0 \\\n    --hash=sha256:aa\n    # via -r requirements.in\n"


def test_the_lock_of_this_repository_is_fresh() -> None:
    assert lock.faults((ROOT / "requirements.in").read_bytes(), (ROOT / "requirements.lock").read_text()) == []


def test_a_good_lock_has_no_faults() -> None:
    assert lock.faults(SOURCE, GOOD) == []


@pytest.mark.parametrize(
    ("source", "text", "fault"),
    [
        (b"two\n", GOOD, "not made from this requirements.in"),
        (SOURCE, GOOD + "two==2.0\n", "two==2.0 has no hash"),
        (SOURCE, GOOD + "two>=2.0 \\\n    --hash=sha256:bb\n", "two>=2.0 is not pinned"),
        (SOURCE, GOOD + "--index-url https://mirror.example/simple\n", "names an address"),
        (SOURCE, GOOD + "two @ https://mirror.example/two.whl \\\n    --hash=sha256:bb\n", "names an address"),
        (SOURCE, lock.first_line(SOURCE), "pins nothing"),
    ],
)
def test_a_bad_lock_is_told_what_is_wrong(source: bytes, text: str, fault: str) -> None:
    assert fault in "\n".join(lock.faults(source, text))


def test_uv_is_cut_out_of_the_lock_with_all_its_hashes() -> None:
    text = (
        "tzdata==1 \\\n    --hash=sha256:aa\nuv==0.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nuvicorn==2 \\\n"
    )
    assert environment.requirement_block(text, "uv") == ("uv==0.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n")
    with pytest.raises(LookupError, match="nothing is not pinned"):
        environment.requirement_block(text, "nothing")


def test_names_in_the_lock_are_compared_in_normal_form() -> None:
    assert environment.locked_names("path.py==1 \\\npsycopg[binary]==3 \\\n    # via x==1\n") == {"path-py", "psycopg"}


def test_every_requirement_of_our_distributions_is_in_the_lock() -> None:
    import tomllib

    locked = environment.locked_names((ROOT / "requirements.lock").read_text())
    own = set(environment.own_names())
    for folder in environment.own_distributions(ROOT):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        lists = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
        names = {environment.normalised(environment.requirement_name(each)) for asked in lists for each in asked}
        assert names <= locked | own, f"{folder} asks for what requirements.in does not have"
