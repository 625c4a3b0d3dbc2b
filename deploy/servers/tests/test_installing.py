"""Installing says what is missing, builds once, and keeps Debian from starting services."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_servers import installing
from crm_servers.installing import Missing, go_install, services_stay_off


def test_without_go_and_cache_the_refusal_names_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="toxiproxy-v9: neither in the cache nor is there Go to build it"):
        go_install("toxiproxy", "example.invalid/toxiproxy", "v9")


def test_a_program_in_the_cache_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "toxiproxy-v9").touch()
    assert go_install("toxiproxy", "example.invalid/toxiproxy", "v9") == tmp_path / "toxiproxy-v9"


def test_services_stay_off_only_while_something_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(installing, "POLICY", policy)
    monkeypatch.setattr(installing, "SYSTEMD", tmp_path / "none")
    with services_stay_off("rabbitmq-server"):
        assert policy.read_text() == "#!/bin/sh\nexit 101\n"
        assert policy.stat().st_mode & 0o111 == 0o111
    assert not policy.exists()


def test_a_policy_of_the_machine_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("the machine's own")
    monkeypatch.setattr(installing, "POLICY", policy)
    monkeypatch.setattr(installing, "SYSTEMD", tmp_path / "none")
    with services_stay_off("rabbitmq-server"):
        pass
    assert policy.read_text() == "the machine's own"
