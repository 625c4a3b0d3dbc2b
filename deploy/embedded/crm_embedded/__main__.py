"""``python -m crm_embedded``: PORT (8000), DATA_DIR (data), DEMO (1) and GATEWAY_… from the environment."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from crm_common import telemetry
from crm_common.settings import Misconfigured, load
from crm_embedded import company
from crm_embedded.folder import DataFolder, FolderUnusable
from crm_servers.process import ServerFailed
from gateway.settings import GatewaySettings


class CannotStart(Exception):  # noqa: N818 - read as a sentence by the person who started the product
    """Why the product cannot start, in one line for the person who started it."""


def main(environ: Mapping[str, str]) -> int:
    """Run the product until Ctrl-C or SIGTERM; the exit code."""
    signal.signal(signal.SIGTERM, _end_on_sigterm)
    try:
        port, data, demo = _choices(environ)
        settings = load(GatewaySettings, "GATEWAY_", {**environ, "GATEWAY_PORT": str(port)})
        with listening_on(settings.host, port) as listening:
            folder = DataFolder(data)
            try:
                return run(folder, settings, listening, environ, demo=demo)
            finally:
                folder.release()
    except (CannotStart, FolderUnusable, ServerFailed, Misconfigured) as reason:
        print(reason, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def run(
    folder: DataFolder, settings: GatewaySettings, listening: socket.socket, environ: Mapping[str, str], *, demo: bool
) -> int:
    """Open the product, found its company if there is none, serve it."""
    began = time.monotonic()
    say(f"Starting on {folder.path} …")
    with (folder.path / "crm.log").open("a", buffering=1) as log:
        telemetry.configure_logging("crm", level=environ.get("CRM_LOG_LEVEL", "INFO"), stream=log)
        # imported late: the line above is on the screen while everything is loaded
        from crm_embedded.product import opened

        with opened(folder, environ) as product:
            founded = company.found(product.runtime, "华信科技有限公司" if demo else "我的公司")
            staffed = company.load_demo(product.runtime) if founded and demo else None
            _tell_passwords(founded, staffed)
            ready = partial(_welcome, folder, listening, began)
            clean = product.serve(settings, listening, ready)
            say("Stopping …")
    return 0 if clean else 1


def listening_on(host: str, port: int) -> socket.socket:
    """A socket that is ours from now on: whoever else wants the port learns it before anything is started."""
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as taken:
        raise CannotStart(
            f"Port {port} on {host} cannot be used: {os.strerror(taken.errno or 0)}. Choose another with PORT=…"
        ) from taken


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


def _choices(environ: Mapping[str, str]) -> tuple[int, Path, bool]:
    text, demo = environ.get("PORT") or "8000", environ.get("DEMO", "1")
    if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= 65_535:
        raise CannotStart(f"PORT is a number from 0 to 65535, not {text}")
    if demo not in ("0", "1"):
        raise CannotStart(f"DEMO is 1 (load the demo company into a new data folder) or 0, not {demo}")
    return int(text), Path(environ.get("DATA_DIR") or "data"), demo == "1"


def _tell_passwords(founded: company.Founded | None, staffed: str | None) -> None:
    # to standard output, so that a script can read it; shown once and kept nowhere
    if founded:
        print(f"Log in as {founded.login_name} with the one-time password {founded.password}", flush=True)
    if staffed:
        print(f"The people of the demo company (zhangwei, …) log in with {staffed}", flush=True)


def _welcome(folder: DataFolder, listening: socket.socket, began: float) -> None:
    host, port = listening.getsockname()[:2]
    say(f"Back up {folder.path} together with its {folder.keys.name}; the log is {folder.path / 'crm.log'}")
    say(f"Ready after {time.monotonic() - began:.1f} s: http://{host}:{port}/graphql")


def _end_on_sigterm(_number: int, _frame: object) -> None:
    # as Ctrl-C does: what was started is stopped on the way out; while requests are served the server takes over
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(os.environ))
