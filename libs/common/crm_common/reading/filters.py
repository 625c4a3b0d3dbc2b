"""Filters: the caller's tree of conditions becomes one SQL condition, its values bound, everything else refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_common.context import Context
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.reading_rules import ReadingRules
from crm_common.reading.access import allowed, refused
from crm_common.reading.bindings import Binding, Bound, column_of
from crm_common.reading.kinds import MASKED, Kind, duration, text_array
from crm_common.reading.masks import Masked
from crm_common.vault import Vault

MAX_LEAVES = 100
MAX_DEPTH = 8
MAX_VALUES = 1_000


class Filter:
    """A compiled filter: ``sql`` with ``{t}`` and ``{f0}`` …, ``values`` for those names. Empty text: no filter.

    Conditions are two-valued: one on a missing value is false, and ``not`` (as ``ne``, ``not_in``) is true for what is
    not true; so ``{"name": {"ne": "x"}}`` finds rows without a name too. Texts compare by code point, upper and lower
    case apart. Several operators on one field, and several fields beside each other, must all hold.
    """

    __slots__ = ("_binding", "_context", "_leaves", "_vault", "sql", "values")

    def __init__(
        self, tree: dict[str, Any] | None, binding: Binding, context: Context, vault: Vault | None = None
    ) -> None:
        self._binding = binding
        self._vault = vault
        self._context = context
        self._leaves = 0
        self.values: dict[str, str] = {}
        self.sql = self._all_of(tree, "filter", 1) if tree else ""

    def _all_of(self, tree: Any, path: str, depth: int) -> str:
        if not isinstance(tree, dict):
            raise _wrong(path, "an object of conditions")
        if depth > MAX_DEPTH:
            raise self._too_large(path)
        parts = [self._part(name, part, f"{path}.{name}", depth) for name, part in tree.items()]
        return _joined(" AND ", parts, "true")

    def _part(self, name: str, part: Any, path: str, depth: int) -> str:
        if name in ("and", "or"):
            if not isinstance(part, list | tuple):
                raise _wrong(path, "a list of filters")
            parts = [self._all_of(each, f"{path}.{index}", depth + 1) for index, each in enumerate(part)]
            return _joined(f" {name.upper()} ", parts, "true" if name == "and" else "false")
        if name == "not":
            return f"({self._all_of(part, path, depth + 1)}) IS NOT TRUE"
        return self._field(name, part, path)

    def _field(self, name: str, conditions: Any, path: str) -> str:
        field = self._binding.shape.fields.get(name)
        if field is None or not field.filterable:
            raise CommonRules.a_field_is_unknown(field=path, name=name)
        if field.policy is not None and not allowed(field.policy, self._context.actor):
            raise refused(field.policy, path)
        if not isinstance(conditions, dict):
            raise _wrong(path, "an object of operators")
        bound = self._binding.fields[name]
        leaves = [self._leaf(bound, operator, value, f"{path}.{operator}") for operator, value in conditions.items()]
        return _joined(" AND ", leaves, "true")

    def _leaf(self, bound: Bound, operator: str, value: Any, path: str) -> str:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise self._too_large(path)
        if operator not in bound.kind.operators and bound.masked is not None:
            raise ReadingRules.a_masked_field_is_found_by_its_whole_value(field=path, operator=operator)
        if operator not in bound.kind.operators:
            known = ", ".join(sorted(bound.kind.operators))
            raise ReadingRules.the_operator_does_not_fit(field=path, operator=operator, known=known)
        try:
            if bound.masked is not None:
                return self._by_fingerprint(bound.masked, operator, value, path)
            return _OPERATORS[operator](self, bound, value, path)
        except ValueError as wrong:
            raise CommonRules.a_value_has_the_wrong_shape(field=path, problem=str(wrong)) from wrong

    def _by_fingerprint(self, masked: Masked, operator: str, value: Any, path: str) -> str:
        assert masked.index is not None  # the checks of the binding
        assert self._vault is not None  # and of the reader
        values = self.listed(value, path) if operator == "in" else [value]
        texts = [masked.normalised(MASKED.bind(each)) for each in values]
        hashes = [f"\\x{self._vault.fingerprint(text.encode()).hex()}" for text in texts]
        left = column_of(masked.index)
        if operator == "eq":
            return f"{left} = {self.hold_text(hashes[0], 'bytea')}"
        return f"{left} = ANY ({self.hold_text(text_array(hashes), 'bytea[]')})"

    def hold(self, kind: Kind, value: Any) -> str:
        """Bind a value; its placeholder with the kind's cast."""
        return f"{self._keep(kind.bind(value))}::{kind.cast}"

    def hold_all(self, kind: Kind, values: Any, path: str) -> str:
        """Bind a list of values as one array, so that its length does not change the statement."""
        texts = [kind.bind(value) for value in self.listed(values, path)]
        return f"{self._keep(text_array(texts))}::{kind.cast}[]"

    def listed(self, values: Any, path: str) -> list[Any] | tuple[Any, ...]:
        """The values of a list that is one, and not too long."""
        if not isinstance(values, list | tuple):
            raise ValueError("a list of values")  # noqa: TRY004 - refused like every other value
        if len(values) > MAX_VALUES:
            raise self._too_large(path)
        return values

    def hold_text(self, text: str, cast: str) -> str:
        """Bind what is already a text."""
        return f"{self._keep(text)}::{cast}"

    def _keep(self, text: str) -> str:
        name = f"f{len(self.values)}"
        self.values[name] = text
        return f"{{{name}}}"

    @staticmethod
    def _too_large(path: str) -> CrmError:
        return ReadingRules.a_filter_is_too_large(field=path, leaves=MAX_LEAVES, depth=MAX_DEPTH, values=MAX_VALUES)


