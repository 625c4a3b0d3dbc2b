"""Gets server programs onto the machine: Debian packages and Go modules, each once, with a clear refusal."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_servers.places import cache_folder, exclusively

# Longer than any of these has taken; a network that hangs must not hang us.
SECONDS = 1200
# Debian asks this file before it starts a service it has just installed; 101 says no.
POLICY = Path("/usr/sbin/policy-rc.d")
SYSTEMD = Path("/run/systemd/system")


class Missing(Exception):  # noqa: N818 - reads as what happened
    """A server cannot be had on this machine; the text says what is missing."""


def apt_install(package: str) -> None:
    """Installs a Debian package without starting its service (it would listen on all addresses)."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"{package} is not installed (apt-get install {package}, or set its address in the environment)")
    quiet = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with exclusively(cache_folder() / "apt.lock"), services_stay_off(package):
        # An update that fails (another one runs) is no reason to stop: the lists that are there may do.
        subprocess.run([*quiet, "update"], env=environment, capture_output=True, timeout=SECONDS, check=False)
        wanted = [*quiet, "install", "-y", "--no-install-recommends", package]
        done = subprocess.run(wanted, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        raise Missing(f"apt-get install {package} failed: {done.stderr.strip()[-500:]}")


@contextmanager
def services_stay_off(service: str) -> Iterator[None]:
    """Nothing that is installed inside the block starts now, nor `service` at the next boot."""
    if SYSTEMD.exists():
        subprocess.run(["systemctl", "mask", f"{service}.service"], capture_output=True, check=False)
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()


def go_install(name: str, module: str, version: str) -> Path:
    """The program `name` built from a Go module, once per machine (MinIO takes three minutes)."""
    program = cache_folder() / f"{name}-{version}"
    with exclusively(cache_folder() / f"{name}.lock"):
        if not program.exists():
            build(program, module, version)
    return program


def build(program: Path, module: str, version: str) -> None:
    go = shutil.which("go")
    if go is None:
        raise Missing(f"{program.name}: neither in the cache nor is there Go to build it")
    into = program.with_suffix(".build")
    shutil.rmtree(into, ignore_errors=True)
    done = subprocess.run(
        [go, "install", f"{module}@{version}"],
        env={**os.environ, "GOBIN": str(into), "GOFLAGS": "-trimpath -buildvcs=false"},
        cwd=program.parent,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise Missing(f"go install {module}@{version} failed: {done.stderr.strip()[-500:]}")
    built = next(into.iterdir())
    built.chmod(0o755)
    built.rename(program)
    shutil.rmtree(into)
