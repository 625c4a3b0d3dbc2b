"""The dependency rules hold, and each of them objects when it is broken on purpose."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")
PACKAGES = {
    "crm_common": ROOT / "libs/common/crm_common",
    "gateway": ROOT / "gateway/gateway",
    "crm_cli": ROOT / "cli/crm_cli",
    "crm_embedded": ROOT / "deploy/embedded/crm_embedded",
    "crm_servers": ROOT / "deploy/servers/crm_servers",
    "crm_edge": ROOT / "services/telephony/edge/crm_edge",
    **{
        folder.name.replace("-", "_"): folder / folder.name.replace("-", "_")
        for folder in (path.parent for path in (ROOT / "services").glob("*/README.md"))
    },
}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# contract → (file to spoil, the line that breaks the rule)
OFFENCES = {
    "services-are-strangers": ("stranger/service.py", "import identity.service"),
    "the-gateway-knows-no-service": ("gateway/schema.py", "import identity.usecases"),
    "the-command-line-speaks-graphql-only": ("crm_cli/server.py", "import crm_common.codec"),
    "the-office-box-knows-the-wire-only": ("crm_edge/heard/lines.py", "import crm_common.codec"),
    "what-is-heard-is-pure": ("crm_edge/heard/lines.py", "import serial"),
    "common-knows-nobody": ("crm_common/codec.py", "import gateway.schema"),
    "layers-of-a-service": ("identity/tables/__init__.py", "import identity.usecases"),
    "the-domain-is-pure": ("identity/domain/__init__.py", "import crm_common.store"),
    "one-place-speaks-to-the-broker": ("identity/service.py", "import nameko.rpc"),
    "embedded-is-the-only-whole": ("gateway/schema.py", "import crm_embedded"),
}


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Run one contract over the packages in ``folder``."""
    command = [str(LINTER), "--config", str(folder / "pyproject.toml"), "--contract", contract, "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=110
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the linter's settings in a folder where they may be spoilt, with a second service beside."""
    folder = tmp_path_factory.mktemp("house")
    for name, source in PACKAGES.items():
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    (folder / "stranger").mkdir()
    (folder / "stranger/__init__.py").touch()
    (folder / "stranger/service.py").touch()
    settings = (ROOT / "pyproject.toml").read_text()
    settings = settings.replace('root_packages = ["crm_common"', 'root_packages = ["stranger", "crm_common"', 1)
    (folder / "pyproject.toml").write_text(
        settings.replace('modules = ["identity"', 'modules = ["stranger", "identity"', 1)
    )
    return folder


def test_every_contract_has_an_offence_that_proves_it() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(OFFENCES)


@pytest.mark.parametrize("contract", sorted(OFFENCES))
def test_the_rule_objects_when_it_is_broken(copied: Path, contract: str) -> None:
    name, line = OFFENCES[contract]
    spoilt = copied / name
    before = spoilt.read_text()
    clean = lint(copied, contract)
    spoilt.write_text(f"{before}\n{line}\n")
    try:
        broken = lint(copied, contract)
    finally:
        spoilt.write_text(before)

    assert clean.returncode == 0, clean.stdout
    assert broken.returncode == 1, broken.stdout
    assert "1 broken" in broken.stdout


def test_every_service_is_under_the_rules() -> None:
    services = {name for name, path in PACKAGES.items() if path.is_relative_to(ROOT / "services")} - {"crm_edge"}
    contracts = {contract["id"]: contract for contract in CONTRACTS}

    assert set(contracts["services-are-strangers"]["modules"]) == services
    assert set(contracts["layers-of-a-service"]["containers"]) == services
    assert set(contracts["the-gateway-knows-no-service"]["forbidden_modules"]) == services
    assert set(contracts["the-domain-is-pure"]["source_modules"]) == {f"{name}.domain" for name in services}
    assert services < set(contracts["one-place-speaks-to-the-broker"]["source_modules"])
