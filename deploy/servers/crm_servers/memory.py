"""What a server's folder remembers between starts: its ports and its password."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_servers.process import hand_over, lock_is_free
from crm_servers.waiting import free_ports, is_free


@dataclass(frozen=True)
class Remembered:
    """Ports of 127.0.0.1 in the order they were asked for, and 32 hexadecimal digits."""

    ports: tuple[int, ...]
    password: str


def remembered(folder: Path, name: str, ports: int) -> Remembered:
    """The same at every call; other ports only when the server `name` is off and somebody else has one of them."""
    file = folder / "address.json"
    noted: dict[str, Any] = (
        json.loads(file.read_text()) if file.exists() else {"ports": [], "password": secrets.token_hex(16)}
    )
    off = lock_is_free(folder / f"{name}.guard")
    if len(noted["ports"]) != ports or (off and not all(is_free(port) for port in noted["ports"])):
        noted["ports"] = free_ports(ports)
        hand_over(file, json.dumps(noted))
    return Remembered(tuple(noted["ports"]), noted["password"])