def _joined(word: str, parts: list[str], empty: str) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _wrong(path: str, wanted: str) -> CrmError:
    return CommonRules.a_value_has_the_wrong_shape(field=path, problem=wanted)


def _comparison(sign: str) -> Callable[[Filter, Bound, Any, str], str]:
    def compare(into: Filter, bound: Bound, value: Any, _path: str) -> str:
        return f"{_left(bound)} {sign} {into.hold(bound.kind, value)}"

    return compare


def _not_equal(into: Filter, bound: Bound, value: Any, _path: str) -> str:
    return f"{_left(bound)} IS DISTINCT FROM {into.hold(bound.kind, value)}"


def _one_of(into: Filter, bound: Bound, values: Any, path: str) -> str:
    return f"{_left(bound)} = ANY ({into.hold_all(bound.kind, values, path)})"


def _none_of(into: Filter, bound: Bound, values: Any, path: str) -> str:
    return f"({_one_of(into, bound, values, path)}) IS NOT TRUE"


def _between(into: Filter, bound: Bound, value: Any, _path: str) -> str:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("a list of the lowest and the highest value")
    low, high = (into.hold(bound.kind, each) for each in value)
    return f"({_left(bound)} >= {low} AND {_left(bound)} <= {high})"


def _contains(into: Filter, bound: Bound, value: Any, _path: str) -> str:
    text = bound.kind.bind(value)
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"{_left(bound)} LIKE {into.hold_text(f'%{text}%', 'text')}"


def _starts_with(into: Filter, bound: Bound, value: Any, _path: str) -> str:
    # a range instead of LIKE: an index serves it also when the value is only known at execution
    text = bound.kind.bind(value)
    after = successor(text)
    low = f"{_left(bound)} >= {into.hold_text(text, 'text')}"
    return low if after is None else f"({low} AND {_left(bound)} < {into.hold_text(after, 'text')})"


def successor(text: str) -> str | None:
    """The least text that is greater than every text beginning with ``text``; None when there is none."""
    kept = text.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    # surrogates are no characters of a text
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)


def _is_null(_into: Filter, bound: Bound, value: Any, _path: str) -> str:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004 - refused like every other value
    return f"{bound.sql} IS {'' if value else 'NOT '}NULL"


def _within_last(into: Filter, bound: Bound, value: Any, _path: str) -> str:
    since = f"{_now(bound)} - {into.hold_text(duration(value), 'interval')}"
    return f"({_left(bound)} >= {since} AND {_left(bound)} <= {_now(bound)})"


def _older_than(into: Filter, bound: Bound, value: Any, _path: str) -> str:
    return f"{_left(bound)} < {_now(bound)} - {into.hold_text(duration(value), 'interval')}"


def _now(bound: Bound) -> str:
    # a day begins where the company is
    return "({now} AT TIME ZONE {zone})::date" if bound.kind.cast == "date" else "{now}"


def _left(bound: Bound) -> str:
    return bound.kind.comparable.format(bound.sql)


_OPERATORS: dict[str, Callable[[Filter, Bound, Any, str], str]] = {
    "eq": _comparison("="),
    "ne": _not_equal,
    "in": _one_of,
    "not_in": _none_of,
    "lt": _comparison("<"),
    "lte": _comparison("<="),
    "gt": _comparison(">"),
    "gte": _comparison(">="),
    "between": _between,
    "contains": _contains,
    "starts_with": _starts_with,
    "is_null": _is_null,
    "within_last": _within_last,
    "older_than": _older_than,
}
