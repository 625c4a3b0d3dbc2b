"""What the full system consists of follows from the folders of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_full.folder import DataFolder, FolderInUse
from crm_full.programs import Program, gateway, services


def package(folder: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__main__.py").touch()


def test_every_service_folder_with_a_main_is_a_program(tmp_path: Path) -> None:
    package(tmp_path / "services" / "service-desk", "service_desk")
    package(tmp_path / "services" / "identity", "identity")
    (tmp_path / "services" / "unfinished" / "unfinished").mkdir(parents=True)
    assert services(tmp_path) == [Program("identity", "identity"), Program("service-desk", "service_desk")]
    assert [each.prefix for each in services(tmp_path)] == ["IDENTITY_", "SERVICE_DESK_"]


def test_the_gateway_is_a_program_once_it_has_a_main(tmp_path: Path) -> None:
    assert gateway(tmp_path) is None
    package(tmp_path / "gateway", "gateway")
    assert gateway(tmp_path) == Program("gateway", "gateway", ())


def test_a_data_folder_has_one_owner(tmp_path: Path) -> None:
    held = DataFolder(tmp_path)
    with pytest.raises(FolderInUse, match=f"already runs on {tmp_path}"):
        DataFolder(tmp_path)
    held.release()
    DataFolder(tmp_path).release()


def test_secrets_stay_the_same_and_are_for_the_owner_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    made = folder.secret("cluster")
    assert len(bytes.fromhex(made)) == 32
    assert folder.secret("cluster") == made
    assert folder.secret("other") != made
    noted = folder.note_environment("identity", {"IDENTITY_X": "it's one"})
    assert noted.read_text() == "IDENTITY_X='it'\"'\"'s one'\n"
    assert [file.stat().st_mode & 0o777 for file in (tmp_path / "secrets.json", noted)] == [0o600, 0o600]
    folder.release()
