"""Submitting an order in one call (SAL-17, 18): neighbours are asked first, then one transaction submits it.

Before the customer is held and the vouchers are locked, a row says that this is about to happen; whatever dies between,
a job finds the row of a submission that does not wait for review, and lets go of what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import UNSET

from crm_common.changes import Change, changing
from crm_common.context import Context
from crm_common.days import day_of
from crm_common.editing import chosen, expect_version
from crm_common.errors import CommonRules, CrmError
from crm_common.jobs import JobRun
from crm_common.money import HOME_CURRENCY
from crm_common.protocol.customer.reclaim import SalesRecord
from crm_common.protocol.sales.orders_commands import SubmitOrder
from crm_common.protocol.sales.orders_events import OrderSubmitted
from crm_common.protocol.sales.orders_rules import OrderRules
from crm_common.runtime.host import ServiceHost
from sales.adapters.asked import Asked
from sales.adapters.customers import Customers
from sales.adapters.papers import Papers
from sales.domain import order as domain
from sales.domain.order import Order, OrderLine, Voucher
from sales.domain.order_parts import paid, priced
from sales.domain.order_told import recorded
from sales.store import order_holds, orders, products
from sales.store.order_holds import Held
from sales.usecases.orders import begun, first_told, keep, own

PATIENCE = timedelta(minutes=5)
"""How long a submission may be under way before what it holds counts as left behind."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An order as it is to be submitted, after all neighbours have agreed."""

    id: UUID
    order_id: UUID
    customer_id: UUID
    contract_id: UUID
    lines: tuple[OrderLine, ...]
    vouchers: tuple[Voucher, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Prepares submissions for one caller."""

    host: ServiceHost
    context: Context

    def order_id(self, command: SubmitOrder) -> UUID:
        """The order's id; of a new one it follows from the key, so that a repeated call means the same order."""
        if command.id is not None or command.idempotency_key is None:
            return command.id or self.host.ids()
        return uuid5(NAMESPACE_URL, f"{self.context.authenticated().id}/{command.idempotency_key}")

    def prepare(self, order_id: UUID, command: SubmitOrder) -> Submission:
        """Ask everybody; ``VALIDATION`` names every part that lacks before anybody is asked for anything."""
        present = self._present(order_id, command)
        has = present or Order(id=order_id, number="", customer_id=order_id, owner_id=order_id)
        domain.expect_complete(
            lines=bool(chosen(command.lines, has.lines)),
            contract=bool(command.contract or chosen(command.contract_id, has.contract_id)),
            vouchers=bool(chosen(command.vouchers, has.vouchers)),
        )
        customer_id = present.customer_id if present else _named(command)
        Customers(self.host.client, self.context).expect_own(customer_id)
        lines, vouchers = self._lines(command, has), self._vouchers(command, has)
        amount = sum((each.amount for each in lines), start=lines[0].amount * 0)
        contract_id = self._contract(command, has, customer_id, amount)
        made = Submission(self.host.ids(), order_id, customer_id, contract_id, lines, vouchers)
        self._hold(made)
        return made

    def _present(self, order_id: UUID, command: SubmitOrder) -> Order | None:
        if command.contract is not None and command.contract_id is not UNSET:
            raise OrderRules.a_contract_is_given_once(field="contract")
        if command.id is None:
            return None
        with self.host.store.transaction() as connection:
            found = orders.seen(connection, order_id)
        if found is None or found.owner_id != self.context.authenticated().id:
            # whether he may know of it is said under the lock
            raise CommonRules.the_record_was_not_found(field="id")
        domain.expect_open(found)
        expect_version(found.version, command.version or 0)
        return found

    def _lines(self, command: SubmitOrder, has: Order) -> tuple[OrderLine, ...]:
        if command.lines is UNSET:
            return has.lines
        with self.host.store.transaction() as connection:
            found = products.shared(connection, [each.product_id for each in command.lines])
        return priced(command.lines, found, has.currency, self.host.ids)

    def _vouchers(self, command: SubmitOrder, has: Order) -> tuple[Voucher, ...]:
        if command.vouchers is UNSET:
            return has.vouchers
        pictures = Papers(self.host.client, self.context).pictures([each.document_id for each in command.vouchers])
        today = day_of(self.host.settings, self.host.clock.now())
        return paid(command.vouchers, pictures, currency=has.currency, today=today, new_id=self.host.ids)

    def _contract(self, command: SubmitOrder, has: Order, customer_id: UUID, amount: Any) -> UUID:
        papers = Papers(self.host.client, self.context)
        if command.contract is not None:
            key = f"{command.idempotency_key or f'{has.id}/{has.version}'}/contract"
            return papers.register(command.contract, customer_id, amount=amount, currency=has.currency, key=key)
        contract_id = chosen(command.contract_id, has.contract_id)
        assert contract_id is not None  # expect_complete
        return papers.expect_signed(contract_id, customer_id)

    def _hold(self, made: Submission) -> None:
        with changing(self.host, self.context) as change:
            order_holds.note(change.connection, Held(made.id, made.order_id, made.customer_id), change.now)
        Customers(self.host.client, self.context).hold(made.customer_id, made.id)
        papers = Papers(self.host.client, self.context)
        papers.keep(made.order_id, made.id, [each.document_id for each in made.vouchers])

    def let_go(self, order_id: UUID) -> None:
        """What the order no longer needs of neighbours; what does not work now, the job does later."""
        with suppress(CrmError):
            _let_go(self.host, self.context, order_holds.of_order(self.host.store, order_id))


def submit_order(prepared: Asked[Submission], change: Change, command: SubmitOrder) -> dict[str, Any]:
    """DRAFT or REJECTED → PENDING_REVIEW, or a new order that waits at once."""
    made = prepared.get()
    if command.id is None:
        before = begun(change, made.customer_id, currency=HOME_CURRENCY, order_id=made.order_id)
    else:
        before = own(change, made.order_id)
        domain.expect_open(before)
        expect_version(before.version, command.version or 0)
    due_on = chosen(command.due_on, before.due_on)
    filled = replace(before, contract_id=made.contract_id, vouchers=made.vouchers, due_on=due_on)
    me = change.context.authenticated().id
    if command.id is None:
        written = domain.with_lines(filled, made.lines)
        orders.insert(change.connection, written, change.now)
        change.record(first_told(change, written))
        before = filled = written
    after = domain.submitted(domain.with_lines(filled, made.lines), submission_id=made.id, by=me, now=change.now)
    keep(change, before, after)
    more = {"contract_id": made.contract_id, "submitted_by": me}
    change.record(recorded(OrderSubmitted, before, after, record=SalesRecord.ORDER, at=change.now, by=me, **more))
    return {"order": after.id}


def tidy_holds(run: JobRun, host: ServiceHost) -> None:
    """Let go of what was left behind, and hold again the customers of orders whose approval was undone."""
    left = order_holds.left_behind(host.store, host.clock.now() - PATIENCE)
    _let_go(host, run.context, left)
    unheld = order_holds.unheld(host.store)
    for each in unheld:
        with run.change() as change:
            order_holds.note(change.connection, each, change.now)
        Customers(host.client, run.context).hold(each.customer_id, each.submission_id)
    run.report |= {"released": len(left), "held": len(unheld)}


def _let_go(host: ServiceHost, context: Context, held: Iterable[Held]) -> None:
    for each in held:
        Customers(host.client, context).release(each.customer_id, each.submission_id)
        if each.vouchers:
            Papers(host.client, context).let_go(each.submission_id)
        with changing(host, context) as change:
            order_holds.forget(change.connection, each)


def _named(command: SubmitOrder) -> UUID:
    if command.customer_id is None:
        raise OrderRules.an_order_names_its_customer(field="customer_id")
    return command.customer_id
