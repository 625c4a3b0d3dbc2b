"""Delivery: what people choose, and the job that delivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from crm_common import codec
from crm_common.jobs import JobRun
from crm_common.protocol.office.delivery import (
    ChooseDelivery,
    ConnectRobot,
    Deliveries,
    DisconnectRobot,
    KindsOfMessages,
    KnownKind,
    MyDelivery,
    RobotKind,
    Robots,
    RobotsByIds,
)
from crm_common.protocol.selection import names
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from office.adapters import robots
from office.adapters.mail import Mail
from office.operations.offering import Offering
from office.usecases import delivery
from office.views.delivery import known_kinds


class DeliveryOperations(Offering):
    """Delivery of messages beyond the application."""

    @rpc
    def kinds_of_messages(self, _query: KindsOfMessages) -> list[KnownKind]:
        return known_kinds(self.context)

    @rpc
    def my_delivery(self, query: MyDelivery) -> Raw:
        return self.views.one(query, self.context.authenticated().id)

    @rpc
    def robots(self, query: Robots) -> Raw:
        return self.views.page(query)

    @rpc
    def robots_by_ids(self, query: RobotsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def deliveries(self, query: Deliveries) -> Raw:
        return self.views.page(query)

    @rpc
    def choose_delivery(self, command: ChooseDelivery) -> Raw:
        return self.commands.run(delivery.choose_delivery, command)

    @rpc
    def connect_robot(self, command: ConnectRobot) -> Raw:
        return self.commands.run(delivery.connect_robot(robots.vault(self.host.environment.key_secret)), command)

    @rpc
    def disconnect_robot(self, command: DisconnectRobot) -> Raw:
        return self.commands.run(delivery.disconnect_robot, command)

    @every("* * * * *", name="office.deliver")
    def deliver(self, run: JobRun) -> None:
        """Messages go out by e-mail and robot, as their receivers chose; nothing is knowingly sent twice."""
        told = self.host.environment
        delivery.tidy(run)
        if told.smtp_host:
            delivery.send_letters(run, _mail(told), partial(self._addresses, run))
        delivery.post_to_robots(run, _servers(told), robots.vault(told.key_secret))

    def _addresses(self, run: JobRun, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        asked = {"ids": [str(each) for each in ids], "select": names("id", "email", "active")}
        found = codec.decode_json(self.host.client.call("identity", "employees_by_ids", asked, run.context))
        return {UUID(each["id"]): each["email"] for each in found if each and each["active"] and each["email"]}


def _mail(told: Any) -> Mail:
    return Mail(
        host=told.smtp_host,
        port=told.smtp_port,
        security=told.smtp_security,
        user=told.smtp_user,
        password=told.smtp_password,
        sender=told.smtp_from,
    )


def _servers(told: Any) -> robots.Robots:
    return robots.Robots(
        {RobotKind.WECOM: told.wecom_url, RobotKind.DINGTALK: told.dingtalk_url, RobotKind.FEISHU: told.feishu_url}
    )
