"""The state machine of features §3.1 under random commands: answers, rows and journal are what a small model says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from crm_common.context import Actor
from dealing.firm import MANAGER, POOL_ADMIN, SELLER, Firm, firm
from founded.house import NOW
from infra.postgres import SharedPostgres

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

MOST = 4
SELLERS = ("s1", "s2", "head")


@dataclass
class Known:
    """What the model holds of a customer."""

    holding: str
    owner: str | None = None
    since: datetime | None = None
    anchor: datetime | None = None
    times: int = 0
    held: bool = False


class Holdings(RuleBasedStateMachine):
    """Commands of sellers, a manager over all, a pool administrator and a head; after each, model and rows agree."""

    deal: ClassVar[Firm]
    people: ClassVar[dict[str, Actor]]
    department: ClassVar[str]
    customers = Bundle("customers")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.model: dict[UUID, Known] = {}
        self.orders: dict[UUID, str] = {}

    @initialize(target=customers)
    def begin(self) -> Any:
        self.deal.clock.moment = NOW
        self.deal.settings.values["pool.max_held"] = MOST
        made = self.deal.pooled(6)
        self.model |= {each: Known("POOL", times=1) for each in made}
        return multiple(*made)

    @rule(target=customers, who=st.sampled_from(SELLERS))
    def create(self, who: str) -> UUID:
        [made] = self.deal.owned(self.people[who])
        self.model[made] = Known("OWNED", who, self.now, self.now)
        return made

    @rule(who=st.sampled_from(SELLERS), ids=st.lists(customers, min_size=1, max_size=5, unique=True))
    def claim(self, who: str, ids: list[UUID]) -> None:
        room = MOST - sum(each.owner == who for each in self.model.values())
        told: list[str | None] = []
        for each in ids:
            told.append(self._claimed(self.model[each], who, room))
            if told[-1] is None:
                room -= 1
                self._own(self.model[each], who)
        assert self._codes(who, "claim_customers", ids) == told

    @staticmethod
    def _claimed(known: Known, who: str, room: int) -> str | None:
        if known.holding == "TRASH":
            return "READ_ONLY"
        if known.owner == who:
            return "BAD_STATE"
        if known.holding != "POOL":
            return "CONFLICT" if known.times else "NOT_FOUND"
        return None if room > 0 else "LIMIT_EXCEEDED"

    @rule(who=st.sampled_from((*SELLERS, "manager")), ids=st.lists(customers, min_size=1, max_size=4, unique=True))
    def release(self, who: str, ids: list[UUID]) -> None:
        told = [self._given_away(self.model[each], who) for each in ids]
        told = [code or ("BAD_STATE" if self.model[each].held else None) for each, code in zip(ids, told, strict=True)]
        assert self._codes(who, "release_customers", ids, reason="x") == told
        for each, code in zip(ids, told, strict=True):
            if code is None:
                self._pool(self.model[each])

    @rule(
        who=st.sampled_from((*SELLERS, "manager")),
        to=st.sampled_from(SELLERS),
        ids=st.lists(customers, min_size=1, max_size=4, unique=True),
    )
    def transfer(self, who: str, to: str, ids: list[UUID]) -> None:
        told = [self._given_away(self.model[each], who) for each in ids]
        told = [
            code or ("BAD_STATE" if self.model[each].owner == to else None)
            for each, code in zip(ids, told, strict=True)
        ]
        assert self._codes(who, "transfer_customers", ids, to_id=self.people[to].id) == told
        for each, code in zip(ids, told, strict=True):
            if code is None:
                self._own(self.model[each], to)

    @staticmethod
    def _given_away(known: Known, who: str) -> str | None:
        """Why somebody cannot give a customer away; he sees his own and the pool, the manager all but the trash."""
        if known.holding == "POOL":
            return "READ_ONLY"
        if known.holding == "OWNED":
            return None if who in (known.owner, "manager") else "NOT_FOUND"
        return "READ_ONLY" if known.holding == "DEPT_QUEUE" and who == "manager" else "NOT_FOUND"

    @rule(
        to=st.lists(st.sampled_from(SELLERS), max_size=2, unique=True),
        ids=st.lists(customers, min_size=1, max_size=4, unique=True),
    )
    def assign(self, to: list[str], ids: list[UUID]) -> None:
        receivers: dict[str, Any] = {"to_ids": [self.people[each].id for each in to]}
        told = [self._as_steward(self.model[each], "POOL") for each in ids]
        assert (
            self._codes("steward", "assign_customers", ids, **receivers if to else {"department_id": self.department})
            == told
        )
        passed = [each for each, code in zip(ids, told, strict=True) if code is None]
        for place, each in enumerate(passed):
            if to:
                self._own(self.model[each], to[place % len(to)])
            else:
                self.model[each].holding = "DEPT_QUEUE"

    @rule(to=st.sampled_from(SELLERS), ids=st.lists(customers, min_size=1, max_size=3, unique=True))
    def pass_on(self, to: str, ids: list[UUID]) -> None:
        told: list[str | None] = []
        for each in ids:
            known = self.model[each]
            seen = known.holding == "POOL" or known.owner == "head"
            told.append(None if known.holding == "DEPT_QUEUE" else "BAD_STATE" if seen else "NOT_FOUND")
        assert self._codes("head", "pass_on_customers", ids, to_id=self.people[to].id) == told
        for each, code in zip(ids, told, strict=True):
            if code is None:
                self._own(self.model[each], to)

    @rule(ids=st.lists(customers, min_size=1, max_size=3, unique=True))
    def discard(self, ids: list[UUID]) -> None:
        told = [
            self._as_steward(self.model[each], "POOL") or ("BAD_STATE" if self.model[each].held else None)
            for each in ids
        ]
        assert self._codes("steward", "discard_customers", ids, reason="x") == told
        for each, code in zip(ids, told, strict=True):
            if code is None:
                self.model[each].holding = "TRASH"

    @rule(ids=st.lists(customers, min_size=1, max_size=3, unique=True))
    def restore(self, ids: list[UUID]) -> None:
        told = [self._as_steward(self.model[each], "TRASH") for each in ids]
        assert self._codes("steward", "restore_customers", ids) == told
        for each, code in zip(ids, told, strict=True):
            if code is None:
                self._pool(self.model[each])

    @staticmethod
    def _as_steward(known: Known, wanted: str) -> str | None:
        if known.holding not in ("POOL", "TRASH"):
            return "NOT_FOUND"
        return None if known.holding == wanted else "BAD_STATE"

    @rule(one=customers)
    def hold_or_let_go(self, one: UUID) -> None:
        known = self.model[one]
        about = {"customer_id": one, "reference": self.orders.setdefault(one, f"sales:order/{uuid4()}")}
        if known.held:
            assert self.deal.as_system("release_hold", **about) == {"released": True}
            known.held = False
        elif known.holding == "OWNED":
            assert self.deal.as_system("hold", **about, reason="ORDER_REVIEW") == {"placed": True}
            known.held = True

    @rule(one=customers)
    def record(self, one: UUID) -> None:
        note = {"customer_id": one, "kind": "QUOTE", "at": self.now, "reference": f"sales:quote/{uuid4()}"}
        known = self.model[one]
        moves = known.holding == "OWNED" and known.anchor != self.now
        assert self.deal.as_system("note_sales_record", **note)["counted"] is moves
        if known.holding == "OWNED":
            known.anchor = self.now

    @rule(days=st.sampled_from((1, 30, 60, 89, 90)))
    def time_passes_and_the_job_runs(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.deal.clock.moment = self.now
        gone = [
            known
            for known in self.model.values()
            if known.anchor is not None
            and known.since is not None
            and not known.held
            and min(known.anchor + timedelta(days=90), known.since + timedelta(days=180)) <= self.now
        ]
        assert self.deal.run(self.now).get("taken", 0) == len(gone)
        for known in gone:
            self._pool(known)

    @invariant()
    def rows_are_what_the_model_says(self) -> None:
        names = {actor.id: name for name, actor in self.people.items()}
        rows = self.deal.store.rows(
            "SELECT id, holding, owner_id, owned_since, anchor_at, times_in_pool FROM customer WHERE id = ANY(%s)",
            (list(self.model),),
        )
        found = {row[0]: (row[1], names.get(row[2]), *row[3:]) for row in rows}
        assert found == {
            each: (known.holding, known.owner, known.since, known.anchor, known.times)
            for each, known in self.model.items()
        }

    def teardown(self) -> None:
        try:
            for each in self.model:
                self._journal_tells(each)
        finally:
            with self.deal.store.transaction() as connection:
                connection.exec_driver_sql(
                    "UPDATE customer SET holding = 'ERASED', owner_id = NULL, owned_since = NULL, anchor_at = NULL,"
                    " queue_department_id = NULL, pool_entered_at = NULL"
                )

    def _journal_tells(self, one: UUID) -> None:
        """Each change begins where the one before it ended, and the last one ends in the row (BYD-05)."""
        state: dict[str, Any] = {}
        for _, told in self.deal.events(one):
            for field, (before, after) in told.get("changes", {}).items():
                assert state.get(field, before) == before, field
                state[field] = after
        if state:
            [row] = self.deal.store.rows(
                f"SELECT to_jsonb(r) FROM (SELECT {', '.join(state)} FROM customer WHERE id = %s) r", (one,)
            )
            assert {field: _plain(value) for field, value in row[0].items()} == {
                field: _plain(value) for field, value in state.items()
            }

    def _codes(self, who: str, method: str, ids: list[UUID], **given: Any) -> list[str | None]:
        return self.deal.codes(self.people[who], method, ids, **given)

    def _own(self, known: Known, who: str) -> None:
        known.holding, known.owner, known.since, known.anchor = "OWNED", who, self.now, self.now

    @staticmethod
    def _pool(known: Known) -> None:
        known.holding, known.owner, known.since, known.anchor = "POOL", None, None, None
        known.times += 1


def _plain(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


@pytest.fixture(scope="module")
def company(postgres_server: SharedPostgres) -> Iterator[Firm]:
    with firm(postgres_server) as made:
        yield made


def test_random_commands_leave_what_the_model_says(company: Firm) -> None:
    department = company.house.department("销售")
    Holdings.deal, Holdings.department = company, department["id"]
    Holdings.people = {
        **{name: company.employee(name, department, *SELLER) for name in SELLERS},
        "manager": company.person("manager", *MANAGER, customer="ALL"),
        "steward": company.person("steward", *POOL_ADMIN),
    }
    company.house.head(department, {"id": str(Holdings.people["head"].id)})
    chosen = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        database=None,
        # every step goes through a database: what was found is told as it was found
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(Holdings, settings=chosen)
