"""Other people's JavaScript, installed once from a committed package-lock and run against a gateway."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from crm_servers.places import cache_folder, exclusively
from infra.run import unavailable


def installed(folder: Path) -> Path:
    """A folder of the cache with what ``folder``'s package-lock.json pins, and a copy of everything else in it.

    The lock has hashes and no addresses: npm takes the packages from wherever this machine gets them.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        unavailable("node and npm are not installed (Node.js 20 or newer)")
    lock = (folder / "package-lock.json").read_bytes()
    place = cache_folder() / f"node-{hashlib.sha256(lock).hexdigest()[:16]}"
    with exclusively(cache_folder() / "node.lock"):
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(folder / name, place)
            ran(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], place)
            (place / "complete").touch()
    return place


def workspace(folder: Path, into: Path) -> Path:
    """A copy of ``folder`` below ``into`` in which its packages can be imported."""
    place = into / folder.name
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns("node_modules"))
    (place / "node_modules").symlink_to(installed(folder) / "node_modules")
    return place


def ran(command: list[str], folder: Path, *, seconds: float = 100, **environment: str) -> str:
    """What the command printed; AssertionError with everything it said when it failed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}"
    return done.stdout
