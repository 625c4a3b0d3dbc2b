"""Statements built once: SQLAlchemy's expressions say them, nothing of SQLAlchemy runs when they are used.

Building and compiling an expression with every call costs several times what running it does. So a store says its
statements at import, with ``bindparam`` where values come, and uses them by these::

    _LOCK = statement(sa.select(thing.c.id).where(thing.c.id == sa.bindparam("id")).with_for_update())
    _INSERT = insertion(thing)
    _COUNT = written("SELECT count(*) FROM thing WHERE at > %(since)s")

    _LOCK.run(connection, id=thing_id)          # sent with the next that is waited for
    found = _THING.first(connection, id=thing_id)
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as dialect

from crm_common import codec
from crm_common.line import Answer, Line

_PLACEHOLDER = re.compile(r"%(?:%|s|\((?P<name>\w+)\)s)")
_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def numbered(sql: str) -> tuple[bytes, tuple[str, ...] | None]:
    """The statement with PostgreSQL's ``$1`` placeholders for psycopg's, and the names they stand for, if any.

    psycopg does it anew for every call of a long statement; the read path's are long.
    """
    names: dict[str, int] = {}
    counted = count(1)

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found["name"]
        return f"${next(counted) if name is None else names.setdefault(name, len(names) + 1)}"

    statement = _PLACEHOLDER.sub(number, sql).encode()
    return statement, tuple(names) or None


def line_of(connection: sa.Connection) -> Line:
    """The driver's connection behind the one of an open transaction."""
    line: Any = connection.connection.dbapi_connection
    assert isinstance(line, Line)
    return line


class Pending:
    """Rows that were asked for and not waited for yet."""

    __slots__ = ("_answer", "_statement")

    def __init__(self, statement: Statement, answer: Answer) -> None:
        self._statement = statement
        self._answer = answer

    def rows(self) -> list[Any]:
        """The rows, now."""
        return self._statement.read(self._answer)


class Statement:
    """One statement; see `statement`. Values that it names must be given, except those that are said in it."""

    def __init__(self, sql: str, binds: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.text, names = numbered(sql)
        if names is None and b"$1" in self.text:
            raise TypeError("a statement's values have names: %(name)s")
        self._binds = [(name, binds.get(name)) for name in names or ()]
        self._json = {name for name, bind in self._binds if bind is not None and isinstance(bind.type, sa.JSON)}
        self._row: Callable[..., Any] | None = None

    def run(self, connection: sa.Connection, /, **values: Any) -> None:
        """Send it with the next that is waited for, or with the commit. What fails is raised there."""
        line_of(connection).ask(self.text, self._values(values))

    def rows(self, connection: sa.Connection, /, **values: Any) -> list[Any]:
        """Its rows, as named tuples."""
        return self.read(line_of(connection).ask(self.text, self._values(values)))

    def first(self, connection: sa.Connection, /, **values: Any) -> Any:
        """Its first row, or None."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def ask(self, connection: sa.Connection, /, **values: Any) -> Pending:
        """Its rows, to be waited for later: more may be asked before."""
        return Pending(self, line_of(connection).ask(self.text, self._values(values)))

    def read(self, answer: Answer) -> list[Any]:
        """The rows of an answer to this statement."""
        if self._row is None:
            answer.rows()
            made: Any = namedtuple("Row", answer.names(), rename=True)  # type: ignore[misc] # noqa: PYI024
            self._row = made._make
        return answer.rows(self._row)

    def _values(self, given: dict[str, Any]) -> list[Any]:
        values = [given[name] if name in given else _said(name, bind) for name, bind in self._binds]
        if self._json:
            values = [
                codec.encode(value).decode() if name in self._json and value is not None else value
                for (name, _), value in zip(self._binds, values, strict=True)
            ]
        return values


def statement(expression: sa.Executable) -> Statement:
    """A statement of an expression whose values are ``sa.bindparam("name")``."""
    return _compiled(expression)


def written(sql: str) -> Statement:
    """A statement as SQL says it, its values ``%(name)s``.

    PostgreSQL must be able to tell their types from where they stand: ``%(ids)s::uuid[]``, ``%(now)s::timestamptz``.
    """
    return Statement(sql)


def insertion(table: sa.Table) -> Statement:
    """``INSERT`` of one row: its values are all columns of the table, by their names."""
    return _compiled(sa.insert(table), columns=[column.name for column in table.columns])


def update(table: sa.Table, *without: str) -> Statement:
    """``UPDATE`` of the row with this ``id``: its values are all columns but ``without``, by their names."""
    names = [column.name for column in table.columns if column.name not in {"id", *without}]
    values: dict[Any, Any] = {name: sa.bindparam(name, type_=table.c[name].type) for name in names}
    chosen = table.c.id == sa.bindparam("id", type_=table.c.id.type)
    # a bound value of the same name as a column is SQLAlchemy's own: let the text say both
    return _compiled(sa.update(table).where(chosen).values(values))


def _compiled(expression: sa.Executable, *, columns: list[str] | None = None) -> Statement:
    compiled: Any = expression.compile(dialect=_DIALECT, column_keys=columns)  # type: ignore[attr-defined]
    if "[POSTCOMPILE" in compiled.string:
        raise TypeError("a list of values has no fixed number of them: say column == any_(bindparam(…, type))")
    return Statement(compiled.string, compiled.binds)


def _said(name: str, bind: Any) -> Any:
    if bind is None or bind.required:
        raise TypeError(f"the statement needs a value for {name}")
    return bind.effective_value
