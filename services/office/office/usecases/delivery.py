"""Choosing how one gets one's messages, and the deliveries themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common import faults
from crm_common.changes import Change, Usecase
from crm_common.editing import chosen
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol import platform
from crm_common.protocol.office.delivery import (
    ChooseDelivery,
    ConnectRobot,
    DeliveryChosen,
    DeliveryRules,
    DeliveryState,
    DisconnectRobot,
    RobotConnected,
    RobotDisconnected,
)
from crm_common.protocol.office.message_kinds import MessageKinds
from crm_common.vault import Vault
from office.adapters import robots
from office.adapters.mail import Letter, Mail
from office.adapters.robots import Robots
from office.adapters.sending import NotSentError, UncertainError
from office.domain import delivery as domain
from office.store import delivery
from office.store.delivery import Due, KeptRobot

MOST_ROBOTS = 5
BATCH = 50
DELIVERY_CLAIMED = "office.delivery_claimed"
"""A point for `crm_common.faults`: a delivery is on its way by our books, nothing has left yet."""
DELIVERY_HANDED_OVER = "office.delivery_handed_over"
"""A point for `crm_common.faults`: the other side has taken it, we have not noted it."""
Addresses = Callable[[Sequence[UUID]], Mapping[UUID, str]]
"""E-mail addresses of employees who work here."""


def choose_delivery(change: Change, command: ChooseDelivery) -> dict[str, Any]:
    """What is left out stays as it was."""
    me = change.context.authenticated().id
    before = delivery.chosen(change.connection, me)
    names = ("language", "email_kinds", "robot_kinds", "quiet_from", "quiet_to")
    given: dict[str, Any] = {name: chosen(getattr(command, name), getattr(before, name)) for name in names}
    after = replace(before, **given)
    for name in (*after.email_kinds, *after.robot_kinds):
        if name not in MessageKinds.registry:
            raise DeliveryRules.there_is_no_such_kind_of_message(field="email_kinds", name=name)
    if (after.quiet_from is None) != (after.quiet_to is None):
        raise DeliveryRules.quiet_hours_have_two_ends(field="quiet_to")
    delivery.choose(change.connection, me, after, change.now)
    change.record(DeliveryChosen(employee_id=me))
    return {"delivery": me}


def connect_robot(vault: Vault) -> Usecase:
    """A robot of the caller's, its token and secret sealed."""

    def run(change: Change, command: ConnectRobot) -> dict[str, Any]:
        me = change.context.authenticated().id
        if len(delivery.robots_of(change.connection, me)) >= MOST_ROBOTS:
            raise DeliveryRules.too_many_robots(limit=MOST_ROBOTS)
        robot_id = change.new_id()
        sealed = robots.sealed(vault, robot_id, command.token, command.secret)
        kept = KeptRobot(id=robot_id, kind=command.kind, sealed=sealed)
        delivery.insert_robot(change.connection, kept, owner_id=me, name=command.name, now=change.now)
        change.record(RobotConnected(robot_id=robot_id, owner_id=me, kind=command.kind))
        return {"robot": robot_id}

    return run


def disconnect_robot(change: Change, command: DisconnectRobot) -> dict[str, Any]:
    """The robot is forgotten."""
    me = change.context.authenticated().id
    kind = delivery.robots_of(change.connection, me).get(command.id)
    if kind is None:
        raise CommonRules.the_record_was_not_found(field="id")
    delivery.delete_robot(change.connection, command.id)
    change.record(RobotDisconnected(robot_id=command.id, owner_id=me, kind=kind))
    return {"disconnected_id": command.id}


def tidy(run: JobRun) -> None:
    """Settle what a process that died left on its way, and give up what is too old."""
    with run.change() as change:
        run.report["uncertain"] = delivery.leave(change.connection)
        run.report["given_up"] = delivery.give_up(change.connection, run.now - domain.GIVEN_UP)


def send_letters(run: JobRun, mail: Mail, addresses: Addresses) -> None:
    """Hand every letter whose turn has come to the mail server: each claimed before, and settled after."""
    while not run.dry_run:
        with run.change() as change:
            found = delivery.due(change.connection, "EMAIL", run.now, BATCH)
            due = _awake(change, found)
        known = addresses(sorted({each.receiver_id for each in due})) if due else {}
        for each in due:
            _send(run, [each], partial(_mail, run, mail, each, known))
        if not found:
            return


def post_to_robots(run: JobRun, servers: Robots, vault: Vault) -> None:
    """Let every robot say what waits for it: merged, and at most twenty posts within a minute."""
    if run.dry_run:
        return
    with run.change() as change:
        waiting = delivery.waiting_robots(change.connection, run.now)
    for kept in waiting:
        robot = robots.opened(vault, kept.id, kept.kind, kept.sealed)
        with run.change() as change:
            left = domain.POSTS_A_MINUTE - delivery.posted(change.connection, kept.id, run.now - timedelta(minutes=1))
            due = _awake(change, delivery.due(change.connection, "ROBOT", run.now, 1_000, robot_id=kept.id))
        titles = [each.title for each in due]
        for places in list(domain.posts(titles))[: max(0, left)]:
            text = domain.post([titles[place] for place in places])
            _send(run, [due[place] for place in places], partial(servers.post, robot, text, run.now))


def _awake(change: Change, due: Sequence[Due]) -> list[Due]:
    """Those that may be delivered now; the others wait for the end of their receivers' quiet hours."""
    zone = ZoneInfo(change.settings.get(platform.TIMEZONE))
    awake = []
    for each in due:
        kind = MessageKinds.registry.get(each.kind)
        urgent = kind is not None and kind.urgent
        until = None if urgent else domain.quiet_until(change.now, each.quiet_from, each.quiet_to, zone)
        if until is None:
            awake.append(each)
        else:
            delivery.put_off(change.connection, [each.id], until)
    return awake


def _send(run: JobRun, together: Sequence[Due], send: Callable[[], None]) -> None:
    """Claim, hand over, settle: what was handed over is never handed over again, whatever dies in between."""
    ids = [each.id for each in together]
    with run.change() as change:
        claim = change.new_id()
        delivery.claim(change.connection, claim, ids)
    faults.point(DELIVERY_CLAIMED)
    outcome: dict[str, Any] = {"state": DeliveryState.SENT, "problem": None, "due_at": None}
    try:
        send()
    except NotSentError as failed:
        due_at = None if failed.for_good else domain.next_try(run.now, together[0].created_at, together[0].attempts + 1)
        state = DeliveryState.FAILED if due_at is None else DeliveryState.WAITING
        outcome = {"state": state, "problem": failed.problem, "due_at": due_at}
    except UncertainError as lost:
        outcome = {"state": DeliveryState.UNCERTAIN, "problem": str(lost), "due_at": None}
    faults.point(DELIVERY_HANDED_OVER)
    with run.change() as change:
        delivery.settle(change.connection, claim, ids, now=run.now, **outcome)
    name = outcome["state"].lower()
    run.report[name] = run.report.get(name, 0) + len(ids)


def _mail(run: JobRun, mail: Mail, due: Due, addresses: Mapping[UUID, str]) -> None:
    if due.receiver_id not in addresses:
        raise NotSentError("there is no address", for_good=True)
    mail.send(Letter(id=due.id, to=addresses[due.receiver_id], subject=due.title, text=due.text, at=run.now))
