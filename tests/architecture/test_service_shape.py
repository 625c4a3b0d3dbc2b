"""Whoever knows one service knows them all: the same files, the same sections in the README, nothing too long."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The office box is no service; until its neighbour stands, it is alone in telephony's folder.
SERVICES = sorted(path.parent for path in (ROOT / "services").glob("*/README.md"))
REQUIRED = ["README.md", "pyproject.toml", "Dockerfile", "tests"]
REQUIRED_IN_PACKAGE = [
    *("__init__.py", "__main__.py", "service.py", "usecases", "views", "store", "tables", "domain", "settings.py"),
    *("migrations", "py.typed"),
]
SECTIONS = ["## Owns", "## Does not own", "## Provides", "## Consumes", "## Invariants"]
SOURCES = sorted(
    path
    for folder in ("libs", "services", "gateway", "deploy", "cli", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)


def present(package: Path, name: str) -> bool:
    """A module may have become a package of the same name, split by aggregate."""
    return (package / name).exists() or (package / f"{name}.py").exists()


@pytest.mark.parametrize("folder", SERVICES, ids=lambda path: path.name)
def test_a_service_has_the_files_of_every_service(folder: Path) -> None:
    package = folder / folder.name.replace("-", "_")

    missing = [name for name in REQUIRED if not (folder / name).exists()]
    missing += [name for name in REQUIRED_IN_PACKAGE if not present(package, name)]

    assert missing == []


@pytest.mark.parametrize("folder", SERVICES, ids=lambda path: path.name)
def test_a_service_s_readme_says_what_it_owns(folder: Path) -> None:
    text = (folder / "README.md").read_text()

    assert [section for section in SECTIONS if section not in text] == []


@pytest.mark.parametrize("folder", SERVICES, ids=lambda path: path.name)
def test_a_service_class_is_a_table_of_contents(folder: Path) -> None:
    service = folder / folder.name.replace("-", "_") / "service.py"

    assert len(service.read_text().splitlines()) <= 200


def test_no_file_is_longer_than_400_lines() -> None:
    assert {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 400} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = node.body[0].lineno if ast.get_docstring(node) is None else node.body[0].end_lineno or 0
                if (node.end_lineno or 0) - start > 40:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = (node.end_lineno or 0) - start
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "manager", "base", "misc", "util", "helper", "managers", "common_utils"}

    assert [str(path.relative_to(ROOT)) for path in SOURCES if {path.stem, path.parent.name} & empty] == []
