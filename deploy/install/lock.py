"""Writes requirements.lock from requirements.in, and checks that the lock is fresh, hashed and names no index.

The lock's first line carries the digest of the requirements.in it was made from, so the check needs no network.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "requirements.in"
LOCK = ROOT / "requirements.lock"


def first_line(source: bytes) -> str:
    return f"# Made by `make lock` from requirements.in, sha256 {hashlib.sha256(source).hexdigest()}. Do not edit.\n"


def faults(source: bytes, lock: str) -> list[str]:
    """Everything wrong with `lock` as the lock of `source`; empty when it is fine."""
    found = []
    if not lock.startswith(first_line(source)):
        found.append("requirements.lock is not made from this requirements.in: run `make lock`")
    if address := re.search(
        r"\w+://\S+|^\s*(-i|--index-url|--extra-index-url|--find-links|-f)\b.*", lock, re.MULTILINE
    ):
        found.append(f"requirements.lock names an address: {address.group(0).strip()}")
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    for block in blocks:
        name = block.split()[0]
        if not re.match(r"[A-Za-z0-9._-]+==\S+$", name):
            found.append(f"{name} is not pinned to one version")
        if "--hash=sha256:" not in block:
            found.append(f"{name} has no hash")
    if not blocks:
        found.append("requirements.lock pins nothing")
    return found


def write(upgrade: bool) -> None:
    """Resolves for every platform and Python from 3.11 on; keeps today's pins unless `upgrade`."""
    resolve = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    shape = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--output-file", LOCK.name, SOURCE.name]
    subprocess.run([*resolve, *shape, *(["--upgrade"] if upgrade else [])], cwd=ROOT, env=os.environ, check=True)
    LOCK.write_text(first_line(SOURCE.read_bytes()) + LOCK.read_text())


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["write"]:
        write(upgrade="--upgrade" in arguments)
    found = faults(SOURCE.read_bytes(), LOCK.read_text())
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
