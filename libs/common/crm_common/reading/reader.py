"""Answers queries: finds the view, makes or reuses the statement, binds the values, passes the JSON text through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from crm_common.clock import Clock, SystemClock
from crm_common.context import Actor, Context
from crm_common.errors import CommonRules
from crm_common.protocol import declare
from crm_common.protocol.declare import GetQuery, ListQuery, OneQuery, OrderBy
from crm_common.protocol.reading_rules import ReadingRules
from crm_common.protocol.selection import Selection, parse
from crm_common.protocol.views import shape_of
from crm_common.reading import cursors, filters, masks, orders, outside, selections, statements
from crm_common.reading.access import allowed
from crm_common.reading.bindings import Binding
from crm_common.reading.filters import Filter
from crm_common.reading.kinds import text_array
from crm_common.reading.nodes import Viewer
from crm_common.reading.reach import Reaches, Readable, Values
from crm_common.reading.scope import Reach
from crm_common.reading.statements import Asked, Conditions, Statement, Wanted, Window
from crm_common.reading.where import Where
from crm_common.vault import Vault
from crm_common.waiting import thread_needed

SIZE, LARGEST = 20, 100
MOST_IDS = 1_000
STATEMENTS = 2_048
ACTORS = 8_192
VALUES = ("me", "department", "now", "zone", "language")


class _Plan(NamedTuple):
    """A selection, checked against its view, and what of it depends on the viewer."""

    selection: Selection
    needs: selections.Needs
    openings: masks.Openings
    """Where in a record ciphertext can stand."""
    signs: tuple[bytes, ...]
    """One of these is in every answer with ciphertext."""


class _Sight(NamedTuple):
    """What one viewer meets of a plan's needs, in their order: the part of a statement's key that he is."""

    policies: tuple[bool, ...]
    scopes: tuple[str | None, ...]


class _Viewed(NamedTuple):
    """Which selection of which view, as whom: with it a statement about records is known."""

    binding: Binding
    select: str | None
    sight: _Sight


class _Known(NamedTuple):
    """What is read for one actor. He is kept with it, so that no other object takes his identity meanwhile."""

    actor: Actor | None
    plan: _Plan
    statement: Statement


class Reader:
    """Reads the views of one service. Thread-safe; make one per process and keep it: it holds the statements.

    ``count_limit`` is the setting ``api.count_limit``, ``zone`` the setting ``sys.timezone`` (relative filters).
    ``vault`` opens what bindings have `masked`, ``noted`` is told of what they have to be noted before it is answered.
    """

    def __init__(
        self,
        bindings: Iterable[Binding],
        store: Readable,
        *,
        clock: Clock | None = None,
        count_limit: Callable[[], int] = lambda: 100_000,
        zone: Callable[[], str] = lambda: "Asia/Shanghai",
        vault: Vault | None = None,
        noted: masks.Noting | None = None,
    ) -> None:
        self._bindings = {binding.stands_for or binding.shape: binding for binding in bindings}
        self._store = store
        self._clock = clock or SystemClock()
        self._count_limit = count_limit
        self._zone = zone
        self._vault = vault
        self._noted = noted
        _check_children(self._bindings)
        _check_vault(self._bindings, vault)
        self._reaches = Reaches(store)
        self._of_query: dict[type, Binding] = {}
        self._of_actors: dict[tuple[int, Binding, str | None, bool], _Known] = {}
        self._plan = lru_cache(maxsize=STATEMENTS)(self._make_plan)
        self._steps = lru_cache(maxsize=STATEMENTS)(orders.ordered)
        self._page = lru_cache(maxsize=STATEMENTS)(self._make_page)
        self._records = lru_cache(maxsize=STATEMENTS)(self._make_records)

    def binding(self, view: type) -> Binding:
        """How the view is bound here; KeyError when it is not."""
        return self._bindings[shape_of(view)]

    def kept_filter(self, view: type, value: Any) -> filters.Tree:
        """The ``filter`` of a list query for one that was kept as its user wrote it: see `outside.read`."""
        return outside.read(shape_of(view), value, self._bindings)

    def page(self, query: ListQuery, context: Context, *, where: Where | None = None) -> bytes:
        """The page a list query asks for, as the JSON text described at `ListQuery`; ``where`` is the service's part.

        Forward by ``first``/``after`` (20 records when nothing is said, 100 at most: ``a_page_is_too_large``), backward
        by ``last``/``before``. ``cursors`` and ``total`` are null unless asked for; ``total`` is exact to
        ``api.count_limit``, beyond it null; ``total_at_least`` is then the limit, else the total. Nulls come last in
        both directions. Without ``select`` every plain value of the view is answered. Whatever is wrong with the query
        is VALIDATION (or LIMIT_EXCEEDED) with the field's path (``filter.and.0.name.eq``).
        """
        binding = self._binding_of(type(query))
        binding.shape.policy.check(context)
        plan = self._plan(binding, query.select)
        steps = self._steps(binding, query.order_by)
        orders.permitted(steps, context)
        filtered = Filter(query.filter, binding.shape, context, self._bindings, self._vault)
        viewed = _Viewed(binding, query.select, _sight(plan.needs, context.actor))
        values = self._values(context)
        conditions = self._conditions(binding, filtered, where, (context.actor, values))
        window, ends = _window(query, steps, (binding.shape.name, where))
        values |= {**filtered.values, **ends, **(where.bound() if where else {})}
        wanted = Wanted(query.cursors, self._count_limit() if query.total else None)
        answer = self._read(self._page(viewed, query.order_by, conditions, window, wanted), values)
        return self._opened(answer, plan, context, page=True)

    def get(self, query: GetQuery, context: Context) -> bytes:
        """The records of ``query.ids`` as a JSON list aligned with them, null where there is nothing to see."""
        binding = self._binding_of(type(query))
        binding.shape.policy.check(context)
        return self._by_ids(binding, query.ids, query.select, context)

    def one(self, query: OneQuery, record: UUID | None, context: Context) -> bytes:
        """The record, or ``null``, as JSON text."""
        binding = self._binding_of(type(query))
        binding.shape.policy.check(context)
        return self._single(binding, record, query.select, context) if record else b"null"

    def by_ids(self, view: type, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        """As `get`, for a view class: what commands answer. A viewer without the view's policy gets nulls."""
        binding = self._bindings[shape_of(view)]
        if not allowed(binding.shape.policy, context.actor):
            return b"[" + b",".join([b"null"] * len(ids)) + b"]"
        return self._by_ids(binding, ids, select, context)

    def _by_ids(self, binding: Binding, ids: Sequence[UUID], select: str | None, context: Context) -> bytes:
        if len(ids) == 1:
            return b"[" + self._single(binding, ids[0], select, context) + b"]"
        if len(ids) > MOST_IDS:
            raise CommonRules.a_page_is_too_large(field="ids", limit=MOST_IDS)
        known = self._known(binding, select, context.actor, many=True)
        values = {**self._values(context, known.statement.names), "ids": text_array([str(each) for each in ids])}
        return self._opened(self._read(known.statement, values), known.plan, context)

    def _single(self, binding: Binding, record: UUID, select: str | None, context: Context) -> bytes:
        known = self._known(binding, select, context.actor, many=False)
        values = self._values(context, known.statement.names)
        values["id"] = str(record)
        return self._opened(self._read(known.statement, values), known.plan, context)

    def _known(self, binding: Binding, select: str | None, actor: Actor | None, *, many: bool) -> _Known:
        """Plan and statement of records for one actor, found by the actor as long as he is the same object."""
        key = (id(actor), binding, select, many)
        known = self._of_actors.get(key)
        if known is None or known.actor is not actor:
            plan = self._plan(binding, select)
            statement = self._records(_Viewed(binding, select, _sight(plan.needs, actor)), many=many)
            if len(self._of_actors) >= ACTORS:
                self._of_actors.clear()
            known = self._of_actors[key] = _Known(actor, plan, statement)
        return known

    def _read(self, statement: Statement, values: Values) -> bytes:
        return self._store.read(statement.sql, values) or b"null"

    def _opened(self, answer: bytes, plan: _Plan, context: Context, *, page: bool = False) -> bytes:
        # without such fields, and where only masks are seen, the text passes through untouched
        if not any(sign in answer for sign in plan.signs):
            return answer
        places: masks.Openings = {"nodes": plan.openings} if page else plan.openings
        seen: list[masks.Seen] = []
        answer = masks.opened(answer, places, self._vault, seen)
        if seen and self._noted is not None:
            # noting writes; who sees nothing that is noted is answered on the loop all the same
            thread_needed(for_now=True)
            self._noted(context, seen)
        return answer

    def _values(self, context: Context, names: Collection[str] = VALUES) -> Values:
        actor, values = context.actor, Values()
        if "me" in names:
            values["me"] = str(actor.id) if actor else None
        if "department" in names:
            values["department"] = str(actor.department_id) if actor and actor.department_id else None
        if "now" in names:
            values["now"] = self._clock.now().isoformat()
        if "zone" in names:
            values["zone"] = self._zone()
        if "language" in names:
            values["language"] = "zh" if context.language.startswith("zh") else "en"
        return values

    def _conditions(
        self, binding: Binding, filtered: Filter, where: Where | None, viewer: tuple[Actor | None, Values]
    ) -> Conditions:
        sql = where.sql if where else ""
        if where and where.selective:
            return Conditions(filtered.sql, sql, Reach.PROBE, Reach.PROBE)
        seen = self._reaches.of(binding, *viewer)
        # a filter may leave so little that all must be gone through for a page; counting always does
        listing = seen.filtering if filtered.sql or sql else seen.listing
        return Conditions(filtered.sql, sql, listing, seen.filtering)

    def _binding_of(self, query: type) -> Binding:
        found = self._of_query.get(query)
        if found is None:
            found = self._of_query[query] = self._bindings[shape_of(_operation(query).returns)]
        return found

    def _make_plan(self, binding: Binding, select: str | None) -> _Plan:
        selection = selections.everything(binding.shape) if select is None else parse(select)
        needs = selections.check(selection, binding, self._bindings)
        openings = masks.openings(selection, binding, self._bindings)
        return _Plan(selection, needs, openings, masks.signs(openings))

    def _make_page(
        self, viewed: _Viewed, order: tuple[OrderBy, ...], conditions: Conditions, window: Window, wanted: Wanted
    ) -> Statement:
        return statements.page(self._asked(viewed), self._steps(viewed.binding, order), conditions, window, wanted)

    def _make_records(self, viewed: _Viewed, *, many: bool) -> Statement:
        return statements.records(self._asked(viewed)) if many else statements.record(self._asked(viewed))

    def _asked(self, viewed: _Viewed) -> Asked:
        plan = self._plan(viewed.binding, viewed.select)
        return Asked(self._bindings, viewed.binding, plan.selection, _viewer(plan.needs, viewed.sight))


