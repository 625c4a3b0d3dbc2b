"""A connection that lets statements without an answer wait for the next one with an answer, and sends them together.

Each statement costs a round trip, and what is around it in the driver, if it is waited for. In a transaction most
need not be: locks, inserts, the journal, BEGIN and COMMIT themselves. PostgreSQL runs them one after the other all the
same, each with a snapshot of its own; what fails keeps everything behind it from running.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator, Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from crm_common.telemetry import count_statement
from crm_common.waiting import GiveWay, giving_way, way_of_process

_execute = psycopg.generators.execute
_OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_BEGIN, _COMMIT = b"BEGIN", b"COMMIT"
# How many of the statements that callers' wishes make are kept prepared on one connection.
_KEPT = 100
# feature_not_supported: the cached plan must not change its result type; invalid_sql_statement_name
_OUTDATED = (b"0A000", b"26000")


class Answer:
    """What a statement will have answered as soon as somebody wants to know."""

    __slots__ = ("_line", "name", "result", "text", "values")

    def __init__(self, line: Line, text: bytes, values: Sequence[Any] | None, name: bytes | None = None) -> None:
        self._line = line
        self.text = text
        self.values = values
        self.name = name
        self.result: PGresult | None = None

    def rows(self, make: Any = tuple) -> list[Any]:
        """The rows, each through ``make``; waits for what was asked before as well, and raises what failed there."""
        if self.result is None:
            self._line.send()
        assert self.result is not None
        return self._line.rows_of(self.result, make)

    def names(self) -> list[str]:
        """The names of the columns, after :meth:`rows`."""
        assert self.result is not None
        return [(self.result.fname(number) or b"").decode() for number in range(self.result.nfields)]


class Line(psycopg.Connection[tuple[Any, ...]]):
    """psycopg's connection, in autocommit, with `ask` beside its own way; all that was asked goes before a cursor's.

    Errors are psycopg's. One that occurs comes out where an answer is waited for: at the latest from `commit`.
    """

    ear: Any = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._beginning = False
        self._waiting: list[Answer] = []
        self._names: dict[bytes, bytes] = {}
        self._reads: OrderedDict[bytes, bytes] = OrderedDict()
        self._numbers = count(1)
        self._transformer = Transformer(self)

    def begin(self) -> None:
        """Begin a transaction with the first statement."""
        self._beginning = True

    def ask(self, text: bytes, values: Sequence[Any]) -> Answer:
        """Send the statement (with ``$1`` placeholders) with the next that is waited for; its parameters as text.

        It is prepared once and kept: only statements of which there are few may be asked.
        """
        count_statement()
        texts = self._transformer.dump_sequence(values, [PyFormat.TEXT] * len(values)) if values else ()
        answer = Answer(self, text, texts)
        self._waiting.append(answer)
        return answer

    def send(self) -> None:
        """Send what waits, and wait for its answers."""
        sent, self._waiting = self._waiting, []
        if self._beginning:
            self._beginning = False
            sent.insert(0, Answer(self, _BEGIN, None))
        if not sent:
            return
        with self.lock:
            pgconn = self.pgconn
            pgconn.enter_pipeline_mode()
            prepared = [self._send(each) for each in sent]
            pgconn.pipeline_sync()
            results, whole = self._waited(_exchange(pgconn))
            if whole:
                pgconn.exit_pipeline_mode()
        self._learn(sent, prepared, results)

    def commit(self) -> None:
        """Commit, together with what waits. Nothing happens where nothing was begun."""
        if self._waiting:
            self._ask_to_commit()
            self.send()
            return
        self._beginning = False
        if self.pgconn.transaction_status == pq.TransactionStatus.INERROR:
            # PostgreSQL answers the COMMIT of what has failed by undoing it, without an error
            raise pg.InFailedSqlTransaction("the transaction had failed before it was to be committed")
        if self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            super().commit()

    def commit_and_read(self, text: bytes, values: Sequence[str | None]) -> PGresult | None:
        """Commit, and `read` in the same round trip; what keeps it from being committed is raised.

        None where the statement has to be read by itself, after the commit: it was not prepared yet, or it failed.
        """
        name = self._reads.get(text)
        if name is None or not self._waiting:
            self.commit()
            return None
        self._reads.move_to_end(text)
        committed, answer = self._ask_to_commit(), Answer(self, text, _encoded(values), name)
        self._waiting.append(answer)
        try:
            self.send()
        except psycopg.Error:
            if committed.result is None:
                raise
        return answer.result

    def _ask_to_commit(self) -> Answer:
        committed = Answer(self, _COMMIT, None)
        self._waiting.append(committed)
        return committed

    def rollback(self) -> None:
        """Undo what was sent, forget what waits."""
        self._beginning = False
        self._waiting.clear()
        if self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            with self.lock:
                # not psycopg's own way: it forgets all prepared statements with every transaction undone
                self._waited(self._exec_command(b"ROLLBACK"))

    def read(self, text: bytes, values: Sequence[str | None]) -> PGresult:
        """Run a statement by itself, at once; its parameters as text. It is prepared and kept, with the last others.

        On an event loop it gives way to others, see `crm_common.waiting`.
        """
        name = self._reads.get(text)
        if name is None:
            name = self._prepare(text)
        else:
            self._reads.move_to_end(text)
        self.pgconn.send_query_prepared(name, _encoded(values) or None)
        return self._result()

    def _prepare(self, text: bytes) -> bytes:
        while len(self._reads) >= _KEPT:
            _, oldest = self._reads.popitem(last=False)
            self.pgconn.send_query_params(b"DEALLOCATE " + oldest, None)
            self._result()
        name = f"crm_{next(self._numbers)}".encode()
        self.pgconn.send_prepare(name, text)
        self._result()
        self._reads[text] = name
        return name

    def _result(self) -> PGresult:
        """The result of what was just sent."""
        results = self._waited(_execute(self.pgconn))
        return self._good(results[-1] if results else None)

    def _waited(self, running: Any) -> Any:
        """What one of psycopg's generators returns, waiting as this call or this process does."""
        give_way = giving_way.get() or (way_of_process[0] if way_of_process else None)
        return self.wait(running) if give_way is None else _driven(running, self, give_way)

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        """psycopg's; on an event loop it gives way to others."""
        give_way = giving_way.get()
        if give_way is None:
            return super().wait(gen, *arguments, **options)
        return _driven(gen, self, give_way)

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        """psycopg's; what was asked before is done before it."""
        if self._waiting or self._beginning:
            self.send()
        return super().cursor(*arguments, **options)

    def rows_of(self, result: PGresult, make: Any) -> list[Any]:
        """A result's rows as Python values."""
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, make)

    def _send(self, answer: Answer) -> bytes | None:
        """Write one statement; its name where it is prepared only now."""
        pgconn = self.pgconn
        if answer.values is None:
            pgconn.send_query_params(answer.text, None)
            return None
        known = answer.name or self._names.get(answer.text)
        name = known or f"crm_{next(self._numbers)}".encode()
        if known is None:
            pgconn.send_prepare(name, answer.text)
        pgconn.send_query_prepared(name, answer.values or None)
        return None if known else name

    def _learn(self, sent: list[Answer], prepared: list[bytes | None], results: list[PGresult]) -> None:
        """Give out the results; raise the first that is an error."""
        coming = iter(results)
        for answer, name in zip(sent, prepared, strict=True):
            if name:
                self._good(next(coming, None))
                self._names[answer.text] = name
            answer.result = self._good(next(coming, None))

    def _good(self, result: PGresult | None) -> PGresult:
        if result is None:
            raise psycopg.OperationalError("the connection ended before everything was answered")
        if result.status not in _OK:
            if result.error_field(pq.DiagnosticField.SQLSTATE) in _OUTDATED:
                # what was prepared outlived a change of its tables, or is gone: the next attempt prepares it anew
                self._names.clear()
            raise error_from_result(result, encoding=self.info.encoding)
        return result


