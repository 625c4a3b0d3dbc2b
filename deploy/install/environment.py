"""Builds .venv: the locked packages, then the repository's own distributions as editable installs.

Runs on a bare Python (standard library only), before anything is installed. What is installed is remembered in
.venv/.crm-installed.json, so that an environment that fits costs one comparison and no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".crm-installed.json"
# Where the repository keeps distributions of its own; a folder counts when it has a pyproject.toml.
DISTRIBUTION_FOLDERS = ("libs/*", "services/*", "services/*/edge", "gateway", "cli", "deploy/*")


def requirement_block(lock: str, name: str) -> str:
    """The lines that pin `name` with its hashes, cut out of the lock; LookupError when it is not pinned."""
    found = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{name} is not pinned in requirements.lock")
    return found.group(0)


def locked_names(lock: str) -> set[str]:
    """Normalised names of all pinned packages."""
    return {normalised(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE)}


def requirement_name(requirement: str) -> str:
    """`psycopg` of `psycopg[binary]>=3.3`."""
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def own_distributions(root: Path) -> dict[str, str]:
    """Folder (relative, with slashes) of each own distribution -> digest of what its installation depends on."""
    files = (file for folder in DISTRIBUTION_FOLDERS for file in sorted(root.glob(f"{folder}/pyproject.toml")))
    return {file.parent.relative_to(root).as_posix(): digest(file.read_bytes()) for file in files}


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def environment_digest() -> str:
    """Changes when the locked packages must be installed again: other pins, other interpreter, other place."""
    return digest(LOCK.read_bytes(), (VENV / "pyvenv.cfg").read_bytes(), str(ROOT).encode())


def installed() -> dict[str, object]:
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def up_to_date() -> bool:
    if not PYTHON.exists():
        return False
    return installed() == {"environment": environment_digest(), "distributions": own_distributions(ROOT)}


def run(*command: str | Path, **environment: str) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False)
    if done.returncode != 0:
        sys.exit(f"installation stopped: {' '.join(str(part) for part in command[:6])} … failed (see above)")


def make_venv() -> None:
    """A new .venv, unless the one that is there still runs from this place."""
    marker = VENV / ".crm-place"
    if PYTHON.exists() and marker.exists() and marker.read_text() == str(ROOT):
        return
    run(sys.executable, "-m", "venv", "--clear", VENV)
    marker.write_text(str(ROOT))


def index_of_pip() -> dict[str, str]:
    """pip's index, if somebody configured one (a mirror near them): uv does not read pip's configuration."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    asked = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    index = os.environ.get("PIP_INDEX_URL") or told.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def install_uv(lock: str) -> None:
    """uv at exactly its locked version, fetched by pip with its hash; pip installs nothing else."""
    block = requirement_block(lock, "uv")
    wanted = block.split()[0].partition("==")[2]
    uv = VENV / "bin" / "uv"
    if uv.exists():
        told = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
        if told.stdout.split()[1:2] == [wanted]:
            return
    pinned = VENV / ".crm-uv.txt"
    pinned.write_text(block)
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:")
    run(PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "-r", pinned)


def uv_pip(action: str, *arguments: str, **environment: str) -> None:
    run(VENV / "bin" / "uv", "pip", action, "--quiet", "--python", PYTHON, *arguments, **environment)


def own_names() -> dict[str, str]:
    """Normalised name -> folder of the own distributions (the name is read without a TOML parser: first `name =`)."""
    names = {}
    for folder in own_distributions(ROOT):
        found = re.search(r'^name\s*=\s*"([^"]+)"', (ROOT / folder / "pyproject.toml").read_text(), re.MULTILINE)
        if found is None:
            sys.exit(f"{folder}/pyproject.toml has no name")
        names[normalised(found.group(1))] = folder
    return names


def remove_strangers(lock: str) -> None:
    """Takes out what neither the lock nor the repository asks for, so that code cannot rest on it by accident."""
    listing = "import importlib.metadata as m; print('\\n'.join({d.name for d in m.distributions()}))"
    told = subprocess.run([PYTHON, "-c", listing], capture_output=True, text=True, check=True)
    there = {normalised(name) for name in told.stdout.split()}
    strangers = there - locked_names(lock) - set(own_names()) - {"pip", "setuptools"}
    if strangers:
        uv_pip("uninstall", *sorted(strangers))


def install() -> None:
    make_venv()
    lock = LOCK.read_text()
    before, environment = installed(), environment_digest()
    own, had = own_distributions(ROOT), before.get("distributions")
    known = had if isinstance(had, dict) else {}
    if before.get("environment") != environment:
        install_uv(lock)
        # Bytecode comes with the first import: compiling all of it here would double the time to the first start.
        uv_pip("install", "--require-hashes", "-r", "requirements.lock", **index_of_pip())
        known = {}
    changed = [folder for folder, content in own.items() if known.get(folder) != content]
    if changed:
        editable = [argument for folder in changed for argument in ("--editable", f"./{folder}")]
        uv_pip("install", "--no-deps", "--no-build-isolation", "--offline", *editable)
    remove_strangers(lock)
    written = STAMP.with_suffix(".new")
    written.write_text(json.dumps({"environment": environment, "distributions": own}, indent=1))
    written.replace(STAMP)


def main(arguments: list[str]) -> int:
    if arguments == ["check"]:
        return 0 if up_to_date() else 1
    with Path(__file__).open() as held:  # two installations at once would trip over each other: the second waits
        fcntl.flock(held, fcntl.LOCK_EX)
        if up_to_date():
            return 0
        started = time.monotonic()
        print("installing the environment into .venv …", file=sys.stderr, flush=True)
        install()
        print(f"environment ready in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
