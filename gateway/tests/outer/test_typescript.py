"""The TypeScript client of docs/frontend.md: made from schema.graphql, compiled strictly, run on the product."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from edge.node import ran, workspace
from edge.whole import PASSWORD, whole
from infra.postgres import SharedPostgres

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """The client's folder at the same distance from the schema as in the repository."""
    (tmp_path / "gateway").mkdir()
    shutil.copy(ROOT / "gateway" / "schema.graphql", tmp_path / "gateway")
    place = workspace(ROOT / "clients" / "typescript", tmp_path / "clients")
    ran(["node_modules/.bin/gql.tada", "generate-output"], place)
    return place


def compiled(place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node_modules/.bin/tsc"], cwd=place, capture_output=True, text=True, check=False)


def test_the_compiled_client_logs_in_pages_changes_and_follows(client: Path, postgres_server: SharedPostgres) -> None:
    done = compiled(client)
    assert (done.returncode, done.stdout) == (0, "")
    with whole(postgres_server) as product:
        admin = product.administrator()
        for name in ("销售部", "财务部", "客服部"):
            product.data(
                "mutation($n: String!) { createDepartment(input: {name: $n}) { department { id } } }", admin, n=name
            )
        printed = ran(
            ["node", "dist/sample.js"], client, CRM_URL=product.gateway.url, CRM_LOGIN="admin", CRM_PASSWORD=PASSWORD
        )
    said: dict[str, Any] = {key: value for line in printed.splitlines() for key, value in json.loads(line).items()}
    assert said["withoutSession"] == "UNAUTHENTICATED"
    assert said["login"] == {"mustChangePassword": False}
    assert len(said["departments"]) == 4
    assert {"销售部", "财务部", "客服部"} < set(said["departments"])
    assert said["sameDepartment"] is True
    assert said["change"]["event"] == "department.updated"
    assert said["stale"] == ["CONFLICT"]
    assert said["refused"] == ["VALIDATION name"]


WRONG = {
    "variable_of_another_type": (
        "await crm.run(graphql(`query Q($n: Int) { departments(first: $n) { nodes { id } } }`), { n: 'two' });"
    ),
    "missing_variable": "await crm.run(graphql(`query Q($i: ID!) { department(id: $i) { id } }`));",
    "null_where_it_may_be": "const { me } = await crm.run(graphql(`{ me { name } }`));\nme.name.toUpperCase();",
    "field_not_asked_for": "const { me } = await crm.run(graphql(`{ me { id } }`));\nme?.name;",
}


def test_what_does_not_fit_the_schema_does_not_compile(client: Path) -> None:
    head = 'import { Crm } from "./client.js";\nimport { graphql } from "./graphql.js";\nconst crm = new Crm("x");\n'
    for name, program in WRONG.items():
        (client / "src" / f"{name}.ts").write_text(head + program)
    done = compiled(client)
    assert done.returncode != 0
    blamed = [line.partition("(")[0] for line in done.stdout.splitlines() if line.startswith("src/")]
    assert sorted(blamed) == sorted(f"src/{name}.ts" for name in WRONG)


def test_a_field_the_schema_does_not_have_is_found_by_the_check(client: Path) -> None:
    check = ["node_modules/.bin/gql.tada", "check"]
    ran(check, client)
    (client / "src" / "misspelt.ts").write_text(
        'import { graphql } from "./graphql.js";\nexport const wrong = graphql(`{ departments { nodes { nam } } }`);\n'
    )
    done = subprocess.run(check, cwd=client, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "nam" in done.stdout + done.stderr