def _operation(query: type) -> declare.Operation:
    for service in declare.services().values():
        for operation in service.queries.values():
            if operation.cls is query:
                return operation
    raise TypeError(f"{query.__name__} is not a declared query")


def _check_children(bindings: selections.Bindings) -> None:
    for shape, binding in bindings.items():
        for name in binding.children:
            view = shape.fields[name].view
            if view not in bindings:
                raise TypeError(f"{shape.name}.{name} shows {view}, which is bound to nothing here")


def _check_vault(bindings: selections.Bindings, vault: Vault | None) -> None:
    for shape, binding in bindings.items():
        masked = [name for name, bound in binding.fields.items() if bound.masked is not None]
        if masked and vault is None:
            raise TypeError(f"{shape.name}.{masked[0]} is masked, but there is no vault to open it")


def _window(query: ListQuery, steps: orders.Steps, made_for: tuple[str, Where | None]) -> tuple[Window, dict[str, str]]:
    """The part of the list that is asked for, and the values of its cursors."""
    size, backward = _size(query)
    if query.after is None and query.before is None and not query.cursors:
        return Window(size, backward, None, None), {}
    view, where = made_for
    order = tuple((step.field, step.direction) for step in query.order_by)
    mark = cursors.fingerprint(view, query.filter, order, (where.sql, where.bound()) if where else None)
    after = cursors.read(query.after, mark, steps, "after") if query.after is not None else None
    before = cursors.read(query.before, mark, steps, "before") if query.before is not None else None
    window = Window(size, backward, after.nulls if after else None, before.nulls if before else None)
    return window, {
        "mark": mark,
        **(after.values("after") if after else {}),
        **(before.values("before") if before else {}),
    }


def _size(query: ListQuery) -> tuple[int, bool]:
    if query.first is not None and query.last is not None:
        raise ReadingRules.a_page_is_read_in_one_direction(field="last")
    # without a number the cursor tells the direction
    backward = query.last is not None or (query.first is None and query.before is not None and query.after is None)
    size = query.last if query.last is not None else query.first if query.first is not None else SIZE
    field = "last" if backward else "first"
    if size < 0:
        raise CommonRules.a_value_has_the_wrong_shape(field=field, problem="not negative")
    if size > LARGEST:
        raise CommonRules.a_page_is_too_large(field=field, limit=LARGEST)
    return size, backward


def _sight(needs: selections.Needs, actor: Actor | None) -> _Sight:
    return _Sight(
        tuple([allowed(policy, actor) for policy in needs.policies]),
        tuple([scope.kind(actor) for scope in needs.scopes]),
    )


def _viewer(needs: selections.Needs, sight: _Sight) -> Viewer:
    denied = (policy for policy, met in zip(needs.policies, sight.policies, strict=True) if not met)
    return Viewer(frozenset(denied), dict(zip(needs.scopes, sight.scopes, strict=True)))
