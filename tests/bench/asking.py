"""One after the other: the product in one process, asked as its viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psutil

from bench.contenders import Contender


@dataclass
class Asking:
    """The product in one process, asked as its viewer."""

    contender: Contender
    process: psutil.Process

    def ask(self, document: str, **variables: Any) -> Any:
        """The data; an error ends the run."""
        answer = self.contender.post("/graphql", {"query": document, "variables": variables})
        if answer.get("errors"):
            raise RuntimeError(str(answer["errors"]))
        return answer["data"]

    def megabytes(self) -> float:
        """What the process holds in memory now."""
        return float(self.process.memory_info().rss) / 2**20
