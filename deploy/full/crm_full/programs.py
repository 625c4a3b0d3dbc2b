"""Which programs the full system consists of, read from the folders of the repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

GATEWAY = "gateway"


@dataclass(frozen=True)
class Program:
    """One process: `python -m <package> <arguments>`. `name` is its folder (`service-desk`)."""

    name: str
    package: str
    arguments: tuple[str, ...] = ("run",)

    @property
    def prefix(self) -> str:
        """What the program's environment variables begin with: `SERVICE_DESK_`."""
        return f"{self.package.upper()}_"

    @property
    def database(self) -> str:
        """The service's name in databases and roles (`crm_<name>`)."""
        return self.package


def services(root: Path) -> list[Program]:
    """The services that can be run: every folder in services/ whose package has a `__main__`."""
    found = []
    for folder in sorted((root / "services").glob("*")):
        package = folder.name.replace("-", "_")
        if (folder / package / "__main__.py").exists():
            found.append(Program(folder.name, package))
    return found


def gateway(root: Path) -> Program | None:
    return Program(GATEWAY, GATEWAY, ()) if (root / "gateway" / "gateway" / "__main__.py").exists() else None
