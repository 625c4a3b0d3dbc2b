"""What a service says of a list that can be exported, and how the pages of a list become rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.exchange import Bars, Column, Kind
from crm_common.ids import from_global
from crm_common.protocol.declare import Direction, ListQuery, OrderBy, snake
from crm_common.protocol.selection import Selected, dump
from crm_common.protocol.views import ViewShape
from crm_common.reading import Reader

_PAGE = 100
_LOGIC = {"and", "or", "not"}
_BELOW = {"some", "none", "every"}


@dataclass(frozen=True, slots=True)
class Exporter:
    """One list. ``query`` is its declared ListQuery, ``columns`` its columns by field name (``owner_name``, or dotted
    below a field that holds one record: ``department.name``); ``page`` answers a page as the service's method does
    (absent: the reader alone), so that nothing is exported that the list does not show. ``bars``: a workbook shows its
    rows as a bar chart too, by keys of columns that lie side by side (``("employee_name", "day"), "amount"``).
    """

    query: type[ListQuery]
    columns: Callable[[Any, Context], Sequence[Column]]
    page: Callable[[Reader, ListQuery, Context], bytes] | None = None
    bars: tuple[tuple[str, ...], str] | None = None

    def answer(self, reader: Reader, query: ListQuery, context: Context) -> dict[str, Any]:
        """The decoded page."""
        raw = self.page(reader, query, context) if self.page else reader.page(query, context)
        found: dict[str, Any] = codec.decode_json(raw)
        return found


def bars_of(exporter: Exporter, columns: Sequence[Column]) -> Bars | None:
    """The chart of a workbook with these columns; None where one that it needs is left out, or stands elsewhere."""
    keys = [column.key for column in columns]
    if exporter.bars is None or not {*exporter.bars[0], exporter.bars[1]} <= set(keys):
        return None
    places = tuple(keys.index(key) for key in exporter.bars[0])
    return Bars(places, keys.index(exporter.bars[1])) if max(places) - min(places) == len(places) - 1 else None


def chosen(columns: Sequence[Column], wanted: Sequence[str] | None) -> list[Column]:
    """The columns that are asked for, in that order; VALIDATION for one that there is not."""
    known = {column.key: column for column in columns}
    keys = list(known) if wanted is None else [".".join(snake(part) for part in key.split(".")) for key in wanted]
    for key in keys:
        if key not in known:
            raise CommonRules.a_field_is_unknown(field="columns", name=key)
    return [known[key] for key in keys]


def ordered(names: Sequence[str] | None) -> tuple[OrderBy, ...]:
    """The order that ``-createdAt`` and its like name."""
    return tuple(
        OrderBy(snake(name.removeprefix("-")), Direction.DESC if name.startswith("-") else Direction.ASC)
        for name in names or ()
    )


def inside(tree: Any, shape: ViewShape) -> Any:
    """A filter as clients write it (camelCase, global ids) as the reader takes it; what is wrong, the reader says."""
    if not isinstance(tree, Mapping):
        return tree
    found: dict[str, Any] = {}
    for key, value in tree.items():
        name = snake(str(key))
        field = shape.fields.get(name)
        if name in _LOGIC:
            found[name] = [inside(each, shape) for each in value] if isinstance(value, list) else inside(value, shape)
        elif field is not None and field.view is not None:
            below = isinstance(value, Mapping) and set(value) <= _BELOW
            deeper = field.view
            found[name] = {each: inside(value[each], deeper) for each in value} if below else inside(value, deeper)
        elif field is not None and isinstance(value, Mapping):
            identifies = field.type is UUID
            found[name] = {snake(str(each)): _plain(told) if identifies else told for each, told in value.items()}
        else:
            found[name] = value
    return found


def rows_of(
    exporter: Exporter,
    reader: Reader,
    asked: Mapping[str, Any],
    columns: Sequence[Column],
    context: Callable[[], Context],
) -> Iterator[list[list[Any]]]:
    """The rows of the list, page by page; each page is read with the rights of ``context()`` at that moment."""
    reads = [_value_of(column) for column in columns]
    select, after = selection(columns), None
    while True:
        query = exporter.query(
            select=select,
            filter=asked["filter"],
            order_by=ordered(asked["order"]),
            first=_PAGE,
            after=after,
            cursors=True,
        )
        page = exporter.answer(reader, query, context())
        yield [[read(node) for read in reads] for node in page["nodes"]]
        if not page["has_next"]:
            return
        after = page["cursors"][-1]


def selection(columns: Sequence[Column]) -> str:
    """The select text for the columns."""
    below: dict[str, list[Selected]] = {}
    for column in columns:
        first, _, rest = column.key.partition(".")
        below.setdefault(first, []).extend([Selected(rest, rest)] if rest else [])
    return dump(Selected(name, name, {}, tuple(children)) for name, children in below.items())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, str):
        return value
    try:
        return str(from_global(value)[1])
    except ValueError:
        return value


def _value_of(column: Column) -> Callable[[Mapping[str, Any]], Any]:
    path = column.key.split(".")
    labels = {choice.value: choice.zh for choice in column.choices}
    convert = _CONVERT.get(column.kind)

    def read(node: Any) -> Any:
        for name in path:
            node = None if node is None else node[name]
        if node is None:
            return None
        if isinstance(node, list):
            return "、".join(str(labels.get(each, each)) for each in node)
        if labels:
            return labels.get(node, node)
        return convert(node) if convert else node

    return read


_CONVERT: dict[Kind, Callable[[Any], Any]] = {
    Kind.NUMBER: Decimal,
    Kind.INTEGER: int,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
}
