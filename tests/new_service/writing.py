"""Writes a service from the template and enters it in the lists that name every service."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from new_service.names import Names

TEMPLATE = Path(__file__).parent / "template"


class AlreadyThere(Exception):  # noqa: N818 - read as a sentence
    """There is something of this name already."""


def write(root: Path, names: Names) -> list[Path]:
    """The new files; AlreadyThere when one of them exists, and then nothing is written."""
    planned = {
        root / names.fill(str(source.relative_to(TEMPLATE))).removesuffix(".template"): source for source in _sources()
    }
    taken = [path for path in planned if path.exists()]
    if taken or (root / "services" / names.folder).exists():
        raise AlreadyThere(f"There is a service {names.folder} already.")
    for path, source in planned.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(names.fill(source.read_text()))
    return sorted(planned)


def enter(root: Path, names: Names) -> list[Path]:
    """The files that list services, with this one added."""
    steps: dict[str, Callable[[str], str]] = {
        "pyproject.toml": lambda text: _in_settings(text, names.package, names.folder),
        "deploy/embedded/crm_embedded/rooms.py": lambda text: _in_rooms(text, names),
    }
    for name, step in steps.items():
        path = root / name
        path.write_text(step(path.read_text()))
    return [root / name for name in steps]


def tidy(*paths: Path) -> None:
    """Sort imports and fold lines: where a name stands in the alphabet and how long it is, the template cannot know."""
    python = [str(path) for path in paths if path.suffix == ".py"]
    for step in (["check", "--quiet", "--fix", "--select", "I"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, *python], check=True)


def _sources() -> list[Path]:
    return sorted(path for path in TEMPLATE.rglob("*.template"))


def _in_settings(text: str, package: str, folder: str) -> str:
    # each list of the linter's contracts that names identity names every service
    for before, after in (
        ('["crm_common", "identity"', f'["crm_common", "identity", "{package}"'),
        ('\n  "identity", ', f'\n  "identity", "{package}", '),
        ('["identity.domain"', f'["identity.domain", "{package}.domain"'),
        ('modules = ["identity"', f'modules = ["identity", "{package}"'),
        ('containers = ["identity"', f'containers = ["identity", "{package}"'),
        ('"services/identity", ', f'"services/identity", "services/{folder}", '),
    ):
        if before not in text:
            raise LookupError(f"pyproject.toml no longer has {before}: teach new_service where services are listed")
        text = text.replace(before, after)
    return text


def _in_rooms(text: str, names: Names) -> str:
    service = f"{names.camel}Service"
    imports = (
        f"from {names.package}.service import {service}\nfrom {names.package}.settings import {names.camel}Settings\n"
    )
    text = re.sub(r"(from identity\.settings import IdentitySettings\n)", rf"\1{imports}", text)
    room = f'    Room("{names.package}", {service}, {names.camel}Settings),\n'
    if "ROOMS = (Room(" in text:
        text = re.sub(r"ROOMS = \((Room\(.*\)),\)\n", rf"ROOMS = (\n    \1,\n{room})\n", text)
    else:
        text = re.sub(r"(ROOMS = \(\n(?:    .*\n)*)\)", rf"\1{room})", text)
    return text
