"""The first minutes of a new company: its administrator with a one-time password, and the demo data if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from crm_common.context import system_context
from crm_common.runtime.local import LocalRuntime


@dataclass(frozen=True, slots=True)
class Founded:
    """A company that was founded just now."""

    login_name: str
    password: str


def found(runtime: LocalRuntime, name: str) -> Founded | None:
    """Found the company; None when there is one already."""
    answer = _call(runtime, "found_company", {"name": name})
    if not answer["founded"]:
        return None
    return Founded(answer["login_name"], answer["initial_password"])


def load_demo(runtime: LocalRuntime) -> str | None:
    """Staff the new company with people to try things with; the password they share, None when they are there."""
    password: str | None = _call(runtime, "load_demo_company", {})["password"]
    return password


def _call(runtime: LocalRuntime, method: str, payload: dict[str, Any]) -> Any:
    context = system_context("embedded", correlation_id=f"embedded-{method}")
    return msgspec.json.decode(runtime.peers.call("identity", method, payload, context))
