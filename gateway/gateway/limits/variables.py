"""Depth and number of the values in a request's variables, before anything walks them recursively."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.rules import EdgeRules
from gateway.settings import Limits


def check_variables(variables: Mapping[str, Any] | None, limits: Limits) -> None:
    """Return, or raise ``LIMIT_EXCEEDED``. A variable's own value is depth 0 when plain, 1 when a list or an object."""
    if not variables:
        return
    count, level, depth = 0, list(variables.values()), 0
    while level:
        count += len(level)
        if count > limits.values:
            raise EdgeRules.a_limit_is_exceeded(what="values in variables", limit=limits.values, found=count)
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                deeper.append(value.values())
            elif isinstance(value, list):
                deeper.append(value)
        depth += bool(deeper)
        if depth > limits.value_depth:
            raise EdgeRules.a_limit_is_exceeded(what="nesting of a value", limit=limits.value_depth, found=depth)
        level = [inner for outer in deeper for inner in outer]
