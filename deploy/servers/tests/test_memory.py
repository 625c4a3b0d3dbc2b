"""A server comes back at the address it had, unless somebody took it meanwhile."""

from __future__ import annotations

import fcntl
import socket
from pathlib import Path

import pytest

from crm_servers.memory import remembered
from crm_servers.waiting import SERVER_PORTS

pytestmark = pytest.mark.infra  # sockets find out what is free


def test_ports_and_password_stay_the_same(tmp_path: Path) -> None:
    first = remembered(tmp_path, "server", ports=3)
    assert len(set(first.ports)) == 3
    assert all(port in SERVER_PORTS for port in first.ports)
    assert len(bytes.fromhex(first.password)) == 16
    assert remembered(tmp_path, "server", ports=3) == first
    assert (tmp_path / "address.json").stat().st_mode & 0o777 == 0o600


def test_a_port_that_somebody_took_while_the_server_was_off_is_given_up_the_password_not(tmp_path: Path) -> None:
    first = remembered(tmp_path, "server", ports=2)
    with socket.create_server(("127.0.0.1", first.ports[1])):
        second = remembered(tmp_path, "server", ports=2)
    assert first.ports[1] not in second.ports
    assert second.password == first.password
    assert remembered(tmp_path, "server", ports=2) == second


def test_a_running_server_keeps_the_ports_it_listens_on(tmp_path: Path) -> None:
    first = remembered(tmp_path, "server", ports=1)
    with (tmp_path / "server.guard").open("w") as guard, socket.create_server(("127.0.0.1", first.ports[0])):
        fcntl.flock(guard, fcntl.LOCK_EX)  # as a guard does for as long as its server runs
        assert remembered(tmp_path, "server", ports=1) == first