def _encoded(values: Sequence[str | None]) -> list[bytes | None]:
    return [None if value is None else value.encode() for value in values]


def _driven(running: Any, line: Line, give_way: GiveWay) -> Any:
    """What one of psycopg's generators returns, for which others run while it waits."""
    try:
        wait = next(running)
        while True:
            wait = running.send(give_way(line, wait))
    except StopIteration as done:
        return done.value


def _exchange(pgconn: PGconn) -> Generator[Wait, Ready | int | None, tuple[list[PGresult], bool]]:
    """Write what is sent and read its results, waiting by psycopg's ways; and whether the end of them was reached."""
    results: list[PGresult] = []
    try:
        while pgconn.flush():
            ready = yield Wait.RW
            if ready and ready & Ready.R:
                pgconn.consume_input()
        silent = 0
        # one None stands behind the result of each statement; two mean that nothing more will come
        while silent < 2:
            while pgconn.is_busy():
                ready = yield Wait.R
                if ready:
                    pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                silent += 1
            elif result.status == pq.ExecStatus.PIPELINE_SYNC:
                return results, True
            else:
                silent = 0
                results.append(result)
    except psycopg.OperationalError:
        # the server may have said why before it hung up
        if not any(each.status == pq.ExecStatus.FATAL_ERROR for each in results):
            raise
    return results, False
