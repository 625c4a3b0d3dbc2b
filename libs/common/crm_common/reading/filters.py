"""Filters: the caller's tree of conditions becomes one SQL condition, its values bound, everything else refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from crm_common.context import Context
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.policy import Policy
from crm_common.protocol.reading_rules import ReadingRules
from crm_common.protocol.views import Cardinality, FieldShape, ViewShape
from crm_common.reading.access import allowed, refused
from crm_common.reading.bindings import Bound, Terms, Through, column_of
from crm_common.reading.kinds import MASKED, Kind, clean_text, kind_of, text_array
from crm_common.reading.masks import Masked
from crm_common.reading.nodes import existing, found_below, placed, source_of
from crm_common.reading.operators import OPERATORS
from crm_common.reading.scope import Reach
from crm_common.reading.selections import Bindings
from crm_common.vault import Vault

MAX_LEAVES = 100
MAX_DEPTH = 8
MAX_VALUES = 1_000

Tree = dict[str, Any]
"""``{field: {operator: value}}``, ``{"and": [tree, …]}``, ``{"or": [tree, …]}``, ``{"not": tree}``; below a field that
holds a record a tree, below one that holds records ``{"some": tree}``, ``{"none": tree}``, ``{"every": tree}``."""


def validate(shape: ViewShape, tree: Any, bindings: Bindings | None = None) -> None:
    """Return, or refuse what is no filter of the view: VALIDATION (or LIMIT_EXCEEDED) with the path of the first fault.

    Says nothing of who may use it: a kept filter is asked for his rights whenever it is used. Custom fields are known
    with the ``bindings`` of the day only: see `Reader.kept_filter`.
    """
    _Check(tree, shape, bindings)


def dump(tree: Tree) -> str:
    """The filter as canonical JSON: equal filters give equal texts."""
    return _canonical.encode(tree).decode()


def load(shape: ViewShape, text: str) -> Tree:
    """The filter of a text that was kept; VALIDATION when it is not (or not any more) one of this view."""
    try:
        tree: Tree = msgspec.json.decode(text)
    except msgspec.DecodeError as broken:
        raise _wrong("filter", str(broken)) from broken
    validate(shape, tree)
    return tree


# what is asked of the row itself also where its value is looked up elsewhere; what is there the contrary of what
_OF_THE_ROW = frozenset({"is_null", "is_empty"})
_POSITIVE = {"ne": "eq", "not_in": "in"}
_canonical = msgspec.json.Encoder(order="deterministic")


class _At(NamedTuple):
    """Where in the tree: of which view, at what depth."""

    shape: ViewShape
    depth: int

    def deeper(self, shape: ViewShape | None = None) -> _At:
        return _At(shape or self.shape, self.depth + 1)


class Filter:
    """A compiled filter: ``sql`` with ``{t}`` and ``{f0}`` …, ``values`` for those names. Empty text: no filter.

    Conditions are two-valued: one on a missing value is false, and ``not`` (as ``ne``, ``not_in``) is true for what is
    not true; so ``{"name": {"ne": "x"}}`` finds rows without a name too. Texts compare by code point, upper and lower
    case apart. Several operators on one field, and several fields beside each other, must all hold. Conditions on
    records below a row are asked of those that the viewer may see: ``every`` holds where there is none.
    """

    __slots__ = ("_aliases", "_bindings", "_context", "_leaves", "_vault", "sql", "values")

    def __init__(
        self,
        tree: Tree | None,
        shape: ViewShape,
        context: Context,
        bindings: Bindings,
        vault: Vault | None = None,
    ) -> None:
        self._context = context
        self._bindings = bindings
        self._vault = vault
        self._begin()
        self.sql = self._all_of(tree, "filter", _At(shape, 1)) if tree else ""

    def _begin(self) -> None:
        self._leaves = self._aliases = 0
        self.values: dict[str, str] = {}

    def _all_of(self, tree: Any, path: str, at: _At) -> str:
        if not isinstance(tree, dict):
            raise _wrong(path, "an object of conditions")
        if at.depth > MAX_DEPTH:
            raise too_large(path)
        parts = [self._part(name, part, f"{path}.{name}", at) for name, part in tree.items()]
        return _joined(" AND ", parts, "true")

    def _part(self, name: str, part: Any, path: str, at: _At) -> str:
        if name in ("and", "or"):
            if not isinstance(part, list | tuple):
                raise _wrong(path, "a list of filters")
            parts = [self._all_of(each, f"{path}.{index}", at.deeper()) for index, each in enumerate(part)]
            return _joined(f" {name.upper()} ", parts, "true" if name == "and" else "false")
        if name == "not":
            return f"({self._all_of(part, path, at.deeper())}) IS NOT TRUE"
        return self._field(name, part, path, at)

    def _field(self, name: str, conditions: Any, path: str, at: _At) -> str:
        field = self._fields(at.shape).get(name)
        if field is None or not field.filterable:
            raise CommonRules.a_field_is_unknown(field=path, name=name)
        for policy in (field.policy, field.view.policy if field.view else None):
            if policy is not None and not self._may(policy):
                raise refused(policy, path)
        if not isinstance(conditions, dict):
            raise _wrong(path, "an object of operators")
        if field.view is not None:
            return self._records(field, field.view, conditions, path, at)
        bound = self._bound(at.shape, field)
        leaves = [self._leaf(bound, operator, value, f"{path}.{operator}") for operator, value in conditions.items()]
        return _joined(" AND ", leaves, "true")

    def _records(self, field: FieldShape, view: ViewShape, conditions: Tree, path: str, at: _At) -> str:
        if field.cardinality is Cardinality.ONE:
            self._count(path)
            return self._below(field, self._all_of(conditions, path, at.deeper(view)), at)
        parts = []
        for word, tree in conditions.items():
            where = f"{path}.{word}"
            self._count(where)
            if word not in ("some", "none", "every"):
                raise _not_fitting(where, word, "every, none, some")
            inner = self._all_of(tree, where, at.deeper(view))
            inner = f"({inner}) IS NOT TRUE" if word == "every" else inner
            parts.append(f"{'' if word == 'some' else 'NOT '}{self._below(field, inner, at)}")
        return _joined(" AND ", parts, "true")

    def _below(self, field: FieldShape, inner: str, at: _At) -> str:
        """That there is a record below for which ``inner`` holds, which has its row as ``{t}``."""
        assert field.view is not None
        binding, child = self._bindings[at.shape], self._bindings[field.view]
        way = binding.children[field.name]
        if way.same_row:
            return f"(({way.condition}) AND {inner})"
        self._aliases += 1
        alias = f"f{self._aliases}r"
        conditions = found_below(binding, child, field.name, {"t": "{t}", "c": alias, "l": f"{alias}l"})
        kind = child.scope.kind(self._context.actor) if child.scope else None
        conditions += existing(child, kind, alias, Reach.PROBE)
        conditions.append(f"({placed(inner, t=alias)})")
        return f"EXISTS (SELECT FROM {source_of(child, way, alias, f'{alias}l')} WHERE {' AND '.join(conditions)})"

    def _may(self, policy: Policy) -> bool:
        return allowed(policy, self._context.actor)

    def _fields(self, shape: ViewShape) -> Mapping[str, FieldShape]:
        return fields_of(shape, self._bindings)

    def _bound(self, shape: ViewShape, field: FieldShape) -> Bound:
        return self._bindings[shape].fields[field.name]

    def _leaf(self, bound: Bound, operator: str, value: Any, path: str) -> str:
        self._count(path)
        if operator not in bound.kind.operators and bound.kind is MASKED:
            raise ReadingRules.a_masked_field_is_found_by_its_whole_value(field=path, operator=operator)
        if operator not in bound.kind.operators:
            raise _not_fitting(path, operator, ", ".join(sorted(bound.kind.operators)))
        try:
            if bound.masked is not None:
                return self._by_fingerprint(bound.masked, operator, value, path)
            if bound.through is not None and operator not in _OF_THE_ROW:
                return self._elsewhere(bound.through, operator, value, path)
            found = OPERATORS[operator](self, bound, value, path)
            return self._by_terms(bound.terms, value, found) if operator == "contains" and bound.terms else found
        except ValueError as wrong:
            raise CommonRules.a_value_has_the_wrong_shape(field=path, problem=str(wrong)) from wrong

    def _elsewhere(self, through: Through, operator: str, value: Any, path: str) -> str:
        positive = _POSITIVE.get(operator, operator)
        found = f"{through.before}{OPERATORS[positive](self, through.bound, value, path)}{through.after}"
        return found if positive == operator else f"({found}) IS NOT TRUE"

    def _by_terms(self, terms: Terms, part: str, found: str) -> str:
        sought = [clean_text(each) for each in terms.sought(part)]
        if not sought:
            return found
        return f"({column_of(terms.column)} @> {self.hold_text(text_array(sought), 'text[]')} AND {found})"

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
            raise too_large(path)
        return values

    def hold_text(self, text: str, cast: str) -> str:
        """Bind what is already a text."""
        return f"{self._keep(text)}::{cast}"

    def _keep(self, text: str) -> str:
        name = f"f{len(self.values)}"
        self.values[name] = text
        return f"{{{name}}}"

    def _count(self, path: str) -> None:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise too_large(path)


def fields_of(shape: ViewShape, bindings: Bindings | None) -> Mapping[str, FieldShape]:
    """The fields of a view: those of its binding where that is known, as custom fields are not in the declaration."""
    return bindings[shape].shape.fields if bindings else shape.fields


class _Check(Filter):
    """A filter against the view alone: nobody asks, nothing is bound to SQL."""

    __slots__ = ("_known",)

    def __init__(self, tree: Any, shape: ViewShape, known: Bindings | None) -> None:
        self._known = known
        self._begin()
        self._all_of(tree, "filter", _At(shape, 1))

    def _may(self, _policy: Policy) -> bool:
        return True

    def _fields(self, shape: ViewShape) -> Mapping[str, FieldShape]:
        return fields_of(shape, self._known)

    def _below(self, _field: FieldShape, inner: str, _at: _At) -> str:
        return inner

    def _bound(self, shape: ViewShape, field: FieldShape) -> Bound:
        kind = MASKED if field.masked else kind_of(field.type, None)
        return Bound("", self._known[shape].fields[field.name].kind if self._known else kind, field.nullable)


def _joined(word: str, parts: list[str], empty: str) -> str:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def _wrong(path: str, wanted: str) -> CrmError:
    return CommonRules.a_value_has_the_wrong_shape(field=path, problem=wanted)


def too_large(path: str) -> CrmError:
    """The refusal of a filter that exceeds its bounds at ``path``."""
    return ReadingRules.a_filter_is_too_large(field=path, leaves=MAX_LEAVES, depth=MAX_DEPTH, values=MAX_VALUES)


def _not_fitting(path: str, operator: str, known: str) -> CrmError:
    return ReadingRules.the_operator_does_not_fit(field=path, operator=operator, known=known)
