"""Values of custom inputs and filters as GraphQL coerced them, with the reader of the revision that did so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from crm_common.errors import CommonRules
from crm_common.protocol.custom_fields import CustomOf

Read = Callable[[Any, str], Any]
JSON_FIELD = "json"


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the place of a coerced input object whose fields a revision decided."""

    values: Mapping[str, Any]
    reader: Callable[[Mapping[str, Any], str], dict[str, Any]]

    def read(self, path: str) -> dict[str, Any]:
        """The payload; ``path`` without a dot at its end."""
        return self.reader(self.values, path)


def custom_of(hint: Any) -> str | None:
    """The record whose custom values an annotation stands for; None for every other one."""
    if get_origin(hint) is Annotated:
        mark = next((each for each in get_args(hint) if isinstance(each, CustomOf)), None)
        return mark.record if mark else None
    if get_origin(hint) is Union or type(hint).__name__ == "UnionType":
        return next((found for part in get_args(hint) if (found := custom_of(part))), None)
    return None


def read_values(value: Any, path: str) -> dict[str, Any]:
    """The payload of ``custom``: typed fields and those in ``json`` together; one that stands in both is refused."""
    found = value.read(path) if isinstance(value, Given) else dict(value)
    whole = found.pop(JSON_FIELD, None) or {}
    if not isinstance(whole, dict):
        raise CommonRules.a_value_has_the_wrong_shape(field=f"{path}.{JSON_FIELD}", problem="an object")
    twice = sorted(whole.keys() & found.keys())
    if twice:
        raise CommonRules.a_value_has_the_wrong_shape(field=f"{path}.{twice[0]}", problem="given twice")
    return {**whole, **found}
