"""Filters as clients write them: the JSON value of a GraphQL variable of type `<View>Filter`, kept and read again."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any
from uuid import UUID

from crm_common.errors import CommonRules, CrmError
from crm_common.ids import from_global
from crm_common.protocol.views import Cardinality, FieldShape, ViewShape
from crm_common.reading import filters
from crm_common.reading.kinds import element_of
from crm_common.reading.selections import Bindings

# what these take has the same form for every field
_OF_NO_TYPE = frozenset({"within_last", "within_next", "older_than", "in_period", "is_null", "is_empty"})


def read(shape: ViewShape, value: Any, bindings: Bindings | None = None) -> filters.Tree:
    """The tree of `ListQuery.filter` for a filter in the words of the schema, validated as `filters.validate` does.

    ``{"ownerId": {"in": ["RW1w…"]}, "joinedAt": {"withinLast": {"amount": 7, "unit": "DAY"}}}``: camelCase names,
    global ids, enum members by name. VALIDATION names the first fault by its path inside (``filter.owner_id.in.0``).
    So a saved view keeps what the client gave, shows it as it was, and is checked against the view of the day.
    Custom fields are known with the ``bindings`` of the day only: see `Reader.kept_filter`.
    """
    tree = _Reading(bindings).tree(shape, value, "filter", 1)
    filters.validate(shape, tree, bindings)
    return tree


class _Reading:
    def __init__(self, bindings: Bindings | None) -> None:
        self._bindings = bindings

    def tree(self, shape: ViewShape, value: Any, path: str, depth: int) -> filters.Tree:
        if depth > filters.MAX_DEPTH:
            raise filters.too_large(path)
        known = filters.fields_of(shape, self._bindings).items()
        names = {_camel(name): field for name, field in known if field.filterable}
        found: filters.Tree = {}
        for outside, part in _object(value, path).items():
            field = names.get(outside)
            where = f"{path}.{field.name if field else outside}"
            if field is not None:
                found[field.name] = self._field(field, part, where, depth)
            elif outside in ("and", "or") and isinstance(part, list):
                each = enumerate(part)
                found[outside] = [self.tree(shape, tree, f"{where}.{index}", depth + 1) for index, tree in each]
            elif outside == "not":
                found[outside] = self.tree(shape, part, where, depth + 1)
            else:
                raise CommonRules.a_field_is_unknown(field=where, name=outside)
        return found

    def _field(self, field: FieldShape, value: Any, path: str, depth: int) -> Any:
        given = _object(value, path)
        if field.view is None:
            operators = {_snake(outside): each for outside, each in given.items()}
            return {
                inside: each if inside in _OF_NO_TYPE else _values(field, each, f"{path}.{inside}")
                for inside, each in operators.items()
            }
        if field.cardinality is Cardinality.ONE:
            return self.tree(field.view, given, path, depth + 1)
        return {word: self.tree(field.view, tree, f"{path}.{word}", depth + 1) for word, tree in given.items()}


def _values(field: FieldShape, value: Any, path: str) -> Any:
    read = _reader(field)
    if isinstance(value, list):
        return [read(each, f"{path}.{index}") for index, each in enumerate(value)]
    if isinstance(value, dict):
        return {end: read(each, f"{path}.{end}") for end, each in value.items()}
    return read(value, path)


def _reader(field: FieldShape) -> Callable[[Any, str], Any]:
    kind = element_of(field.type) or field.type
    if kind is UUID:
        return lambda value, path: _key(field.ref, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value, path: _member(kind, value, path)
    return lambda value, _path: value


def _key(type_name: str | None, value: Any, path: str) -> str:
    try:
        found, key = (None, UUID(value)) if type_name is None else from_global(value)
    except (ValueError, TypeError, AttributeError) as broken:
        raise _wrong(path, "an id") from broken
    if found != type_name:
        raise _wrong(path, f"an id of {type_name}")
    return str(key)


def _member(kind: type[Enum], value: Any, path: str) -> Any:
    if not isinstance(value, str) or value not in kind.__members__:
        raise _wrong(path, f"one of {', '.join(kind.__members__)}")
    return kind[value].value


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, "an object of conditions")
    return value


def _wrong(path: str, wanted: str) -> CrmError:
    return CommonRules.a_value_has_the_wrong_shape(field=path, problem=wanted)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _snake(name: str) -> str:
    # only operators, which have no digits and no two capitals in a row
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
