"""The committed schema is the schema: front ends read it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gateway.schema import PRINTED


def test_schema_graphql_is_what_the_protocols_say() -> None:
    # a process of its own: other tests declare protocols that are not the product's
    command = [sys.executable, "-m", "gateway.schema", "--check"]
    told = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)

    assert told.returncode == 0, f"{PRINTED.name} is out of date: run make schema\n{told.stderr}"
